//! Plants worklogs, with the data of Jira and Clockwork.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Ground;
use crate::kernel::civil::Tz;
use crate::scenario::load;
use crate::scenario::seed::SeedError;
use crate::vendors::jira::model::{IssueId, Tracking, UserId};
use crate::vendors::jira::overlay::WorklogIn;
use crate::vendors::jira::rules::worklogs::{NewWorklog, add};

/// Maximum duration of a worklog in an overlay, in seconds: ten years.
const LONGEST: i64 = 10 * 366 * 86_400;

/// A row of the overlay, resolved.
struct Note {
    author: UserId,
    issue: IssueId,
    row: usize,
}

impl Ground<'_> {
    pub(super) fn worklogs(&mut self) -> Result<(), SeedError> {
        let overlay = self.overlay;
        let notes = self.notes()?;
        let mut counts: BTreeMap<(UserId, IssueId), usize> = BTreeMap::new();
        for work in self.scenario.work.iter().filter(|work| work.systems.jira) {
            let Some(task) = work.task else { continue };
            let person = &self.scenario.people[work.person].id;
            let Some(author) = self.planted.users.get(person).copied() else { continue };
            let issue = self.issue("work", &self.scenario.tasks[task].key)?;
            let Some(seconds) = work.seconds else {
                self.planted.running.push(work.clone());
                continue;
            };
            let count = counts.entry((author, issue)).or_default();
            let nth = *count;
            *count += 1;
            let about = notes
                .iter()
                .filter(|note| note.author == author && note.issue == issue)
                .map(|note| &overlay.worklogs[note.row])
                .filter(|row| row.start.is_none() && row.nth.is_none_or(|wanted| wanted == nth));
            let mut tracking = Tracking { manual: true, attributes: Vec::new() };
            let mut visibility = None;
            for row in about {
                visibility = row.visibility.clone().or(visibility);
                row.apply_to(&mut tracking);
            }
            let comment = Some(work.note.clone());
            let tracking = Some(tracking);
            let started = work.start;
            let recorded = self.recorded(started, seconds);
            let new = NewWorklog { issue, author, started, seconds, comment, visibility, tracking };
            add(self.site, self.ids, recorded, new);
        }
        for (n, note) in notes.iter().enumerate() {
            self.own_worklog(n, note)?;
        }
        Ok(())
    }

    /// A minute after the end of the work, but not later than the clock.
    fn recorded(&self, started: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
        let after = started + TimeDelta::seconds(seconds + 60);
        after.min(self.scenario.anchor)
    }

    fn notes(&self) -> Result<Vec<Note>, SeedError> {
        let rows = self.overlay.worklogs.iter().enumerate();
        let note = |(n, row): (usize, &WorklogIn)| {
            let at = |part: &str| format!("worklogs[{n}].{part}");
            let author = self.user(&at("who"), &row.who)?;
            let issue = self.issue(&at("on"), &row.on)?;
            if let Some(group) = &row.visibility
                && self.site.groups.find(group.clone()).next().is_none()
            {
                let message = format!("there is no group '{group}'");
                return Err(self.misfit(&at("visibility"), message));
            }
            Ok(Note { author, issue, row: n })
        };
        rows.map(note).collect()
    }

    /// A worklog that only Jira has.
    fn own_worklog(&mut self, n: usize, note: &Note) -> Result<(), SeedError> {
        let at = |part: &str| format!("worklogs[{n}].{part}");
        let Note { author, issue, row } = note;
        let row = &self.overlay.worklogs[*row];
        let (start, seconds) = match (&row.start, row.seconds) {
            (None, None) => return Ok(()),
            (Some(start), Some(seconds)) if row.nth.is_none() => (start, seconds),
            _ => {
                let message = "a worklog of its own has `start` and `seconds`, and no `nth`";
                return Err(self.misfit(&at("start"), message));
            }
        };
        if !(1..=LONGEST).contains(&seconds) {
            return Err(self.misfit(&at("seconds"), "work takes from 1 second to 10 years"));
        }
        let zone = self.site.users.get(*author).map_or(Tz::UTC, |user| user.zone);
        let when = |part: &str, text: &str| {
            let when = load::start(text, zone, self.scenario.anchor).map(|(when, _)| when);
            when.ok_or_else(|| self.misfit(&at(part), "this is no time of a worklog"))
        };
        let started = when("start", start)?;
        let recorded = match &row.created {
            None => self.recorded(started, seconds),
            Some(created) => when("created", created)?,
        };
        let mut tracking = Tracking { manual: true, attributes: Vec::new() };
        row.apply_to(&mut tracking);
        let new = NewWorklog {
            issue: *issue,
            author: *author,
            started,
            seconds,
            comment: row.comment.clone(),
            visibility: row.visibility.clone(),
            tracking: Some(tracking),
        };
        add(self.site, self.ids, recorded, new);
        Ok(())
    }
}

impl WorklogIn {
    fn apply_to(&self, tracking: &mut Tracking) {
        tracking.manual = self.manual.unwrap_or(tracking.manual);
        let attributes = self.attributes.iter();
        tracking.attributes.extend(attributes.map(|a| (a.key.clone(), a.value.clone())));
    }
}
