//! Declares a state: its fields, each with the way in which it is saved.
//!
//! A field without one does not compile, so no table can be lost on a restart.

/// Declares a struct with a way to save each field, and its `collections()`.
///
/// | kind | the field |
/// |---|---|
/// | `rows("name")` | a [`Table`](crate::kernel::table::Table), or another type that is [`Rows`](crate::kernel::collection::Rows) |
/// | `map("name")` | an `imbl::OrdMap` |
/// | `value("name")` | one value, such as settings |
/// | `shared("name")` | one value in an `Arc` |
/// | `part` | a [`Part`](crate::kernel::part::Part) around another such state |
/// | `by(collection)` | anything, through a collection of its own |
/// | `transient` | not saved: empty whenever a world is written |
///
/// Names are those of the tables in state files. They are unique among all systems and never change.
#[macro_export]
macro_rules! state {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $State:ident {
            $(
                $(#[$field_meta:meta])*
                $field_visibility:vis $field:ident: $Type:ty => $kind:ident $(($($how:tt)*))?,
            )*
        }
    ) => {
        $(#[$meta])*
        $visibility struct $State {
            $($(#[$field_meta])* $field_visibility $field: $Type,)*
        }

        impl $State {
            /// Everything that is saved.
            #[must_use]
            $visibility fn collections() -> $crate::kernel::collection::Collections<Self> {
                [$($crate::state!(@$kind $field: $Type $(, $($how)*)?)),*]
                    .into_iter()
                    .flatten()
                    .collect()
            }
        }
    };
    (@rows $field:ident: $Type:ty, $name:literal) => {
        vec![$crate::kernel::collection::rows(
            $name,
            |state: &Self| &state.$field,
            |state| &mut state.$field,
        )]
    };
    (@map $field:ident: $Type:ty, $name:literal) => {
        vec![$crate::kernel::collection::map(
            $name,
            |state: &Self| &state.$field,
            |state| &mut state.$field,
        )]
    };
    (@value $field:ident: $Type:ty, $name:literal) => {
        vec![$crate::kernel::collection::value(
            $name,
            |state: &Self| <$Type>::clone(&state.$field),
            |state, value| state.$field = value,
        )]
    };
    (@shared $field:ident: $Type:ty, $name:literal) => {
        vec![$crate::kernel::collection::value(
            $name,
            |state: &Self| <<$Type as std::ops::Deref>::Target>::clone(&state.$field),
            |state, value| state.$field = value.into(),
        )]
    };
    (@part $field:ident: $Type:ty) => {
        $crate::kernel::collection::lift(
            <$Type as std::ops::Deref>::Target::collections(),
            |state: &Self| &state.$field,
            |state| &mut state.$field,
        )
    };
    (@by $field:ident: $Type:ty, $collection:expr) => {
        vec![$collection]
    };
    (@transient $field:ident: $Type:ty) => {
        vec![]
    };
}
