//! The `timetwin` binary.

fn main() -> std::process::ExitCode {
    timetwin::cli::run()
}
