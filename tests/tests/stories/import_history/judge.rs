//! Attainment of a history, computed from the calendar's minutes alone: an opinion that Evenkeel's must equal.

use evenkeel_stories::work_calendar::WorkCalendar;

use super::history::{Minute, Ticket, What};

/// Goals in the order of [`super::GOALS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    Response,
    Restore,
    Resolve,
}

/// Promised minutes by goal and priority; the story's agreement is written from them.
pub const TARGETS: [(Goal, [i64; 5]); 3] =
    [(Goal::Response, [20, 45, 90, 240, 480]), (Goal::Restore, [90, 150, 360, 900, 1_500]), (Goal::Resolve, [120, 240, 480, 1_200, 1_800])];

/// Re-opened within so many minutes the clock goes on.
pub const REOPEN_WITHIN: Minute = 7 * 24 * 60;

/// Met and counted by priority.
pub type Tally = [(i64, i64); 5];

/// Attainment of `goal` over tickets, judged at `as_of`.
pub fn tally(tickets: &[Ticket], goal: Goal, calendar: &WorkCalendar, as_of: Minute) -> Tally {
    let targets = TARGETS.iter().find(|(known, _)| *known == goal).unwrap().1;
    let mut tally = Tally::default();
    for ticket in tickets {
        let place = ticket.priority - 1;
        if let Some(met) = met(ticket, goal, targets[place], calendar, as_of) {
            tally[place].0 += i64::from(met);
            tally[place].1 += 1;
        }
    }
    tally
}

/// Whether the promise was kept; `None` when nothing can be said: still in time, or ended without an answer in time.
fn met(ticket: &Ticket, goal: Goal, target: i64, calendar: &WorkCalendar, as_of: Minute) -> Option<bool> {
    let (mut ran, mut since) = (Vec::new(), Some(ticket.events[0].0));
    // When it stopped, and whether by what the goal asks for.
    let mut stopped: Option<(Minute, bool)> = None;
    let mut solved = None;
    for &(at, what) in &ticket.events {
        match what {
            What::WaitCustomer => ran.extend(since.take().map(|from| (from, at))),
            // Waiting for a vendor is ours to answer for: it counts.
            What::Taken | What::WaitVendor if stopped.is_none() => since = since.or(Some(at)),
            What::Reopened => {
                let answered = goal == Goal::Response && stopped.is_some_and(|(_, reached)| reached);
                if answered || at - solved.unwrap() > REOPEN_WITHIN {
                    break;
                }
                (stopped, solved, since) = (None, None, Some(at));
            }
            What::Solved => solved = Some(at),
            _ => {}
        }
        let ends = match what {
            What::Answered => goal == Goal::Response,
            What::Restored => goal == Goal::Restore,
            What::Solved => true,
            _ => false,
        };
        if ends && stopped.is_none() {
            ran.extend(since.take().map(|from| (from, at)));
            stopped = Some((at, goal != Goal::Response || what == What::Answered));
        }
    }
    ran.extend(since.map(|from| (from, as_of)));
    let mut left = target;
    for (from, to) in ran {
        if let Some(due) = calendar.reached(from, to, left) {
            // Done in the very minute it was due is in time; used up and still open is not.
            return match stopped {
                Some((at, reached)) if due >= at => reached.then_some(true),
                _ => Some(false),
            };
        }
        left -= calendar.between(from, to);
    }
    stopped.and_then(|(_, reached)| reached.then_some(true))
}
