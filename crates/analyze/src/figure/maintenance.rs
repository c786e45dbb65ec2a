//! Which maintenance the agreement takes out of committed time: approved, announced in time, within its monthly quota.

use evenkeel_core::{
    definition::{AgreementDefinition, Layer},
    id::{AgreementId, ServiceId},
};
use evenkeel_sla::{
    intervals::IntervalSet,
    maintenance::{MaintenancePolicy, excused},
};
use jiff::tz::TimeZone;

use super::setting::Ask;
use crate::world::{
    View,
    definitions::Version,
    maintenance::{Piece, pieces},
};

/// Why a window excuses nothing, or all of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Excused,
    /// No agreement takes maintenance out.
    NotAgreed,
    NotApproved,
    AnnouncedLate,
    /// Only a part, or nothing, was left of the month's quota.
    OverQuota,
}

impl Why {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Excused => "excused",
            Self::NotAgreed => "not_agreed",
            Self::NotApproved => "not_approved",
            Self::AnnouncedLate => "announced_late",
            Self::OverQuota => "over_quota",
        }
    }
}

/// A window that meets the period, and what of it is taken out of committed time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The window.
    pub piece: Piece,
    /// Its part within the period and the service's hours that is taken out, microseconds.
    pub excused_micros: i64,
    /// Why: a stable code.
    pub why: &'static str,
}

/// What is taken out, and how every window was judged.
#[derive(Debug, Default)]
pub struct Excuse {
    /// Taken out, microseconds since 1970; also outside the period.
    pub time: IntervalSet,
    /// Positions of the agreements that say so.
    pub agreement_seqs: Vec<i64>,
    pieces: Vec<Piece>,
    /// The agreements' methods; none = not agreed.
    policies: Option<Vec<MaintenancePolicy>>,
}

/// The excuse of a service's maintenance. The method is that of the SLA whose availability promise is the strictest, as in
/// force at the end of the period; where several promise the same, only what each of them excuses is taken out.
pub fn excuse(view: View<'_>, ask: &Ask, service: ServiceId) -> Excuse {
    let agreements = &view.world.agreements;
    let slas: Vec<_> = agreements
        .living(ask.from, ask.to, view.position)
        .into_iter()
        .filter_map(|id| agreements.in_force(id, ask.to, view.position))
        .filter(|agreement| agreement.body.layer == Layer::Sla && agreement.body.services.contains(&service))
        .collect();
    let strictest = slas.iter().filter_map(|agreement| agreement.body.availability_target).max_by(f64::total_cmp);
    let governing: Vec<_> = slas
        .into_iter()
        .filter(|agreement| strictest.is_none_or(|strictest| agreement.body.availability_target.is_some_and(|target| target >= strictest)))
        .collect();
    excuse_under(view, ask, service, &governing)
}

/// The excuse by the method of one agreement, as in force at the end of the period; none = no such agreement, no excuse.
pub fn excuse_by(view: View<'_>, ask: &Ask, service: ServiceId, agreement: AgreementId) -> Excuse {
    let governing: Vec<_> = view.world.agreements.in_force(agreement, ask.to, view.position).into_iter().collect();
    excuse_under(view, ask, service, &governing)
}

fn excuse_under(view: View<'_>, ask: &Ask, service: ServiceId, governing: &[&Version<AgreementDefinition>]) -> Excuse {
    let said = view.world.maintenance.get(&service).into_iter().flatten().filter(|said| view.knows(said.seq));
    let pieces = pieces(said);
    if pieces.is_empty() {
        return Excuse::default();
    }
    let policy = |agreement: &Version<AgreementDefinition>| {
        let terms = agreement.body.maintenance.as_ref()?;
        let calendar = view.world.calendars.in_force(agreement.body.calendar, ask.to, view.position);
        let zone = calendar.map_or(TimeZone::UTC, |calendar| calendar.body.zone().clone());
        Some(MaintenancePolicy { notice_secs: terms.notice_secs, monthly_quota_secs: terms.monthly_quota_secs, zone })
    };
    let policies: Option<Vec<MaintenancePolicy>> =
        governing.iter().map(|agreement| policy(agreement)).collect::<Option<Vec<_>>>().filter(|policies| !policies.is_empty());
    let windows: Vec<_> = pieces.iter().map(|piece| piece.window).collect();
    // All windows, not those of the period alone: what was used earlier in a month counts against its quota.
    let time =
        policies.iter().flatten().map(|policy| excused(&windows, policy)).reduce(|one, other| one.intersect(&other)).unwrap_or_default();
    Excuse { time, agreement_seqs: governing.iter().map(|agreement| agreement.seq).collect(), pieces, policies }
}

impl Excuse {
    /// Every window that meets the period, with what of it lies in `open` (the service's hours within the period) and is
    /// taken out.
    pub fn judged(&self, open: &IntervalSet) -> Vec<Judged> {
        self.pieces
            .iter()
            .filter_map(|piece| {
                let window = IntervalSet::of(piece.window.from.as_microsecond(), piece.window.to.as_microsecond());
                let within = window.intersect(open);
                if within.measure() == 0 {
                    return None;
                }
                let excused_micros = within.intersect(&self.time).measure();
                let why = self.why(piece, window.intersect(&self.time).measure() == window.measure());
                Some(Judged { piece: piece.clone(), excused_micros, why: why.as_str() })
            })
            .collect()
    }

    fn why(&self, piece: &Piece, whole: bool) -> Why {
        let alone = |policy: &MaintenancePolicy| {
            let unlimited = MaintenancePolicy { monthly_quota_secs: None, ..policy.clone() };
            !excused(&[piece.window], &unlimited).spans().is_empty()
        };
        match &self.policies {
            None => Why::NotAgreed,
            Some(_) if !piece.window.approved => Why::NotApproved,
            Some(policies) if !policies.iter().all(alone) => Why::AnnouncedLate,
            Some(_) if !whole => Why::OverQuota,
            Some(_) => Why::Excused,
        }
    }
}

#[cfg(test)]
mod tests;
