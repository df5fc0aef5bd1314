//! Revenues of entries, and the factor of projects with a fixed price.

use std::collections::BTreeMap;

use super::index::Index;
use crate::kernel::ids::Serial;
use crate::kernel::money::{Minor, earned};
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, Budget, Factor, LumpsumServiceId, Mark, MarkKind, Project, ProjectId, State,
    Subproject, SubprojectId,
};

/// The factor of the revenue of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// 1: there is no fixed price.
    Full,
    /// Not known yet: there is a fixed price, but the project is open.
    Open,
    /// The fixed price divided by what was spent.
    Part(Factor),
}

fn share(budget: Option<&Budget>, factor: Option<Factor>) -> Share {
    match (budget.is_some_and(|budget| budget.hard), factor) {
        (false, _) => Share::Full,
        (true, None) => Share::Open,
        (true, Some(factor)) => Share::Part(factor),
    }
}

/// The share of a project.
#[must_use]
pub fn project_share(project: &Project) -> Share {
    share(project.budget.as_ref(), project.factor)
}

/// The share of a subproject.
#[must_use]
pub fn subproject_share(subproject: &Subproject) -> Share {
    share(subproject.budget.as_ref(), subproject.factor)
}

/// Calculates revenues. Caches shares and prices, so that a long list looks up each only once.
#[derive(Debug)]
pub struct Revenues<'a> {
    state: &'a State,
    also_open: bool,
    /// Numbers of pairs of project and subproject. `shares` has their shares.
    index: Index,
    shares: Vec<Share>,
    prices: BTreeMap<u64, Minor>,
}

impl<'a> Revenues<'a> {
    /// With `also_open`, time on projects with an open fixed price brings revenue at its rate;
    /// otherwise it brings none. Source: 003:76.
    #[must_use]
    pub fn of(state: &'a State, also_open: bool) -> Self {
        let (index, shares) = (Index::default(), Vec::new());
        Self { state, also_open, index, shares, prices: BTreeMap::new() }
    }

    /// The share of the entry's project or subproject.
    pub fn share(&mut self, mark: &Mark) -> Share {
        let (project, part) = (mark.project, mark.subproject);
        let (number, is_new) = self.index.number((project, part));
        if is_new {
            let part = self.state.subprojects.get(SubprojectId(Serial(part)));
            let whole = self.state.projects.get(ProjectId(Serial(project)));
            self.shares.push(match part.map(|part| subproject_share(part)) {
                Some(share) if share != Share::Full => share,
                _ => whole.map_or(Share::Full, |project| project_share(project)),
            });
        }
        self.shares[number]
    }

    /// Price per unit of a lump-sum service.
    pub fn price(&mut self, service: u64) -> Minor {
        let state = self.state;
        *self.prices.entry(service).or_insert_with(|| {
            let service = state.lumpsum_services.get(LumpsumServiceId(Serial(service)));
            service.map_or(0, |service| service.price)
        })
    }

    /// The revenue of an entry, in minor units, rounded half away from zero. Source:
    /// clockodo.md:4.7.
    pub fn revenue(&mut self, mark: &Mark) -> Minor {
        if mark.billable == Billable::No {
            return 0;
        }
        match mark.kind {
            MarkKind::Lumpsum => mark.amount,
            MarkKind::LumpsumService => {
                hundredths(i128::from(mark.amount) * i128::from(self.price(mark.service)))
            }
            MarkKind::Time => match self.share(mark) {
                Share::Full => earned(mark.amount, mark.seconds),
                Share::Open if self.also_open => {
                    quirk!("CDO-019");
                    earned(mark.amount, mark.seconds)
                }
                Share::Open => 0,
                Share::Part(factor) => part(earned(mark.amount, mark.seconds), factor),
            },
        }
    }
}

fn hundredths(exact: i128) -> Minor {
    clamp((exact + if exact < 0 { -50 } else { 50 }) / 100)
}

fn part(amount: Minor, factor: Factor) -> Minor {
    let used = i128::from(factor.used.max(1));
    let exact = i128::from(amount) * i128::from(factor.budget);
    clamp((exact + used / 2) / used)
}

fn clamp(amount: i128) -> Minor {
    Minor::try_from(amount).unwrap_or(if amount < 0 { Minor::MIN } else { Minor::MAX })
}
