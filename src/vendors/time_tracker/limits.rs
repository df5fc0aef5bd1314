//! Time Tracker's limits as data. The vendor documents none.

use super::rules::view::Most;
use crate::kernel::limits::Bound;

/// Maximum length of a request body, in bytes. Ours; the vendor states none.
pub const BODY: usize = 1024 * 1024;
/// Maximum size of a view. Ours: the vendor's page shows a month, and its limits are unknown.
pub const VIEW: Most = Most { columns: 750, cells: 50_000_000 };
/// Maximum number of `moreFields`. Ours: a site has a few dozen fields.
pub const MORE: usize = 100;

/// The most that operations take or answer. Ours.
pub const BOUNDS: &[Bound] = &[
    Bound { operation: "*", what: "bytes of a body", most: BODY as u64, beyond: "413" },
    Bound {
        operation: "*",
        what: "different `moreFields`",
        most: MORE as u64,
        beyond: "400 `The parameter moreFields has too many fields.`",
    },
    Bound {
        operation: "exportView, exportViewDocumented",
        what: "columns of days, weeks or months",
        most: VIEW.columns as u64,
        beyond: "400 `The period is too long for a view by day.`",
    },
    Bound {
        operation: "exportView, exportViewDocumented",
        what: "cells",
        most: VIEW.cells as u64,
        beyond: "400 `The view has too many cells.`",
    },
];
