//! One version of an agreement, made ready for folding.

use evenkeel_core::{
    definition::{AgreementDefinition, Layer, PauseRule, Retarget, TimeOwner},
    priority::Priority,
    state::{Goal, HoldReason},
};

use crate::{Calendar, day::DAY_SECS};

/// One version of an agreement with its calendar.
#[derive(Debug, Clone)]
pub struct Terms {
    calendar: Calendar,
    /// Seconds of business time, by goal and priority.
    targets: [[Option<i64>; 5]; 3],
    pauses: Vec<PauseRule>,
    retarget: Retarget,
    reopen_within_secs: i64,
}

impl Terms {
    /// The terms of `agreement`, whose `calendar` has been compiled. Where it names a goal and priority twice, the
    /// smaller target holds. A customer's SLA never waits for our vendor (domain specification, section 3), also when it
    /// says so: that pause is left out.
    pub fn new(agreement: &AgreementDefinition, calendar: Calendar) -> Self {
        let mut targets = [[None; 5]; 3];
        for goal in &agreement.goals {
            if let Some(slot) = slot(&mut targets, goal.goal, goal.priority) {
                *slot = Some(slot.map_or(goal.target_secs, |old: i64| old.min(goal.target_secs)));
            }
        }
        Self {
            calendar,
            targets,
            pauses: agreement
                .pauses
                .iter()
                .filter(|rule| !(agreement.layer == Layer::Sla && (rule.hold == HoldReason::Vendor || rule.owner == TimeOwner::Vendor)))
                .copied()
                .collect(),
            retarget: agreement.retarget,
            reopen_within_secs: agreement.reopen_within_days.saturating_mul(DAY_SECS),
        }
    }

    /// The hours its clocks run in.
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The target of a goal at a priority, seconds of business time.
    pub fn target_secs(&self, goal: Goal, priority: Priority) -> Option<i64> {
        let row = self.targets.get(goal_index(goal))?;
        row.get(usize::from(priority.get()).checked_sub(1)?).copied().flatten()
    }

    /// Whose time a hold is, when the agreement names it as a pause.
    pub(super) fn pause_owner(&self, hold: Option<HoldReason>) -> Option<TimeOwner> {
        let hold = hold?;
        self.pauses.iter().find(|rule| rule.hold == hold).map(|rule| rule.owner)
    }

    pub(super) const fn retarget(&self) -> Retarget {
        self.retarget
    }

    pub(super) const fn reopen_within_secs(&self) -> i64 {
        self.reopen_within_secs
    }
}

fn slot(targets: &mut [[Option<i64>; 5]; 3], goal: Goal, priority: Priority) -> Option<&mut Option<i64>> {
    targets.get_mut(goal_index(goal))?.get_mut(usize::from(priority.get()).checked_sub(1)?)
}

const fn goal_index(goal: Goal) -> usize {
    match goal {
        Goal::Response => 0,
        Goal::Restore => 1,
        Goal::Resolve => 2,
    }
}
