//! Host names, sandboxes in paths and sandboxes behind secrets.

use axum::body::Body;
use axum::http::{HeaderValue, Request};
use timetwin::http::hosts::bare;
use timetwin::http::mount::split_prefix;
use timetwin::kernel::revision::Revision;
use timetwin::kernel::sandbox::is_name;

use super::stage::Stage;

thread_local! {
    static STAGE: Stage = Stage::new(Revision::Documented);
}

/// The lines of an input are a host, a path and a secret. Nobody without a secret makes a sandbox, and a name that
/// is not ours reaches none.
pub fn holds(data: &[u8]) {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let (host, path) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    if let (Ok(host), Ok(path)) = (std::str::from_utf8(host), std::str::from_utf8(path)) {
        let name = bare(host);
        assert!(name == bare(&name) || host.starts_with('['), "{host}: {name}");
        let (sandbox, rest) = split_prefix(path);
        assert!(sandbox.is_none_or(|name| is_name(name) && rest.starts_with('/')), "{path}");
        assert!(sandbox.is_some() || rest == path);
    }
    STAGE.with(|stage| stage.knock(host, path, lines.next()));
}

impl Stage {
    /// Sends a request with any host, path and secret, where HTTP has a form for them.
    fn knock(&self, host: &[u8], path: &[u8], secret: Option<&[u8]>) {
        let mut request = Request::new(Body::empty());
        let (Ok(host), Ok(uri)) = (HeaderValue::from_bytes(host), path.try_into()) else { return };
        *request.uri_mut() = uri;
        request.headers_mut().insert("host", host);
        if let Some(secret) = secret.and_then(|secret| HeaderValue::from_bytes(secret).ok()) {
            request.headers_mut().insert("x-api-key", secret);
        }
        let before = self.twin.sandboxes().names();
        let (status, body) = self.answer(request);
        let after = self.twin.sandboxes().names();
        let is_foreign = status == 403 && body.windows(12).any(|part| part == b"foreign-host");
        assert!(after == before || secret.is_some() && !is_foreign, "{before:?} {after:?}");
        for name in after.iter().filter(|name| !before.contains(name)) {
            assert!(is_name(name), "{name:?}");
            let _ = self.twin.sandboxes().drop(name);
        }
    }
}
