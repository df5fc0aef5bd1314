//! Declares a state: its fields, and beside each how it is kept outside the process.
//!
//! A field without a way to be kept does not compile, so that no table can be lost on a restart.

/// Declares a struct whose every field says how it is kept, and its `collections()`.
///
/// | kind | the field |
/// |---|---|
/// | `rows("name")` | a [`Table`](crate::kernel::table::Table), or another type that is [`Rows`](crate::kernel::collection::Rows) |
/// | `map("name")` | an `imbl::OrdMap` |
/// | `value("name")` | one value, such as settings |
/// | `shared("name")` | one value in an `Arc` |
/// | `part` | a [`Part`](crate::kernel::part::Part) around another such state |
/// | `by(collection)` | anything, through a collection of its own |
/// | `transient` | not kept: empty whenever a world is written |
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
            /// Everything that is kept of it.
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
