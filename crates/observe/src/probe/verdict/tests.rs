#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + secs).unwrap()
}

fn rule(failures: u32, successes: u32) -> Rule {
    let interval = SignedDuration::from_secs(1);
    Rule { failures, successes, interval, certificates_alone: false, flap: FlapRule::for_interval(interval) }
}

fn look(secs: i64, code: Code) -> Look {
    Look { at: at(secs), duration_ms: 1.0, code: code.as_str().to_owned(), detail: String::new() }
}

/// Plays a story, one look a second: `p` pass, `f` fail, `c` the certificate ends soon, `u` unsure, `.` no look. Gives
/// `second:verdict@since` for each change, with the trouble when it is another than that the service does not answer.
fn play(rule: &Rule, machine: &mut Machine, from: i64, story: &str) -> Vec<String> {
    let mut told = Vec::new();
    for (offset, letter) in story.chars().enumerate() {
        let now = from + i64::try_from(offset).unwrap();
        let changes = match letter {
            'p' => machine.observe(rule, Outcome::Pass, &look(now, Code::Ok)),
            'f' => machine.observe(rule, Outcome::Fail, &look(now, Code::Timeout)),
            'c' => machine.observe(rule, Outcome::Fail, &look(now, Code::CertificateExpiring)),
            'u' => machine.observe(rule, Outcome::Unsure, &look(now, Code::UplinkLost)),
            _ => machine.late(rule, at(now)).into_iter().collect(),
        };
        for change in changes {
            assert_eq!(change.trouble.is_some(), change.to == Verdict::Down);
            let trouble = change.trouble.filter(|trouble| *trouble != Trouble::Unavailable).map_or("", Trouble::cause);
            told.push(format!("{now}:{}{trouble}@{}", change.to, change.since.as_second() - 1_800_000_000));
        }
    }
    told
}

fn story(failures: u32, successes: u32, story: &str) -> Vec<String> {
    play(&rule(failures, successes), &mut Machine::new(at(0)), 0, story)
}

#[test]
fn a_verdict_counts_from_the_first_look_of_its_streak() {
    assert_eq!(story(3, 2, "pppfffppp"), ["0:up@0", "5:down@3", "7:up@6"]);
}

#[test]
fn a_single_failure_changes_nothing() {
    assert_eq!(story(2, 2, "pfpfpfp"), ["0:up@0"]);
    assert_eq!(story(3, 1, "pffpffpff"), ["0:up@0"]);
}

#[test]
fn retries_work_in_both_directions() {
    assert_eq!(story(2, 3, "pffpfppfppp"), ["0:up@0", "2:down@1", "10:up@8"]);
    assert_eq!(story(1, 1, "pfp"), ["0:up@0", "1:down@1", "2:up@2"]);
}

#[test]
fn the_first_verdict_is_up_at_once_and_down_after_its_count() {
    assert_eq!(story(3, 3, "p"), ["0:up@0"]);
    assert_eq!(story(3, 3, "fff"), ["2:down@0"]);
    assert_eq!(story(3, 3, "ffp"), ["2:up@2"]);
}

#[test]
fn an_unsure_look_is_inconclusive_and_never_down() {
    assert_eq!(story(2, 2, "ppuuuu"), ["0:up@0", "2:inconclusive@2"]);
    // The failure before the loss was noticed is no evidence.
    assert_eq!(story(2, 2, "pfufpp"), ["0:up@0", "2:inconclusive@2", "4:up@4"]);
    assert_eq!(story(2, 2, "pufuf"), ["0:up@0", "1:inconclusive@1"]);
}

#[test]
fn back_from_inconclusive_one_look_confirms_what_was_known() {
    assert_eq!(story(2, 3, "pffuuf"), ["0:up@0", "2:down@1", "3:inconclusive@3", "5:down@5"]);
    assert_eq!(story(2, 3, "pffuuppp"), ["0:up@0", "2:down@1", "3:inconclusive@3", "7:up@5"]);
    assert_eq!(story(2, 3, "puff"), ["0:up@0", "1:inconclusive@1", "3:down@2"]);
}

#[test]
fn silence_is_inconclusive_from_the_first_missing_look() {
    assert_eq!(story(2, 2, "pp......"), ["0:up@0", "5:inconclusive@2"]);
    // The watchdog slept as well: the next look brings the silence to light.
    let rule = rule(2, 2);
    let mut machine = Machine::new(at(0));
    play(&rule, &mut machine, 0, "pp");
    let changes = machine.observe(&rule, Outcome::Pass, &look(3600, Code::Ok));
    assert_eq!(changes.len(), 2);
    assert_eq!((changes[0].to, changes[0].since), (Verdict::Inconclusive, at(2)));
    assert_eq!(changes[0].last.code, "data_late");
    assert_eq!((changes[1].to, changes[1].since), (Verdict::Up, at(3600)));
}

#[test]
fn silence_breaks_a_streak() {
    assert_eq!(story(2, 2, "pf....fp"), ["0:up@0", "5:inconclusive@2", "7:up@7"]);
}

#[test]
fn a_probe_that_has_not_looked_yet_is_not_late() {
    let mut machine = Machine::new(at(0));
    assert_eq!(machine.late(&rule(1, 1), at(100_000)), None);
    assert_eq!(machine.verdict(), Verdict::Inconclusive);
}

#[test]
fn flapping_takes_a_longer_good_streak_to_come_up() {
    let rule = rule(1, 1);
    let mut machine = Machine::new(at(0));
    let told = play(&rule, &mut machine, 0, "pfpfpf");
    assert_eq!(told.len(), 6);
    assert!(machine.is_flapping());
    // One good look was enough before; now it takes three.
    assert_eq!(play(&rule, &mut machine, 6, "ppfppp"), ["11:up@9"]);
    assert!(machine.is_flapping());
    // Quiet for the window: back to normal.
    let quiet = rule.flap.window.as_secs() + 20;
    machine.observe(&rule, Outcome::Pass, &look(quiet, Code::Ok));
    machine.observe(&rule, Outcome::Pass, &look(quiet + 1, Code::Ok));
    machine.observe(&rule, Outcome::Pass, &look(quiet + 2, Code::Ok));
    assert!(!machine.is_flapping());
}

#[test]
fn losing_the_uplink_again_and_again_is_not_flapping() {
    let rule = rule(1, 1);
    let mut machine = Machine::new(at(0));
    play(&rule, &mut machine, 0, "pfufufufufuf");
    assert!(!machine.is_flapping());
}

#[test]
fn a_clock_set_back_does_not_turn_time_around() {
    let rule = rule(2, 2);
    let mut machine = Machine::new(at(0));
    play(&rule, &mut machine, 100, "pp");
    let mut last = machine.since();
    for (secs, outcome) in [(50, Outcome::Fail), (51, Outcome::Fail), (52, Outcome::Pass), (53, Outcome::Pass)] {
        for change in machine.observe(&rule, outcome, &look(secs, Code::Ok)) {
            assert!(change.since >= last);
            last = change.since;
        }
    }
    assert_eq!(machine.verdict(), Verdict::Up);
}

#[test]
fn after_a_restart_the_gap_is_inconclusive_and_one_look_confirms() {
    let rule = rule(3, 3);
    let mut machine = Machine::new(at(0));
    play(&rule, &mut machine, 0, "pfff");
    assert_eq!(machine.verdict(), Verdict::Down);
    let text = serde_json::to_string(&machine).unwrap();
    let mut machine = serde_json::from_str::<Machine>(&text).unwrap().resumed(at(5));
    assert_eq!((machine.verdict(), machine.since()), (Verdict::Inconclusive, at(5)));
    assert_eq!(play(&rule, &mut machine, 60, "f"), ["60:down@60"]);
}

#[test]
fn the_pending_look_is_told_until_it_is_decided() {
    let rule = rule(3, 2);
    let mut machine = Machine::new(at(0));
    play(&rule, &mut machine, 0, "pff");
    assert_eq!(machine.pending_since(), Some(at(1)));
    play(&rule, &mut machine, 3, "f");
    assert_eq!(machine.pending_since(), None);
    play(&rule, &mut machine, 4, "p");
    assert_eq!(machine.pending_since(), Some(at(4)));
    play(&rule, &mut machine, 5, "f");
    assert_eq!(machine.pending_since(), None);
}

#[test]
fn another_trouble_takes_its_own_row_of_looks_and_the_verdict_stays_since_it_fell() {
    assert_eq!(story(2, 1, "pccccffff"), ["0:up@0", "2:downcertificate@1", "6:down@5"]);
    // A single look that saw something else is nothing.
    assert_eq!(story(2, 1, "pcccfcfcp"), ["0:up@0", "2:downcertificate@1", "8:up@8"]);
    // Back to the lesser trouble is a recovery, and takes what a recovery takes.
    assert_eq!(story(1, 3, "pfffccfcccp"), ["0:up@0", "1:down@1", "9:downcertificate@7"]);
    let rule = rule(1, 1);
    let mut machine = Machine::new(at(0));
    play(&rule, &mut machine, 0, "pccff");
    assert_eq!((machine.verdict(), machine.since()), (Verdict::Down, at(1)));
    // What was not sure in between does not hide that it is another trouble now.
    assert_eq!(story(2, 2, "pccuuff"), ["0:up@0", "2:downcertificate@1", "3:inconclusive@3", "6:down@5"]);
    assert_eq!(story(2, 2, "pccuuc"), ["0:up@0", "2:downcertificate@1", "3:inconclusive@3", "5:downcertificate@5"]);
}

/// Every story of eight looks: whatever comes, the promises hold.
#[test]
fn promises_hold_for_every_story_of_eight_looks() {
    for number in 0..4_u32.pow(8) {
        let letters: String = (0..8).map(|digit| ['p', 'f', 'u', '.'][(number / 4_u32.pow(digit) % 4) as usize]).collect();
        let rule = rule(2, 2);
        let mut machine = Machine::new(at(0));
        let mut last = machine.since();
        let mut verdict = machine.verdict();
        for (offset, letter) in letters.chars().enumerate() {
            let now = i64::try_from(offset).unwrap();
            let changes = match letter {
                'p' => machine.observe(&rule, Outcome::Pass, &look(now, Code::Ok)),
                'f' => machine.observe(&rule, Outcome::Fail, &look(now, Code::Timeout)),
                'u' => machine.observe(&rule, Outcome::Unsure, &look(now, Code::UplinkLost)),
                _ => machine.late(&rule, at(now)).into_iter().collect(),
            };
            for change in changes {
                // Chains without a gap, never two the same, never backwards, never in the future.
                assert_eq!(change.from, verdict, "{letters}");
                assert_ne!(change.to, verdict, "{letters}");
                assert!(change.since >= last && change.since <= at(now), "{letters}");
                // Down only on the word of a failing look, up only on that of a good one.
                match change.to {
                    Verdict::Down => assert_eq!(letter, 'f', "{letters}"),
                    Verdict::Up => assert_eq!(letter, 'p', "{letters}"),
                    Verdict::Partial => panic!("one vantage point is never partial: {letters}"),
                    Verdict::Inconclusive => {}
                }
                last = change.since;
                verdict = change.to;
            }
            assert!(machine.pending_since().is_none_or(|pending| pending >= last), "{letters}");
        }
    }
}
