//! Pass or suppress. Pure.

use evenkeel_core::{
    event::manage::Suppressor,
    id::{MaintenanceId, ServiceId},
    matcher::Labels,
};
use jiff::{SignedDuration, Timestamp};

use crate::{inhibition::Inhibitor, silence::Silence};

/// How long until it is asked again how a parent is that nobody has seen well.
pub(super) const DOUBT: SignedDuration = SignedDuration::from_secs(2);

/// The alert that is judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged<'a> {
    pub labels: &'a Labels,
    /// When its trouble began.
    pub started_at: Timestamp,
    /// When it fired.
    pub fired_at: Timestamp,
}

/// A service that the alert's service depends on, directly or not, and that has, had or might have trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parent {
    pub id: ServiceId,
    pub state: ParentState,
    /// Whether one that it depends on itself is down: then that one says more.
    pub has_cause: bool,
}

/// How a parent is, by its own alerts and looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParentState {
    /// Down: an alert says so, told or not.
    Down,
    /// Back since then.
    Back(Timestamp),
    /// It has not been seen well since the alert's trouble began, and no verdict has fallen.
    Doubtful,
    /// Nobody looks at it: only an alert can tell, and that may come a moment later.
    Unseen,
}

/// What might suppress it.
#[derive(Debug, Default)]
pub(crate) struct World {
    /// Maintenance that its service is in, and until when.
    pub maintenance: Option<(MaintenanceId, Timestamp)>,
    /// Silences that are not over.
    pub silences: Vec<Silence>,
    /// Parents that are not known to be well.
    pub parents: Vec<Parent>,
    /// An alert that keeps it back.
    pub inhibitor: Option<Inhibitor>,
    /// What belongs together lies so close together.
    pub window: SignedDuration,
    /// So long an alert waits for one of a parent that nobody looks at.
    pub settle: SignedDuration,
}

/// What is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    Pass,
    Suppress(Hold),
}

/// Why, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hold {
    pub by: Suppressor,
    /// Under what it is found when the reason ends.
    pub reference: String,
    /// Until when, as known now.
    pub until: Option<Timestamp>,
    /// When it is to be decided again, whatever happens.
    pub again_at: Option<Timestamp>,
}

impl Hold {
    fn until(by: Suppressor, reference: String, until: Timestamp) -> Decision {
        Decision::Suppress(Self { by, reference, until: Some(until), again_at: Some(until) })
    }
}

pub(super) fn maintenance_reference(id: MaintenanceId) -> String {
    format!("maintenance:{id}")
}
pub(super) fn parent_reference(id: ServiceId) -> String {
    format!("parent:{id}")
}
pub(super) fn inhibition_reference(rule: &str, key: &str) -> String {
    format!("inhibition:{key}:{rule}")
}

/// Decides at `now`. What was planned speaks first, then what somebody said, then what follows from other alerts: whoever
/// reads the reason later is best served by the one that people know of.
pub(crate) fn decide(alert: Judged<'_>, world: &World, now: Timestamp) -> Decision {
    if let Some((id, until)) = world.maintenance {
        return Hold::until(Suppressor::Maintenance { id }, maintenance_reference(id), until);
    }
    let silence = world.silences.iter().filter_map(|silence| Some((silence.holds(alert.labels, now)?, silence.id))).max();
    if let Some((until, id)) = silence {
        return Hold::until(Suppressor::Silence { id }, super::silence_reference(id), until);
    }
    if let Some(hold) = by_parent(alert, world, now) {
        return Decision::Suppress(hold);
    }
    match &world.inhibitor {
        Some(found) => Decision::Suppress(Hold {
            by: Suppressor::Inhibition { rule: found.rule.clone(), alert_id: found.alert },
            reference: inhibition_reference(&found.rule, &found.key),
            until: None,
            again_at: None,
        }),
        None => Decision::Pass,
    }
}

fn by_parent(alert: Judged<'_>, world: &World, now: Timestamp) -> Option<Hold> {
    let hold = |parent: &Parent, until, again_at| Hold {
        by: Suppressor::Parent { id: parent.id },
        reference: parent_reference(parent.id),
        until,
        again_at,
    };
    let down = |root: bool| move |parent: &&Parent| parent.state == ParentState::Down && !(root && parent.has_cause);
    if let Some(parent) = world.parents.iter().find(down(true)).or_else(|| world.parents.iter().find(down(false))) {
        return Some(hold(parent, None, None));
    }
    // Trouble that began while a parent was down has a while to end by itself; what begins later is its own.
    let settling = |parent: &Parent| match parent.state {
        ParentState::Back(at) if alert.started_at < at => at.checked_add(world.window).ok().filter(|until| now < *until),
        _ => None,
    };
    if let Some((until, parent)) =
        world.parents.iter().filter_map(|parent| Some((settling(parent)?, parent))).max_by_key(|(until, _)| *until)
    {
        return Some(hold(parent, Some(until), Some(until)));
    }
    // A parent that was seen well since is not the cause; one that was not will be seen, or have its verdict, in a few looks.
    let within = |span: SignedDuration| alert.fired_at.checked_add(span).ok().filter(|until| now < *until);
    let one = |state| world.parents.iter().find(|parent| parent.state == state);
    if let Some((until, parent)) = within(world.window).zip(one(ParentState::Doubtful)) {
        let again_at = now.checked_add(DOUBT).map_or(until, |again| again.min(until));
        return Some(hold(parent, Some(until), Some(again_at)));
    }
    // Alerts of one trouble come in any order.
    within(world.settle).zip(one(ParentState::Unseen)).map(|(until, parent)| hold(parent, Some(until), Some(until)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use evenkeel_core::{event::manage::Window, id::SilenceId, matcher::Matcher};

    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + secs).unwrap()
    }

    fn judged(world: &World, now: i64) -> Decision {
        let labels = Labels::from([("service".to_owned(), "child".to_owned())]);
        decide(Judged { labels: &labels, started_at: at(0), fired_at: at(10) }, world, at(now))
    }

    fn parent(name: &str, state: ParentState, has_cause: bool) -> Parent {
        Parent { id: ServiceId::named(name), state, has_cause }
    }

    fn among(parents: Vec<Parent>) -> World {
        World { parents, window: SignedDuration::from_secs(120), settle: SignedDuration::from_secs(2), ..World::default() }
    }

    #[track_caller]
    fn by(decision: Decision) -> (Suppressor, Option<Timestamp>, Option<Timestamp>) {
        match decision {
            Decision::Suppress(hold) => (hold.by, hold.until, hold.again_at),
            Decision::Pass => panic!("it passes"),
        }
    }

    #[test]
    fn of_several_parents_that_are_down_the_one_without_a_cause_is_named() {
        let world = among(vec![parent("near", ParentState::Down, true), parent("far", ParentState::Down, false)]);
        assert_eq!(by(judged(&world, 20)), (Suppressor::Parent { id: ServiceId::named("far") }, None, None));
    }

    #[test]
    fn after_the_parent_is_back_its_dependents_have_a_while_and_new_trouble_has_none() {
        let back = |secs| among(vec![parent("p", ParentState::Back(at(secs)), false)]);
        let until = Some(at(150));
        assert_eq!(by(judged(&back(30), 40)), (Suppressor::Parent { id: ServiceId::named("p") }, until, until));
        assert_eq!(judged(&back(30), 150), Decision::Pass);
        assert_eq!(judged(&back(0), 20), Decision::Pass, "it began when the parent was back already");
    }

    #[test]
    fn a_doubt_about_the_parent_is_waited_for_and_not_for_long() {
        let world = among(vec![parent("p", ParentState::Doubtful, false)]);
        let (_, until, again) = by(judged(&world, 10));
        assert_eq!((until, again), (Some(at(130)), Some(at(12))));
        assert_eq!(judged(&world, 130), Decision::Pass);
        assert_eq!(judged(&among(Vec::new()), 10), Decision::Pass, "without a doubt nothing waits");
    }

    #[test]
    fn for_a_parent_that_nobody_looks_at_an_alert_waits_a_moment() {
        let world = among(vec![parent("p", ParentState::Unseen, false)]);
        assert_eq!(by(judged(&world, 10)), (Suppressor::Parent { id: ServiceId::named("p") }, Some(at(12)), Some(at(12))));
        assert_eq!(judged(&world, 12), Decision::Pass);
        let down = among(vec![parent("p", ParentState::Unseen, false), parent("q", ParentState::Down, false)]);
        assert_eq!(by(judged(&down, 10)).0, Suppressor::Parent { id: ServiceId::named("q") });
    }

    #[test]
    fn what_is_planned_speaks_before_what_is_said_and_what_follows() {
        let id = SilenceId::named("s");
        let silence = Silence {
            id,
            matchers: Matcher::parse_list("service=child").unwrap(),
            span: Window { from: at(0), to: at(100) },
            recurring: None,
            author_id: None,
            author: String::new(),
            comment: None,
            updated_at: at(0),
            ended_at: None,
        };
        let mut world = World { silences: vec![silence], ..among(vec![parent("p", ParentState::Down, false)]) };
        assert_eq!(by(judged(&world, 20)).0, Suppressor::Silence { id });
        assert!(matches!(by(judged(&world, 100)).0, Suppressor::Parent { .. }));
        let maintenance = MaintenanceId::named("m");
        world.maintenance = Some((maintenance, at(50)));
        assert_eq!(by(judged(&world, 20)).0, Suppressor::Maintenance { id: maintenance });
    }
}
