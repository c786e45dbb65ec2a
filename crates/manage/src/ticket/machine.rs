//! State machines of tickets (domain specification, section 4), pure.
//!
//! A *step* is what someone asks for; an *edge* is one change of state and one event in the ledger. Most steps are one
//! edge. A machine is one function, [`Machine::path`]; what is allowed, what a refusal says, the shortest way between two
//! states and the diagram in the manual are all read from it, so that they cannot differ from what happens.

use std::fmt::{Display, Write as _};

use evenkeel_core::{ErrorCode, Failure};

/// The state machine of one kind of ticket.
pub trait Machine {
    /// Where one stands.
    type State: Copy + Eq + Display + 'static;
    /// What someone asks of one.
    type Step: Copy + Eq + 'static;

    /// What it is called in a refusal: `an incident`.
    const NOUN: &'static str;
    /// Every state; the first is where one begins.
    const STATES: &'static [Self::State];
    /// Every step, with some value where a step has one.
    const STEPS: &'static [Self::Step];

    /// The word that the API and a refusal use for a step.
    fn word(step: Self::Step) -> &'static str;

    /// The states that `step` leads through from `from`, the last being where the ticket stands afterwards; none when the
    /// state does not allow it.
    fn path(from: Self::State, step: Self::Step) -> Option<&'static [Self::State]>;
}

/// As [`Machine::path`].
///
/// # Errors
/// A refusal that names the steps that are allowed.
pub fn path<M: Machine>(from: M::State, step: M::Step) -> Result<&'static [M::State], Failure> {
    M::path(from, step).ok_or_else(|| refused::<M>(from, &format!("take the step {}", M::word(step))))
}

/// The refusal of what a state does not allow: `what` is a verb and what follows it.
pub fn refused<M: Machine>(state: M::State, what: &str) -> Failure {
    let allowed = allowed::<M>(state);
    let hint = if allowed.is_empty() { "this state is final".to_owned() } else { format!("from here you can {}", allowed.join(", ")) };
    Failure::new(ErrorCode::StateRefused, format!("{} that is {state} cannot {what}; {hint}", M::NOUN)).at("/state").allowed(allowed)
}

/// The words of the steps that are allowed from `state`.
pub fn allowed<M: Machine>(state: M::State) -> Vec<&'static str> {
    M::STEPS.iter().filter(|step| M::path(state, **step).is_some()).map(|step| M::word(*step)).collect()
}

/// Whether one change of state is an edge of the machine.
pub fn is_edge<M: Machine>(from: M::State, to: M::State) -> bool {
    M::STEPS.iter().any(|step| M::path(from, *step).and_then(<[_]>::first) == Some(&to))
}

/// The shortest way along edges from `from` to `to`, without `from`; empty when they are the same, `None` when there is
/// none. Another tool's history skips states that ours has; the import walks them.
pub fn way<M: Machine>(from: M::State, to: M::State) -> Option<Vec<M::State>> {
    if from == to {
        return Some(Vec::new());
    }
    let mut seen = vec![(from, None::<usize>)];
    let mut next = 0;
    while next < seen.len() {
        let here = seen[next].0;
        for state in M::STATES.iter().copied() {
            if !is_edge::<M>(here, state) || seen.iter().any(|(known, _)| *known == state) {
                continue;
            }
            seen.push((state, Some(next)));
            if state == to {
                let mut states = Vec::new();
                let mut at = Some(seen.len() - 1);
                while let Some(index) = at {
                    if seen[index].1.is_some() {
                        states.push(seen[index].0);
                    }
                    at = seen[index].1;
                }
                states.reverse();
                return Some(states);
            }
        }
        next += 1;
    }
    None
}

/// The machine as a Mermaid diagram: an arrow an edge, with the words of the steps that walk it.
pub fn diagram<M: Machine>() -> String {
    let mut text = String::from("stateDiagram-v2\n");
    if let Some(first) = M::STATES.first() {
        let _ = writeln!(text, "    [*] --> {first}");
    }
    for from in M::STATES {
        for to in M::STATES {
            let leads = |step: &&M::Step| M::path(*from, **step).and_then(<[_]>::first) == Some(to);
            let words: Vec<&str> = M::STEPS.iter().filter(leads).map(|step| M::word(*step)).collect();
            if !words.is_empty() {
                let _ = writeln!(text, "    {from} --> {to} : {}", words.join(", "));
            }
        }
        if allowed::<M>(*from).is_empty() {
            let _ = writeln!(text, "    {from} --> [*]");
        }
    }
    text
}

/// Walks every edge and every refusal of a machine; for the tests of each.
#[cfg(test)]
pub(crate) mod walk {
    use super::*;

    /// Every state is reached from the first; a step leads along edges, or is refused with exactly the allowed ones named.
    #[allow(clippy::unwrap_used)]
    pub(crate) fn whole<M: Machine>() {
        let first = M::STATES[0];
        let (mut edges, mut refusals) = (0, 0);
        for state in M::STATES.iter().copied() {
            assert!(way::<M>(first, state).is_some(), "{} is never {state}", M::NOUN);
            let words = allowed::<M>(state);
            for step in M::STEPS.iter().copied() {
                match path::<M>(state, step) {
                    Ok(states) => {
                        assert!(words.contains(&M::word(step)));
                        let mut here = state;
                        for next in states {
                            assert!(is_edge::<M>(here, *next), "{here} to {next} of {} is no edge of its own", M::word(step));
                            here = *next;
                        }
                        edges += 1;
                    }
                    Err(failure) => {
                        assert_eq!(failure.code, ErrorCode::StateRefused);
                        assert_eq!(failure.allowed, words, "{state} {}", M::word(step));
                        assert!(failure.detail.starts_with(&format!("{} that is {state} cannot", M::NOUN)), "{}", failure.detail);
                        refusals += 1;
                    }
                }
            }
        }
        assert!(edges >= M::STATES.len() - 1 && refusals > 0, "{edges} edges, {refusals} refusals");
    }
}
