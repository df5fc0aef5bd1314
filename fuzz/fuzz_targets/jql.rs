#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| timetwin_fuzz::jql::holds(data));
