//! Scenarios with their overlays.

use std::sync::Arc;

use timetwin::scenario::load::Bundle;
use timetwin::scenario::seed::Overlay;
use timetwin::twin::grow;
use timetwin::world::Settings;

use super::stage::clock;

/// Systems in the order of their overlays in an input.
const SYSTEMS: [&str; 3] = ["clockify", "clockodo", "jira"];

/// Files that NUL separates make a world, or an error that says where it is.
pub fn holds(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut files = text.split('\0');
    let scenario = files.next().unwrap_or_default();
    let mut bundle = Bundle::text("scenario.json", scenario.to_owned());
    for (system, text) in SYSTEMS.into_iter().zip(files) {
        let file = format!("{system}.json");
        bundle.overlays.insert(system, Overlay { file, text: text.to_owned() });
    }
    let bundle = Arc::new(bundle);
    if let Err(error) = grow(&bundle, clock(), Settings::default()) {
        assert!(!error.message.is_empty() && error.file.contains(".json"), "{error:?}");
        let text = match SYSTEMS.iter().find(|system| error.file.starts_with(*system)) {
            Some(system) => &bundle.overlays[system].text,
            None => scenario,
        };
        assert!(error.line <= text.lines().count() + 1, "{error:?}");
    }
}
