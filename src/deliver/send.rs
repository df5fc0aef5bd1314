//! Webhooks over HTTP and HTTPS. Redirects are not followed.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use http_body_util::{BodyExt, Limited};
use reqwest::{Body, Url};

use super::client::{Client, OWN, causes, client, is_of_this_machine};
use super::{Authorities, Call, Sending, Transport};
use crate::kernel::outbox::Outcome;

/// How long a receiver may take.
const TIME: Duration = Duration::from_secs(10);
/// Most of an answer that is read, in bytes.
const ANSWER: usize = 64 * 1024;

/// Calls receivers over the network, but never the server itself.
#[derive(Debug, Default)]
pub struct Web {
    /// Ports on which this server listens.
    own_ports: Vec<u16>,
    /// Certificate authorities to trust besides those compiled in.
    trusted: Authorities,
    /// Made at the first call.
    client: OnceLock<Client>,
    /// For calls to a port on which this server listens: it does not reach this machine.
    wary: OnceLock<Client>,
}

impl Transport for Web {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        Box::pin(async move {
            match tokio::time::timeout(TIME, self.call(call)).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(error)) => failed(error),
                Err(_) => failed(format!("no answer in {} seconds", TIME.as_secs())),
            }
        })
    }
}

impl Web {
    /// For a server that listens on these ports.
    #[must_use]
    pub fn of(own_ports: Vec<u16>) -> Self {
        Self { own_ports, ..Self::default() }
    }

    /// The same, which trusts these certificate authorities, too.
    #[must_use]
    pub fn trusting(self, trusted: Authorities) -> Self {
        Self { trusted, ..self }
    }

    /// The client for this URL. It looks a host up with each connection, so what counts is the address that is
    /// called and not one that a name had before.
    fn client(&self, url: &Url) -> Result<&Client, String> {
        let port = url.port_or_known_default().unwrap_or_default();
        let is_own = self.own_ports.contains(&port);
        let address = url.host_str().map(|host| host.trim_matches(['[', ']']).parse());
        if is_own && matches!(address, Some(Ok(address)) if is_of_this_machine(address)) {
            return Err(OWN.to_owned());
        }
        let kept = if is_own { &self.wary } else { &self.client };
        if let Some(client) = kept.get() {
            return Ok(client);
        }
        let made = client(is_own, &self.trusted).map_err(|error| error.to_string())?;
        Ok(kept.get_or_init(|| made))
    }

    async fn call(&self, call: &Call) -> Result<Outcome, String> {
        let url = Url::parse(&call.url).map_err(|error| error.to_string())?;
        let mut request = self.client(&url)?.post(url).body(call.body.clone());
        for (name, text) in &call.headers {
            let name = HeaderName::try_from(name.as_str()).map_err(|error| error.to_string())?;
            let text = HeaderValue::try_from(text.as_str()).map_err(|error| error.to_string())?;
            request = request.header(name, text);
        }
        let response = request.send().await.map_err(|error| causes(&error))?;
        let status = Some(response.status().as_u16());
        let answer = Limited::new(Body::from(response), ANSWER).collect().await;
        // The receiver has taken it, whatever becomes of its answer.
        let answer = answer.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned());
        Ok(Outcome { status, answer: answer.unwrap_or_default(), error: None })
    }
}

fn failed(error: String) -> Outcome {
    Outcome { error: Some(error), ..Outcome::default() }
}
