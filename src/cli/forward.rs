//! The command `listen`: prints the deliveries of a running server as they are sent, and posts each to a receiver
//! that the server itself cannot or need not reach.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use reqwest::{Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::twin_args::authorities;
use super::{Failure, note, stop};
use crate::deliver::client::{Client, causes, client};
use crate::deliver::{Authorities, Call, Transport, Web};
use crate::kernel::outbox::Outcome;
use crate::kernel::sandbox::{Refused, is_name};

/// Time between two attempts to reach a server that was there.
const RETRY: Duration = Duration::from_millis(200);
/// Longest silence of a server, which says something every 15 seconds.
const SILENCE: Duration = Duration::from_mins(1);

#[derive(Debug, Args)]
pub(super) struct ForwardArgs {
    /// Only the deliveries of this sandbox.
    #[arg(value_parser = sandbox)]
    sandbox: Option<String>,
    /// Posts each delivery to this URL, with the headers and the body that its webhook gets.
    #[arg(long, env = "TIMETWIN_FORWARD", value_name = "URL", value_parser = url)]
    forward: Option<Url>,
    /// URL of the server.
    #[arg(long, env = "TIMETWIN_URL", value_name = "URL", value_parser = url,
        default_value = "http://127.0.0.1:8463")]
    url: Url,
    /// Token of the server's control API.
    #[arg(long, env = "TIMETWIN_CONTROL_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    control_token: Option<String>,
    /// Certificate authorities in PEM to trust besides the public ones.
    #[arg(long, env = "TIMETWIN_WEBHOOK_CA", value_name = "FILE")]
    webhook_ca: Option<PathBuf>,
    /// Prints a JSON object for each delivery.
    #[arg(long)]
    json: bool,
}

fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| "expected a URL like http://127.0.0.1:3000/hook".to_owned())
}

fn sandbox(text: &str) -> Result<String, String> {
    if is_name(text) { Ok(text.to_owned()) } else { Err(Refused::BadName.to_string()) }
}

/// A delivery, as the feed has it.
#[derive(Debug, Deserialize)]
struct Sent {
    sandbox: String,
    at: String,
    id: String,
    system: String,
    event: String,
    headers: Map<String, Value>,
    body: String,
}

/// Why there is no feed.
enum Away {
    /// The server says no, and why.
    Refused(String),
    /// It may come back.
    Gone(String),
}

/// Prints and forwards until a signal comes or nobody reads what is printed.
pub(super) async fn listen(args: ForwardArgs) -> Result<(), Failure> {
    let stop = stop::received()?;
    let trusted =
        args.webhook_ca.as_deref().map_or_else(|| Ok(Authorities::default()), authorities)?;
    let client = client(false, &trusted).map_err(|error| Failure::Runtime(error.to_string()))?;
    let listener = Listener { web: Web::default().trusting(trusted), client, last: None, args };
    tokio::select! {
        () = stop => Ok(()),
        ended = listener.run() => ended,
    }
}

struct Listener {
    args: ForwardArgs,
    client: Client,
    web: Web,
    /// The mark of the last delivery seen.
    last: Option<String>,
}

impl Listener {
    async fn run(mut self) -> Result<(), Failure> {
        let mut is_away = false;
        loop {
            let why = match self.connect().await {
                Ok(response) => {
                    is_away = false;
                    match self.read(response).await? {
                        Some(why) => why,
                        None => return Ok(()),
                    }
                }
                Err(Away::Gone(why)) if self.last.is_some() => why,
                Err(Away::Refused(why) | Away::Gone(why)) => return Err(self.failed(&why)),
            };
            if !is_away {
                note(&format!("{}: {why}; trying again", self.place()));
            }
            is_away = true;
            tokio::time::sleep(RETRY).await;
        }
    }

    /// The server as it was named.
    fn place(&self) -> &str {
        self.args.url.as_str().trim_end_matches('/')
    }

    fn failed(&self, why: &str) -> Failure {
        Failure::Runtime(format!("{}: {why}", self.place()))
    }

    async fn connect(&self) -> Result<Response, Away> {
        let mut url = format!("{}/_twin/deliveries/stream", self.place());
        if let Some(sandbox) = &self.args.sandbox {
            url.extend(["?sandbox=", sandbox]);
        }
        let mut request = self.client.get(url);
        if let Some(token) = &self.args.control_token {
            request = request.bearer_auth(token);
        }
        if let Some(last) = &self.last {
            request = request.header("last-event-id", last);
        }
        let asked = tokio::time::timeout(SILENCE, request.send()).await;
        let asked = asked.map_err(|_| Away::Gone("no answer".to_owned()))?;
        let response = asked.map_err(|error| Away::Gone(causes(&error)))?;
        let status = response.status();
        if status == StatusCode::OK {
            return Ok(response);
        }
        let problem: Value =
            serde_json::from_slice(&response.bytes().await.unwrap_or_default()).unwrap_or_default();
        let why = problem["detail"].as_str().unwrap_or("it is no timetwin that has this feed");
        let why = format!("status {}: {why}", status.as_u16());
        Err(if status.is_server_error() { Away::Gone(why) } else { Away::Refused(why) })
    }

    /// Handles the events of a connection. Returns why it ended; nothing when nobody reads what is printed.
    async fn read(&mut self, mut response: Response) -> Result<Option<String>, Failure> {
        let mut lines = Vec::new();
        let mut event = Event::default();
        loop {
            let piece = match tokio::time::timeout(SILENCE, response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => return Ok(Some("the connection was closed".to_owned())),
                Ok(Err(error)) => return Ok(Some(causes(&error))),
                Err(_) => return Ok(Some("it has fallen silent".to_owned())),
            };
            lines.extend_from_slice(&piece);
            while let Some(end) = lines.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = lines.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line);
                if let Some(whole) = event.take(line.trim_end_matches(['\r', '\n']))
                    && !self.handle(whole).await?
                {
                    return Ok(None);
                }
            }
        }
    }

    /// False when nobody reads what is printed.
    async fn handle(&mut self, event: Event) -> Result<bool, Failure> {
        let mut is_read = true;
        match event.name.as_str() {
            "connected" => {
                let again = if self.last.is_some() { " again" } else { "" };
                let to = self.args.forward.as_ref().map(|url| format!(", forwarding to {url}"));
                let to = to.unwrap_or_default();
                note(&format!("listening to {}{again}{to}", self.place()));
            }
            "delivery" => {
                let sent: Sent = serde_json::from_str(&event.data)
                    .map_err(|error| self.failed(&format!("a delivery cannot be read: {error}")))?;
                let outcome = self.forward(&sent).await;
                is_read = print(&if self.args.json {
                    as_json(&sent, outcome)
                } else {
                    as_text(&sent, outcome)
                });
            }
            "dropped" => {
                note(&format!("{} deliveries were missed: they came too fast", event.data));
            }
            _ => (),
        }
        self.last = event.id.or(self.last.take());
        Ok(is_read)
    }

    /// Posts a delivery, if it is to be.
    async fn forward(&self, sent: &Sent) -> Option<Outcome> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let call = Call {
            url: self.args.forward.as_ref()?.to_string(),
            headers: sent.headers.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            body: sent.body.clone(),
        };
        Some(self.web.send(&call).await)
    }
}

/// A server-sent event.
#[derive(Debug, Default, PartialEq, Eq)]
struct Event {
    id: Option<String>,
    name: String,
    data: String,
}

impl Event {
    /// Takes a line. Returns the event that it ends.
    fn take(&mut self, line: &str) -> Option<Self> {
        if line.is_empty() {
            let whole = std::mem::take(self);
            return (!whole.name.is_empty()).then_some(whole);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
        match field {
            "id" => self.id = Some(value),
            "event" => self.name = value,
            "data" if self.data.is_empty() => self.data = value,
            "data" => self.data = format!("{}\n{value}", self.data),
            _ => (),
        }
        None
    }
}

fn as_text(sent: &Sent, outcome: Option<Outcome>) -> String {
    let Sent { sandbox, at, system, event, .. } = sent;
    let end = outcome.map(|outcome| match outcome {
        Outcome { status: Some(status), .. } => format!(" {status}"),
        Outcome { error, .. } => format!(" failed: {}", error.unwrap_or_default()),
    });
    format!("{at} {event} {sandbox} {system}{}", end.unwrap_or_default())
}

fn as_json(sent: &Sent, outcome: Option<Outcome>) -> String {
    let Sent { sandbox, at, id, system, event, .. } = sent;
    let outcome = outcome.unwrap_or_default();
    json!({
        "at": at,
        "event": event,
        "sandbox": sandbox,
        "surface": system,
        "id": id,
        "status": outcome.status,
        "error": outcome.error,
    })
    .to_string()
}

/// Prints a line at once. False when nobody reads it.
fn print(line: &str) -> bool {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::Event;

    #[test]
    fn events_are_read_line_by_line() {
        let mut open = Event::default();
        let text = ": still there\n\nid: 1\nevent: delivery\ndata: a\ndata:b\n\nevent:dropped\ndata: 3\n\n";
        let events: Vec<Event> = text.lines().filter_map(|line| open.take(line)).collect();
        let event = |id: Option<&str>, name: &str, data: &str| Event {
            id: id.map(str::to_owned),
            name: name.to_owned(),
            data: data.to_owned(),
        };
        assert_eq!(events, [event(Some("1"), "delivery", "a\nb"), event(None, "dropped", "3")]);
    }
}
