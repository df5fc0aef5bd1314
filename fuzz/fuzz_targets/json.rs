#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| timetwin_fuzz::json::holds(data));
