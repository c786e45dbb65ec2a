//! What holds of every machine, whatever comes when.
#![allow(clippy::unwrap_used)]

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{super::schedule::Cron, *};

#[derive(Debug, Clone, Copy)]
enum Happens {
    Report(Signal),
    Tick,
    Away,
    Pause,
    Resume,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        5 => Just(Happens::Report(Signal::Good)),
        2 => Just(Happens::Report(Signal::Start)),
        1 => Just(Happens::Report(Signal::Fail(Some(1)))),
        4 => Just(Happens::Tick),
        1 => Just(Happens::Away),
        1 => Just(Happens::Pause),
        1 => Just(Happens::Resume),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let every = (1i64..600).prop_map(|secs| Schedule::Every(SignedDuration::from_secs(secs)));
    let at = prop_oneof![Just("*/5 * * * *"), Just("30 2 * * *"), Just("0 0 * * 1-5")]
        .prop_map(|text| Schedule::At(Cron::parse(text).unwrap(), TimeZone::get("Europe/Berlin").unwrap()));
    (prop_oneof![every, at], 1i64..600, 1i64..600).prop_map(|(schedule, grace, limit)| Rule {
        schedule,
        grace: SignedDuration::from_secs(grace),
        run_limit: SignedDuration::from_secs(limit),
    })
}

proptest! {
    #[test]
    fn changes_follow_one_another_and_none_is_of_nothing(
        rule in rule(),
        story in prop::collection::vec((happens(), 0i64..100_000), 1..60),
    ) {
        let mut now: Timestamp = "2026-03-28T00:00:00Z".parse().unwrap();
        let mut machine = Machine::new(now);
        let mut listening = now;
        let mut state = State::New;
        for (number, (happens, secs)) in (1i64..).zip(story) {
            let before = now;
            now += SignedDuration::from_secs(secs);
            let changes = match happens {
                Happens::Report(signal) => machine.report(&rule, signal, now, number),
                Happens::Tick => Vec::from_iter(machine.tick(&rule, now)),
                Happens::Away => {
                    listening = now;
                    Vec::from_iter(machine.absent(&rule, before, now))
                }
                Happens::Pause => Vec::from_iter(machine.pause(now)),
                Happens::Resume => {
                    let resumed = machine.resume(now);
                    // What was not paused was listened to all along.
                    listening = resumed.map_or(listening, |_| now);
                    Vec::from_iter(resumed)
                }
            };
            for change in changes {
                prop_assert_eq!(change.from, state);
                prop_assert_ne!(change.from, change.to);
                prop_assert_eq!(change.to == State::Down, change.trouble.is_some());
                prop_assert_ne!(change.to, State::Late, "late follows from the clock alone");
                // Nobody is missed for what was due before we listened.
                if change.trouble == Some(Trouble::Missed) {
                    prop_assert!(change.since > listening && now >= change.since + rule.grace, "{:?}", change);
                }
                if change.trouble == Some(Trouble::Overran) {
                    prop_assert!(now >= listening + rule.run_limit, "{:?}", change);
                }
                state = change.to;
            }
            // Whoever asks learns the same as whoever was told, but for lateness.
            let (seen, _) = machine.state(&rule, now);
            prop_assert!(seen == state || (seen, state) == (State::Late, State::Up));
            // What is kept is what was there.
            let kept: Machine = serde_json::from_str(&serde_json::to_string(&machine).unwrap()).unwrap();
            prop_assert_eq!(kept, machine.clone());
        }
    }
}
