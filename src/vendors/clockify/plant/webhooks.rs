//! Webhooks of the company's workspace.

use super::Planter;
use crate::scenario::seed::SeedError;
use crate::vendors::clockify::model::webhooks::SourceType;
use crate::vendors::clockify::overlay::{AboutIn, WebhookIn};
use crate::vendors::clockify::rules::permissions::enter;
use crate::vendors::clockify::rules::refusal::Refusal;
use crate::vendors::clockify::rules::webhooks::{WebhookDraft, WebhookLimits, create};

/// No limit: the plan's limit is enforced when webhooks are used, not here.
const ANY_NUMBER: WebhookLimits = WebhookLimits { of_user: usize::MAX, of_workspace: usize::MAX };

impl Planter<'_> {
    /// Plants webhooks as if their owners had created them.
    pub(super) fn webhooks(&mut self) -> Result<(), SeedError> {
        let overlay = self.overlay;
        for (n, row) in overlay.webhooks.iter().enumerate() {
            self.webhook(&format!("webhooks[{n}]"), row)?;
        }
        Ok(())
    }

    fn webhook(&mut self, field: &str, row: &WebhookIn) -> Result<(), SeedError> {
        let at = |part: &str| format!("{field}.{part}");
        let WebhookIn { who, name, url, event, about, token } = row;
        let user = self.user(&at("who"), who)?;
        let no_admin = "webhooks are the owner's and administrators'";
        let actor = enter(self.state, self.home, user);
        let actor = actor.map_err(|_| self.misfit(&at("who"), no_admin))?;
        let (source_type, source) = self.source(&at("about"), about.as_ref())?;
        if token.as_ref().is_some_and(|token| !is_header(token)) {
            return Err(self.misfit(&at("token"), "a token is letters, digits and signs"));
        }
        let draft = WebhookDraft {
            name: Some(name.clone()),
            url: Some(url.clone()),
            event: Some(*event),
            source_type: Some(source_type),
            source: Some(source),
        };
        let made = create(self.state, self.ids, self.founded, &actor, None, draft, ANY_NUMBER);
        let mut webhook = made.map_err(|error| match error {
            Refusal::AccessDenied => self.misfit(&at("who"), no_admin),
            Refusal::Invalid(_) => self.misfit(&at("url"), "this is no http or https address"),
            _ => self.misfit(&at("name"), "a name has 2 to 30 letters, none of them < or >"),
        })?;
        if let Some(token) = token {
            webhook.token.clone_from(token);
            self.state.webhooks.put(webhook);
        }
        Ok(())
    }

    /// The type and ids that a webhook is limited to, in the vendor's terms.
    fn source(
        &self,
        field: &str,
        about: Option<&AboutIn>,
    ) -> Result<(SourceType, Vec<String>), SeedError> {
        let Some(about) = about else { return Ok((SourceType::WorkspaceId, Vec::new())) };
        let (kind, word, names) = match about {
            AboutIn::Projects(keys) => (SourceType::ProjectId, "projects", keys),
            AboutIn::Tasks(keys) => (SourceType::TaskId, "tasks", keys),
            AboutIn::People(people) => (SourceType::UserId, "people", people),
            AboutIn::Tags(names) => (SourceType::TagId, "tags", names),
        };
        let ids = names.iter().enumerate().map(|(n, name)| {
            let field = format!("{field}.{word}[{n}]");
            Ok(match about {
                AboutIn::Projects(_) => self.project(&field, name)?.to_string(),
                AboutIn::Tasks(_) => self.task(&field, name)?.to_string(),
                AboutIn::People(_) => self.user(&field, name)?.to_string(),
                AboutIn::Tags(_) => self.tag(&field, name)?.to_string(),
            })
        });
        Ok((kind, ids.collect::<Result<_, _>>()?))
    }
}

/// True if a header can contain it.
fn is_header(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}
