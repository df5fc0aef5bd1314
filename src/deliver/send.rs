//! Calls over HTTP and HTTPS. Redirects are not followed.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Request};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

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
    client: OnceLock<Client<HttpsConnector<HttpConnector>, Full<Bytes>>>,
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
    fn client(&self) -> &Client<HttpsConnector<HttpConnector>, Full<Bytes>> {
        self.client.get_or_init(|| {
            let connector = hyper_rustls::HttpsConnectorBuilder::new()
                .with_webpki_roots()
                .https_or_http()
                .enable_http1()
                .build();
            Client::builder(TokioExecutor::new()).pool_max_idle_per_host(2).build(connector)
        })
    }

    async fn call(&self, call: &Call) -> Result<Outcome, String> {
        let mut request = Request::post(&call.url);
        for (name, text) in &call.headers {
            let name = HeaderName::try_from(name.as_str()).map_err(|error| error.to_string())?;
            let text = HeaderValue::try_from(text.as_str()).map_err(|error| error.to_string())?;
            request = request.header(name, text);
        }
        let body = Full::new(Bytes::from(call.body.clone()));
        let request = request.body(body).map_err(|error| error.to_string())?;
        let response = self.client().request(request).await.map_err(|error| causes(&error))?;
        let status = Some(response.status().as_u16());
        let answer = Limited::new(response.into_body(), ANSWER).collect().await;
        // The receiver has taken it, whatever comes of its answer.
        let answer = answer.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned());
        Ok(Outcome { status, answer: answer.unwrap_or_default(), error: None })
    }
}

fn failed(error: String) -> Outcome {
    Outcome { error: Some(error), ..Outcome::default() }
}

/// An error with what led to it.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
