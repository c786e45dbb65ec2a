#![allow(clippy::unwrap_used)]

use evenkeel_core::state::IncidentState as S;

use super::*;
use crate::ticket::machine::{allowed, is_edge, walk, way};

/// A step's word and the states it leads through.
type Edge = (&'static str, &'static [S]);

/// The whole machine, written out: state, then every allowed step.
const TABLE: &[(S, &[Edge])] = &[
    (
        S::New,
        &[
            ("assign", &[S::Assigned]),
            ("start", &[S::Assigned, S::InProgress]),
            ("resolve", &[S::Resolved]),
            ("cancel", &[S::Cancelled]),
            ("merge", &[S::Merged]),
        ],
    ),
    (S::Assigned, &[("start", &[S::InProgress]), ("resolve", &[S::Resolved]), ("cancel", &[S::Cancelled]), ("merge", &[S::Merged])]),
    (S::InProgress, &[("hold", &[S::OnHold]), ("resolve", &[S::Resolved]), ("cancel", &[S::Cancelled]), ("merge", &[S::Merged])]),
    (S::OnHold, &[("resume", &[S::InProgress]), ("resolve", &[S::Resolved]), ("cancel", &[S::Cancelled]), ("merge", &[S::Merged])]),
    (S::Resolved, &[("close", &[S::Closed]), ("reopen", &[S::Reopened])]),
    (S::Closed, &[("reopen", &[S::Reopened])]),
    (S::Reopened, &[("start", &[S::InProgress]), ("resolve", &[S::Resolved]), ("cancel", &[S::Cancelled]), ("merge", &[S::Merged])]),
    (S::Cancelled, &[]),
    (S::Merged, &[]),
];

#[test]
fn every_state_is_in_the_table() {
    for state in S::ALL {
        assert!(TABLE.iter().any(|(known, _)| known == state), "{state}");
    }
}

#[test]
fn every_edge_of_the_table_is_allowed_and_every_other_is_refused() {
    walk::whole::<IncidentMachine>();
    for (state, edges) in TABLE {
        let words: Vec<&str> = edges.iter().map(|(word, _)| *word).collect();
        assert_eq!(allowed::<IncidentMachine>(*state), words, "{state}");
        for step in IncidentMachine::STEPS {
            let expected = edges.iter().find(|(word, _)| *word == IncidentMachine::word(*step)).map(|(_, states)| *states);
            assert_eq!(IncidentMachine::path(*state, *step), expected);
        }
    }
}

#[test]
fn ends_have_no_way_out() {
    for end in [S::Cancelled, S::Merged] {
        for to in S::ALL.iter().filter(|to| **to != end) {
            assert_eq!(way::<IncidentMachine>(end, *to), None, "{end} to {to}");
        }
    }
}

#[test]
fn a_way_walks_edges_only() {
    for from in S::ALL {
        for to in S::ALL {
            let Some(states) = way::<IncidentMachine>(*from, *to) else {
                continue;
            };
            let mut here = *from;
            for next in &states {
                assert!(is_edge::<IncidentMachine>(here, *next), "{here} to {next}");
                here = *next;
            }
            assert_eq!(here, *to);
        }
    }
    assert_eq!(way::<IncidentMachine>(S::New, S::Closed), Some(vec![S::Resolved, S::Closed]));
    assert_eq!(way::<IncidentMachine>(S::New, S::OnHold), Some(vec![S::Assigned, S::InProgress, S::OnHold]));
    assert_eq!(way::<IncidentMachine>(S::Closed, S::InProgress), Some(vec![S::Reopened, S::InProgress]));
}
