//! All figures of a setting, or the one of a key.

use super::{attainment, availability, availability::Measured, compute::Computed, continuity, population, setting::Setting, workload};

/// Every figure of a setting.
#[derive(Debug)]
pub struct Catalogue {
    /// In order: availability by service, attainment, continuity and durations, counts.
    pub figures: Vec<Computed>,
    /// What was measured of each service.
    pub measured: Vec<Measured>,
}

impl Catalogue {
    /// Computes all of them.
    pub fn of(setting: &Setting<'_>) -> Self {
        let measured: Vec<Measured> = setting
            .ask
            .services
            .iter()
            .map(|service| availability::measure_under(setting.service_time, setting.view, &setting.ask, *service))
            .collect();
        let mut figures: Vec<Computed> = measured.iter().flat_map(|one| availability::figures(setting, one)).collect();
        figures.extend(attainment::figures(setting));
        figures.extend(population::figures(setting));
        figures.extend(continuity::figures(setting));
        figures.extend(workload::figures(setting));
        Self { figures, measured }
    }

    /// The figure of this key.
    pub fn find(&self, id: &str) -> Option<&Computed> {
        self.figures.iter().find(|computed| computed.figure.id == id)
    }

    /// The figures that follow one of these definitions, in this order.
    pub fn of_definitions<'c>(&'c self, definitions: &'c [&'c str]) -> impl Iterator<Item = &'c Computed> {
        definitions.iter().flat_map(|id| self.figures.iter().filter(move |computed| computed.definition.id == *id))
    }
}
