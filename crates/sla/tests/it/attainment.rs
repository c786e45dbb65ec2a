//! Attainment: what is counted, and what is not.

use evenkeel_core::state::{Goal, HoldReason};
use evenkeel_sla::{attainment::attainment, clock::FactKind};

use crate::kit::{CN, Story, priority, terms};

fn story(level: u8) -> Story {
    Story::under(vec![terms(&CN, &[(Goal::Resolve, 60)])], "2025-06-10 09:00", level)
}

#[test]
fn met_over_met_and_breached_by_priority_with_n() {
    let as_of = "2025-06-10 15:00";
    let stories = [
        story(1).resolved("2025-06-10 09:30"),
        story(1).resolved("2025-06-10 11:00"),
        story(2).resolved("2025-06-10 09:30"),
        // Still open, and overdue: a breach.
        story(2),
        // Not overdue: no verdict yet.
        story(2).hold("2025-06-10 09:10", HoldReason::Customer),
        // Cancelled after it was overdue, merged: counted nowhere.
        story(3).then("2025-06-10 14:00", FactKind::Cancelled),
        story(3).then("2025-06-10 14:00", FactKind::Merged),
    ];
    let readings: Vec<_> = stories.iter().map(|story| story.read(Goal::Resolve, as_of)).collect();
    let figure = attainment(&readings);
    assert_eq!((figure.total.met, figure.total.breached, figure.total.n()), (2, 2, 4));
    assert_eq!(figure.total.value(), Some(0.5));
    assert_eq!(figure.total.breached_open, 1);
    assert_eq!((figure.total.pending, figure.total.cancelled, figure.total.merged), (1, 1, 1));
    let of = |level: u8| figure.by_priority[&priority(level)];
    assert_eq!((of(1).value(), of(1).n()), (Some(0.5), 2));
    assert_eq!((of(2).value(), of(2).n()), (Some(0.5), 2));
    assert_eq!((of(3).value(), of(3).n()), (None, 0));
}

#[test]
fn of_nothing_there_is_no_figure() {
    assert_eq!(attainment([]).total.value(), None);
}
