//! Webhooks over HTTP and HTTPS. Redirects are not followed.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use http_body_util::{BodyExt, Limited};
use reqwest::Body;

use super::client::{Client, causes, client};
use super::{Call, Sending, Transport};
use crate::kernel::outbox::Outcome;

/// How long a receiver may take.
const TIME: Duration = Duration::from_secs(10);
/// Most of an answer that is read, in bytes.
const ANSWER: usize = 64 * 1024;

/// Calls receivers over the network.
#[derive(Debug, Default)]
pub struct Web {
    /// Made at the first call.
    client: OnceLock<Client>,
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
    fn client(&self) -> Result<&Client, String> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let made = client().map_err(|error| error.to_string())?;
        Ok(self.client.get_or_init(|| made))
    }

    async fn call(&self, call: &Call) -> Result<Outcome, String> {
        let mut request = self.client()?.post(&call.url).body(call.body.clone());
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
