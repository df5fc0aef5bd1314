//! timetwin answers like four time-tracking vendors.

pub mod kernel;
pub mod scenario;
