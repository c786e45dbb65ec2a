#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::{Rng, random::SeededRng};

use super::*;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + secs).unwrap()
}
fn probe(name: &str) -> ProbeId {
    ProbeId::named(name)
}
fn told(pieces: &[Piece]) -> Vec<String> {
    pieces
        .iter()
        .map(|piece| format!("{} {}-{}", piece.state, piece.from.as_second() - 1_800_000_000, piece.to.as_second() - 1_800_000_000))
        .collect()
}

#[test]
fn any_down_is_bad_any_unsure_is_unknown_all_up_is_good_none_is_unknown() {
    use Verdict::{Down, Inconclusive, Partial, Up};
    for (verdicts, state) in [
        (vec![], SliState::Unknown),
        (vec![Up], SliState::Good),
        (vec![Up, Up], SliState::Good),
        (vec![Up, Inconclusive], SliState::Unknown),
        (vec![Down, Inconclusive], SliState::Bad),
        (vec![Up, Down], SliState::Bad),
        (vec![Inconclusive], SliState::Unknown),
        (vec![Up, Partial], SliState::Partial),
        (vec![Partial, Inconclusive], SliState::Unknown),
        (vec![Partial, Down], SliState::Bad),
    ] {
        assert_eq!(combine(verdicts.clone().into_iter()), state, "{verdicts:?}");
    }
}

#[test]
fn a_stretch_is_sealed_when_it_has_ended() {
    let mut line = Timeline::new(at(0));
    line.set(probe("a"), HERE, at(1), Verdict::Up);
    assert_eq!(told(&line.seal(at(10), false)), ["unknown 0-1"]);
    assert_eq!((line.state(), line.since()), (SliState::Good, at(1)));
    line.set(probe("a"), HERE, at(20), Verdict::Down);
    assert_eq!(told(&line.seal(at(25), false)), ["good 1-20"]);
    line.set(probe("a"), HERE, at(30), Verdict::Up);
    assert_eq!((line.state(), line.since()), (SliState::Good, at(30)));
    assert_eq!(told(&line.seal(at(31), false)), ["bad 20-30"]);
    assert_eq!(line.sealed_to(), at(30));
}

#[test]
fn a_report_may_cut_the_stretch_in_force() {
    let mut line = Timeline::new(at(0));
    line.set(probe("a"), HERE, at(0), Verdict::Up);
    assert_eq!(told(&line.seal(at(10), true)), ["good 0-10"]);
    assert_eq!(told(&line.seal(at(10), true)), Vec::<String>::new());
    assert_eq!(told(&line.seal(at(15), true)), ["good 10-15"]);
    assert_eq!(line.since(), at(0));
}

#[test]
fn a_verdict_that_reaches_back_before_anothers_change_is_honoured_when_not_sealed() {
    let mut line = Timeline::new(at(0));
    line.set(probe("a"), HERE, at(0), Verdict::Up);
    line.set(probe("b"), HERE, at(0), Verdict::Up);
    // a falls at 20; b has a failing look at 18 that is not decided, so the frontier is 18.
    line.set(probe("a"), HERE, at(20), Verdict::Down);
    assert_eq!(told(&line.seal(at(18), false)), Vec::<String>::new());
    // b is decided: down since 18.
    line.set(probe("b"), HERE, at(18), Verdict::Down);
    assert_eq!(told(&line.seal(at(21), false)), ["good 0-18"]);
    assert_eq!((line.state(), line.since()), (SliState::Bad, at(18)));
    line.set(probe("a"), HERE, at(25), Verdict::Up);
    line.set(probe("b"), HERE, at(27), Verdict::Up);
    assert_eq!(told(&line.seal(at(30), false)), ["bad 18-27"]);
}

#[test]
fn what_is_sealed_stays_sealed() {
    let mut line = Timeline::new(at(0));
    line.set(probe("a"), HERE, at(0), Verdict::Up);
    line.seal(at(10), true);
    line.set(probe("a"), HERE, at(5), Verdict::Down);
    assert_eq!(told(&line.pieces(at(12))), ["bad 10-12"]);
}

#[test]
fn a_probe_taken_out_does_not_count() {
    let mut line = Timeline::new(at(0));
    line.set(probe("a"), HERE, at(0), Verdict::Up);
    line.set(probe("b"), HERE, at(0), Verdict::Down);
    line.leave(probe("b"), at(10));
    assert_eq!(told(&line.pieces(at(20))), ["bad 0-10", "good 10-20"]);
    line.leave(probe("a"), at(20));
    assert_eq!(told(&line.seal(at(30), true)), ["bad 0-10", "good 10-20", "unknown 20-30"]);
    assert_eq!(line.counting().count(), 0);
}

#[test]
fn a_time_in_which_nobody_looked_is_unknown() {
    let mut line = Timeline::new(at(0));
    line.set(probe("a"), HERE, at(0), Verdict::Up);
    let text = serde_json::to_string(&line).unwrap();
    let mut line: Timeline = serde_json::from_str(&text).unwrap();
    line.nobody_looked(HERE, at(50));
    line.set(probe("a"), HERE, at(80), Verdict::Up);
    assert_eq!(told(&line.seal(at(90), true)), ["good 0-50", "unknown 50-80", "good 80-90"]);
}

/// Whatever the order of verdicts and seals, the sealed stretches lie end to end and say what the verdicts said.
#[test]
fn sealed_stretches_lie_end_to_end_for_any_story() {
    let rng = SeededRng::new(11);
    let pick = |below: u8| {
        let mut byte = [0_u8];
        rng.fill(&mut byte);
        byte[0] % below
    };
    for _ in 0..500 {
        let mut line = Timeline::new(at(0));
        let mut sealed: Vec<Piece> = Vec::new();
        let mut whole = Timeline::new(at(0));
        for step in 1..40 {
            let name = ["a", "b", "c"][usize::from(pick(3))];
            let verdict = [Some(Verdict::Up), Some(Verdict::Down), Some(Verdict::Inconclusive), None][usize::from(pick(4))];
            for line in [&mut line, &mut whole] {
                match verdict {
                    Some(verdict) => line.set(probe(name), HERE, at(step), verdict),
                    None => line.leave(probe(name), at(step)),
                }
            }
            if pick(3) == 0 {
                sealed.extend(line.seal(at(step), pick(2) == 0));
            }
            assert_eq!((line.state(), line.since() <= at(step)), (whole.state(), true));
        }
        sealed.extend(line.seal(at(50), true));
        assert_eq!(sealed[0].from, at(0));
        assert_eq!(sealed.last().unwrap().to, at(50));
        for pair in sealed.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
        }
        // Joined again they are the whole story.
        let mut joined: Vec<Piece> = Vec::new();
        for piece in sealed {
            match joined.last_mut() {
                Some(last) if last.state == piece.state => last.to = piece.to,
                _ => joined.push(piece),
            }
        }
        assert_eq!(told(&joined), told(&whole.pieces(at(50))));
    }
}

#[test]
fn a_quorum_of_vantage_points_makes_it_bad_and_fewer_make_it_partial() {
    let mut line = Timeline::new(at(0));
    line.seen_from(probe("a"), &["x", "y", "z"].map(str::to_owned), 2, at(0));
    for vantage in ["x", "y", "z"] {
        line.set(probe("a"), vantage, at(0), Verdict::Up);
    }
    line.set(probe("a"), "x", at(10), Verdict::Down);
    line.set(probe("a"), "y", at(20), Verdict::Down);
    line.set(probe("a"), "x", at(30), Verdict::Up);
    // One alone is cut off: the two others are a quorum.
    line.set(probe("a"), "z", at(35), Verdict::Inconclusive);
    line.set(probe("a"), "y", at(40), Verdict::Up);
    assert_eq!(told(&line.seal(at(50), true)), ["good 0-10", "partial 10-20", "bad 20-30", "partial 30-40", "good 40-50"]);
}

#[test]
fn what_a_cut_off_site_saw_takes_the_place_of_its_silence() {
    let mut line = Timeline::new(at(0));
    line.seen_from(probe("a"), &["x".to_owned()], 1, at(0));
    line.set(probe("a"), "x", at(0), Verdict::Up);
    line.set(probe("a"), "x", at(10), Verdict::Inconclusive);
    assert_eq!((line.state(), line.since()), (SliState::Unknown, at(10)));
    line.set(probe("a"), "x", at(10), Verdict::Up);
    line.set(probe("a"), "x", at(12), Verdict::Down);
    line.set(probe("a"), "x", at(15), Verdict::Up);
    assert_eq!(told(&line.seal(at(20), true)), ["good 0-12", "bad 12-15", "good 15-20"]);
}

#[test]
fn a_timeline_of_before_there_were_vantage_points_is_read() {
    let old = r#"{"sealed_to":"2027-01-15T08:00:00Z","state":"good","since":"2027-01-15T08:00:00Z",
        "tracks":{"018f2b3c-0000-7000-8000-000000000001":{"first":"up","later":[]}}}"#;
    let line: Timeline = serde_json::from_str(old).unwrap();
    assert_eq!((line.state(), line.counting().count()), (SliState::Good, 1));
    let again: Timeline = serde_json::from_str(&serde_json::to_string(&line).unwrap()).unwrap();
    assert_eq!(again, line);
}
