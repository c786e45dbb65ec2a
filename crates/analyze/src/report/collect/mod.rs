//! Collecting a report: from a view of the world to a document without words. Pure, so that it can be done again.

mod availability;
mod breaches;
mod bucket;
mod continuity;
mod faults;
mod overview;
mod restated;
mod targets;
mod trend;

use std::collections::BTreeMap;

use evenkeel_core::id::OrganisationId;
use jiff::tz::TimeZone;

use super::{
    document::{Block, Document, ReportedService, Section},
    section::section,
};
use crate::{
    figure::{
        catalogue::Catalogue,
        hash::of_text,
        model::Figure,
        setting::{Ask, Setting},
    },
    words::Words,
    world::View,
};

pub use restated::{Difference, Restated, differences};

/// What a report is to say.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Shown title.
    pub title: Words,
    /// `SR-12`.
    pub number: String,
    /// 1, or one more for each restatement.
    pub version: i64,
    /// For whom.
    pub customer: Option<OrganisationId>,
    /// Services and period.
    pub ask: Ask,
    /// The zone in which days begin and instants are shown.
    pub zone: String,
    /// Earlier reports whose figures are no longer what they were.
    pub restated: Vec<Restated>,
}

/// Everything a section is made from.
struct Source<'s, 'w> {
    plan: &'s Plan,
    zone: TimeZone,
    setting: &'s Setting<'w>,
    catalogue: &'s Catalogue,
}

/// The document as it follows from the view.
pub fn collect(view: View<'_>, plan: &Plan) -> Document {
    let setting = Setting::new(view, plan.ask.clone()).without_items();
    let catalogue = Catalogue::of(&setting);
    let zone = TimeZone::get(&plan.zone).unwrap_or(TimeZone::UTC);
    let source = Source { plan, zone, setting: &setting, catalogue: &catalogue };
    let sections = vec![
        overview::section(&source),
        targets::section(&source),
        availability::section(&source),
        breaches::section(&source),
        faults::section(&source),
        faults::major(&source),
        continuity::section(&source),
        trend::section(&source),
        section("improvement", "改进计划", "Improvement plan", Vec::new()),
        restated::section(&source),
    ];
    let services = plan.ask.services.iter().map(|id| ReportedService { id: *id, name: setting.service_name(*id) }).collect();
    let customer = plan.customer.map(|id| {
        let organisation = view.world.organisations.in_force(id, plan.ask.to, view.position);
        organisation.map_or_else(|| Words::same(id.to_string()), |organisation| (&organisation.body.display).into())
    });
    let figures_hash = figures_hash(figures(&sections));
    Document {
        title: plan.title.clone(),
        number: plan.number.clone(),
        version: plan.version,
        customer,
        services,
        from: plan.ask.from,
        to: plan.ask.to,
        zone: plan.zone.clone(),
        generated_at: view.recorded_until,
        position: view.position,
        figures_hash,
        sections,
        texts: BTreeMap::new(),
    }
}

/// Every figure of some sections, in reading order.
pub fn figures(sections: &[Section]) -> impl Iterator<Item = &Figure> {
    sections.iter().flat_map(|section| &section.blocks).flat_map(|block| match block {
        Block::Figures { figures } => figures.as_slice(),
        _ => &[],
    })
}

/// SHA-256 over figures as JSON, in reading order.
pub fn figures_hash<'f>(figures: impl IntoIterator<Item = &'f Figure>) -> String {
    let mut text = String::new();
    for figure in figures {
        // Plain values and strings: writing them as JSON cannot fail.
        text.push_str(&serde_json::to_string(figure).unwrap_or_default());
        text.push('\n');
    }
    of_text(&text)
}

#[cfg(test)]
mod tests;
