//! timetwin answers like four time-tracking vendors.

pub mod kernel;
