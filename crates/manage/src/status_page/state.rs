//! How a component is, from what is posted, what its service shows, and what work is planned. Pure.

use evenkeel_core::state::SliState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a post says of a component, from the mildest to the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StatusEffect)]
pub enum Effect {
    /// Planned work.
    Maintenance,
    /// It works, worse than it should.
    Degraded,
    /// It does not work for some.
    PartialOutage,
    /// It does not work.
    MajorOutage,
}

impl Effect {
    /// The word in events, files and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Maintenance => "maintenance",
            Self::Degraded => "degraded",
            Self::PartialOutage => "partial_outage",
            Self::MajorOutage => "major_outage",
        }
    }
}

/// How a component is, as it is shown. Each is a word and a shape of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StatusComponentState)]
pub enum ComponentState {
    /// It follows nothing and nobody posted anything: no claim that it works.
    NothingReported,
    /// Its service was seen to work.
    Operational,
    /// Its service is followed and cannot be seen: never shown as working.
    Unknown,
    /// Planned work is under way.
    Maintenance,
    /// It works, worse than it should.
    Degraded,
    /// It does not work for some.
    PartialOutage,
    /// It does not work.
    MajorOutage,
}

impl ComponentState {
    /// The word on the wire and in the page's classes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NothingReported => "nothing_reported",
            Self::Operational => "operational",
            Self::Unknown => "unknown",
            Self::Maintenance => "maintenance",
            Self::Degraded => "degraded",
            Self::PartialOutage => "partial_outage",
            Self::MajorOutage => "major_outage",
        }
    }
}

impl From<Effect> for ComponentState {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Maintenance => Self::Maintenance,
            Effect::Degraded => Self::Degraded,
            Effect::PartialOutage => Self::PartialOutage,
            Effect::MajorOutage => Self::MajorOutage,
        }
    }
}

/// How a component is. `posted`: the effects of open posts; `service`: how its service is, when it follows it;
/// `maintenance`: whether planned work of it is under way.
///
/// What people posted is the gravest word or none: a post of a disturbance is not softened by a probe that sees nothing. Planned
/// work explains what a probe sees; it does not explain away what people posted.
pub fn component(posted: impl IntoIterator<Item = Effect>, service: Option<SliState>, maintenance: bool) -> ComponentState {
    let posted: Vec<Effect> = posted.into_iter().collect();
    let maintenance = maintenance || posted.contains(&Effect::Maintenance);
    let posted = posted.into_iter().max().map(ComponentState::from);
    let seen = match service {
        _ if maintenance => ComponentState::Maintenance,
        None => ComponentState::NothingReported,
        Some(SliState::Good) => ComponentState::Operational,
        Some(SliState::Partial) => ComponentState::PartialOutage,
        Some(SliState::Bad) => ComponentState::MajorOutage,
        Some(SliState::Unknown) => ComponentState::Unknown,
    };
    posted.map_or(seen, |posted| posted.max(seen))
}

/// The one word for a page: its gravest component. It says that all is working only when that was seen of every component.
pub fn overall(components: impl IntoIterator<Item = ComponentState>) -> ComponentState {
    let (mut gravest, mut all_seen) = (ComponentState::NothingReported, true);
    for state in components {
        gravest = gravest.max(state);
        all_seen &= state != ComponentState::NothingReported;
    }
    if gravest == ComponentState::Operational && !all_seen { ComponentState::NothingReported } else { gravest }
}

#[cfg(test)]
mod tests {
    use super::{ComponentState as S, *};

    #[test]
    fn a_component_that_follows_nothing_makes_no_claim() {
        assert_eq!(component([], None, false), S::NothingReported);
        assert_eq!(component([Effect::Degraded], None, false), S::Degraded);
    }

    #[test]
    fn what_cannot_be_seen_is_unknown_and_never_working() {
        assert_eq!(component([], Some(SliState::Unknown), false), S::Unknown);
        assert_eq!(overall([S::Operational, S::Unknown, S::Operational]), S::Unknown);
        assert_eq!(overall([S::Operational, S::Operational]), S::Operational);
        assert_eq!(overall([S::Operational, S::NothingReported]), S::NothingReported, "of the other nobody knows");
        assert_eq!(overall([]), S::NothingReported);
    }

    #[test]
    fn a_post_is_not_softened_by_a_probe_and_a_probe_not_by_a_post() {
        assert_eq!(component([Effect::PartialOutage], Some(SliState::Good), false), S::PartialOutage);
        assert_eq!(component([Effect::Degraded], Some(SliState::Bad), false), S::MajorOutage);
        assert_eq!(component([Effect::Degraded, Effect::MajorOutage], Some(SliState::Good), false), S::MajorOutage);
    }

    #[test]
    fn planned_work_explains_what_is_seen_and_not_what_is_posted() {
        assert_eq!(component([], Some(SliState::Bad), true), S::Maintenance);
        assert_eq!(component([Effect::MajorOutage], Some(SliState::Bad), true), S::MajorOutage);
        assert_eq!(component([], None, true), S::Maintenance);
        assert_eq!(component([Effect::Maintenance], Some(SliState::Bad), false), S::Maintenance);
    }
}
