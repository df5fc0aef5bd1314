//! The rows of answers with time entries, serialised from borrowed state.

use std::borrow::Borrow;
use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::hydrated::{CurrentRowOut, DocumentedRowOut};
use super::query::hydrated;
use crate::http::body::Field;
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::kernel::civil::{Rounding, round_seconds};
use crate::kernel::page::Page;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::model::entries::{EntryType, TimeEntry};
use crate::vendors::clockify::model::fields::FieldType;
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::model::settings::DurationFormat;
use crate::vendors::clockify::model::workspaces::Workspace;
use crate::vendors::clockify::model::{
    EntryId, FieldId, ProjectId, State, TagId, TaskId, UserId, WorkspaceId,
};
use crate::vendors::clockify::rules::locks::{is_locked, locked_before};
use crate::vendors::clockify::rules::permissions::{Actor, RateVisibility};
use crate::vendors::clockify::rules::rates::{Work, currency, resolve};
use crate::vendors::clockify::wire::field_content::ContentOut;
use crate::vendors::clockify::wire::memberships::RowContext;
use crate::vendors::clockify::wire::money::RateOut;
use crate::vendors::clockify::wire::stamps::{IsoDuration, Stamp};

/// Approximate size of a row in bytes.
const ROW: usize = 2048;

/// Renders the time entries of an answer.
#[derive(Debug)]
pub struct EntryRenderer<'a> {
    state: &'a State,
    home: &'a Workspace,
    sight: RateVisibility,
    locked_before: Option<DateTime<Utc>>,
    revision: Revision,
    now: DateTime<Utc>,
    to_minutes: bool,
    hydrated: bool,
    with_people: bool,
}

impl<'a> EntryRenderer<'a> {
    /// Renders what this request shows to the actor, without hydration.
    ///
    /// # Errors
    /// [`Refusal::UnknownWorkspace`] if the actor's workspace does not exist.
    pub fn new(cx: &Context, state: &'a State, actor: &Actor) -> Result<Self, Refusal> {
        let home = actor.workspace(state).ok_or(Refusal::UnknownWorkspace)?;
        quirk!("CFY-201");
        quirk!("CFY-222");
        Ok(Self {
            state,
            home,
            sight: actor.rate_visibility(state),
            locked_before: locked_before(state, home, cx.now()),
            revision: cx.revision(),
            now: cx.now(),
            to_minutes: false,
            hydrated: false,
            with_people: true,
        })
    }

    /// Adds project, task and tags to each entry if `hydrated` is true.
    #[must_use]
    pub fn with_hydration(self, hydrated: bool) -> Self {
        Self { hydrated, ..self }
    }

    /// Applies `hydrated` and `consider-duration-format`. Source: 001:1251, 001:1256.
    ///
    /// # Errors
    /// For parameters that are not Booleans.
    pub fn with_query(self, cx: &Context) -> Result<Self, Refusal> {
        let mut renderer = self.with_hydration(hydrated(cx)?);
        if cx.query.boolean("consider-duration-format")? == Some(true) {
            quirk!("CFY-202");
            let settings = &renderer.home.settings;
            renderer.to_minutes = renderer.revision == Revision::Documented
                && (settings.duration_format == DurationFormat::Compact
                    || !settings.track_time_down_to_second);
        }
        Ok(renderer)
    }

    /// Leaves out the person in hydrated rows, as in the answer with one entry. Source: facts.md:N-31.
    #[must_use]
    pub fn without_people(self) -> Self {
        Self { with_people: false, ..self }
    }

    /// An answer with one entry.
    #[must_use]
    pub fn reply(&self, status: StatusCode, entry: &TimeEntry) -> Reply {
        Reply::json(status, &self.row(entry))
    }

    /// An answer with a page of entries and its `Last-Page` header.
    pub fn page_reply<'b>(
        &self,
        page: Page,
        rows: impl Iterator<Item = &'b Arc<TimeEntry>>,
    ) -> Reply {
        let (rows, last) = page.of(rows);
        let mut body = Vec::with_capacity(64 + rows.len() * ROW);
        let mut to = serde_json::Serializer::new(&mut body);
        let written = to.collect_seq(rows.into_iter().map(|entry| self.row(entry)));
        debug_assert!(written.is_ok(), "our wire types do not fail");
        let last = if last { "true" } else { "false" };
        Reply::bytes(StatusCode::OK, "application/json", body).with("last-page", last)
    }

    /// An answer with a list of entries that has no pages.
    #[must_use]
    pub fn list_reply<E: Borrow<TimeEntry>>(&self, rows: &[E]) -> Reply {
        let rows: Vec<RowOut<'_>> = rows.iter().map(|row| self.row(row.borrow())).collect();
        Reply::ok(&rows)
    }

    fn row<'b>(&'b self, entry: &'b TimeEntry) -> RowOut<'b> {
        let out = self.out(entry);
        if !self.hydrated {
            return RowOut::Plain(out);
        }
        quirk!("CFY-221");
        let context = RowContext {
            state: self.state,
            workspace: self.home,
            sight: self.sight,
            now: self.now,
        };
        match self.revision {
            Revision::Documented => {
                RowOut::Documented(Box::new(DocumentedRowOut::new(out, entry, context)))
            }
            Revision::Current => {
                let person = self.with_people.then_some(entry.user);
                RowOut::Current(Box::new(CurrentRowOut::new(out, entry, context, person)))
            }
        }
    }

    fn out<'b>(&'b self, entry: &'b TimeEntry) -> EntryOut<'b> {
        let TimeEntry {
            id,
            workspace,
            user,
            description,
            project,
            task,
            tags,
            billable,
            start,
            end,
            kind,
            fields: _,
            // Not visible on the entry (clockify.md:4.6).
            invoiced: _,
            known_rates: _,
        } = entry;
        let values = FieldValuesOut { renderer: self, entry };
        let is_documented = self.revision == Revision::Documented;
        let [hourly_rate, cost_rate] = self.rates(entry);
        EntryOut {
            id: *id,
            description,
            tag_ids: Field::Value(tags),
            user_id: *user,
            billable: *billable,
            task_id: (*task).into(),
            project_id: (*project).into(),
            workspace_id: *workspace,
            time_interval: IntervalOut {
                start: Stamp(*start),
                end: end.map(Stamp),
                duration: entry.seconds().map(|seconds| self.duration(seconds)),
            },
            custom_field_values: values,
            custom_fields: is_documented.then_some(values),
            r#type: *kind,
            kiosk_id: (),
            hourly_rate,
            cost_rate,
            is_locked: is_locked(entry, self.locked_before),
        }
    }

    fn duration(&self, seconds: i64) -> IsoDuration {
        let minutes = || round_seconds(seconds, 60, Rounding::Nearest);
        IsoDuration(if self.to_minutes { minutes() } else { seconds })
    }

    fn rates(&self, entry: &TimeEntry) -> [Option<RateOut<'_>>; 2] {
        let RateVisibility { hourly, cost } = self.sight;
        if !hourly && !cost {
            return [None, None];
        }
        let work = Work::of(entry);
        let row = entry.project.and_then(|project| self.state.projects.get(project));
        let code = currency(self.state, self.home, row.map(Arc::as_ref));
        let rate = |kind, visible: bool| {
            let amount = if visible { resolve(self.state, kind, work) } else { None };
            RateOut::visible(amount, code, visible)
        };
        [rate(RateKind::Hourly, hourly), rate(RateKind::Cost, cost)]
    }
}

/// A time entry: plain, or hydrated in either revision.
#[derive(Debug, Serialize)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "the plain form is the common one, and needs no box")]
enum RowOut<'a> {
    Plain(EntryOut<'a>),
    Documented(Box<DocumentedRowOut<'a>>),
    Current(Box<CurrentRowOut<'a>>),
}

/// A time entry. Source: 001:1218-1243, clockify.md:4.6.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryOut<'a> {
    pub(super) id: EntryId,
    pub(super) description: &'a str,
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub(super) tag_ids: Field<&'a [TagId]>,
    pub(super) user_id: UserId,
    pub(super) billable: bool,
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub(super) task_id: Field<TaskId>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub(super) project_id: Field<ProjectId>,
    pub(super) workspace_id: WorkspaceId,
    pub(super) time_interval: IntervalOut,
    pub(super) custom_field_values: FieldValuesOut<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) custom_fields: Option<FieldValuesOut<'a>>,
    pub(super) r#type: EntryType,
    pub(super) kiosk_id: (),
    pub(super) hourly_rate: Option<RateOut<'a>>,
    pub(super) cost_rate: Option<RateOut<'a>>,
    pub(super) is_locked: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct IntervalOut {
    start: Stamp,
    end: Option<Stamp>,
    duration: Option<IsoDuration>,
}

/// The custom field values of an entry, without deleted fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct FieldValuesOut<'a> {
    renderer: &'a EntryRenderer<'a>,
    entry: &'a TimeEntry,
}

/// A custom field's value. Source: 001:1236-1241.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ValueOut<'a> {
    custom_field_id: FieldId,
    time_entry_id: EntryId,
    value: Option<ContentOut<'a>>,
    name: &'a str,
    r#type: FieldType,
}

impl Serialize for FieldValuesOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { renderer, entry } = *self;
        serializer.collect_seq(entry.fields.iter().filter_map(|value| {
            let field = renderer.state.fields.get(value.field)?;
            Some(ValueOut {
                custom_field_id: field.id,
                time_entry_id: entry.id,
                value: value.value.as_ref().map(ContentOut),
                name: &field.name,
                r#type: field.kind,
            })
        }))
    }
}
