//! Collects the ids of the quirks whose branches a request takes.
//!
//! A branch that implements a quirk calls `quirk!("CFY-007")`. A handler runs on one thread, so the ids
//! are collected in a thread-local list that [`collect`] opens and closes.

use std::cell::RefCell;

thread_local! {
    static TOUCHED: RefCell<Option<Vec<&'static str>>> = const { RefCell::new(None) };
}

/// Records that the branch of quirk `id` was taken.
pub fn touch(id: &'static str) {
    TOUCHED.with_borrow_mut(|ids| {
        if let Some(ids) = ids
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    });
}

/// Runs `work` and returns its result with the quirks it touched.
pub fn collect<T>(work: impl FnOnce() -> T) -> (T, Vec<&'static str>) {
    let outer = TOUCHED.replace(Some(Vec::new()));
    let result = work();
    let ids = TOUCHED.replace(outer);
    (result, ids.unwrap_or_default())
}

/// Marks the branch that implements a quirk: `quirk!("CFY-007")`.
#[macro_export]
macro_rules! quirk {
    ($id:literal) => {
        $crate::kernel::quirks::touch($id)
    };
}
