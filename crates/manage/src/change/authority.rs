//! Who must authorise a change, and what votes come to, pure.

use evenkeel_core::{
    id::PersonId,
    state::{ChangeKind, ChangeMode, RiskLevel},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who authorises a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Authority {
    /// Its template did, once for all.
    Template,
    /// One who is not its author.
    Peer,
    /// The board (CAB).
    Board,
}

/// Who must authorise a change of this kind and risk on services of these modes.
pub(super) fn authority(kind: ChangeKind, risk: RiskLevel, modes: impl IntoIterator<Item = ChangeMode>) -> Authority {
    let agile = modes.into_iter().all(|mode| mode == ChangeMode::Agile);
    match kind {
        ChangeKind::Standard => Authority::Template,
        ChangeKind::Normal if agile && risk <= RiskLevel::Medium => Authority::Peer,
        // An emergency is looked at by the board too, be it afterwards.
        ChangeKind::Normal | ChangeKind::Emergency => Authority::Board,
    }
}

/// Who may vote, and how many must say yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Electorate {
    /// Members of the board; none = whoever may authorise at all.
    pub members: Option<Vec<PersonId>>,
    /// So many must say yes.
    pub quorum: usize,
}

impl Electorate {
    /// Whether `person` may vote on what `author` wrote.
    pub fn admits(&self, person: PersonId, author: PersonId) -> bool {
        person != author && self.members.as_ref().is_none_or(|members| members.contains(&person))
    }

    /// What the votes come to; none = nothing yet. It is rejected as soon as those who have not said no are too few.
    pub fn decide(&self, author: PersonId, votes: impl IntoIterator<Item = (PersonId, bool)>) -> Option<bool> {
        let (mut yes, mut no) = (0, 0);
        for (person, says_yes) in votes {
            if self.admits(person, author) {
                if says_yes { yes += 1 } else { no += 1 }
            }
        }
        if yes >= self.quorum {
            return Some(true);
        }
        let eligible = self.members.as_ref().map(|members| members.iter().filter(|member| **member != author).count());
        // Of peers one no is an answer: another may be asked by writing it anew.
        let lost = eligible.map_or(no > 0, |eligible| eligible - no.min(eligible) < self.quorum);
        (no > 0 && lost).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn person(name: &str) -> PersonId {
        PersonId::named(name)
    }

    fn board(quorum: usize) -> Electorate {
        Electorate { members: Some(["a", "b", "c"].map(person).to_vec()), quorum }
    }

    #[test]
    fn a_peer_suffices_for_agile_services_up_to_a_medium_risk() {
        use ChangeMode::{Agile, Stable};
        let normal = |risk, modes: &[ChangeMode]| authority(ChangeKind::Normal, risk, modes.iter().copied());
        assert_eq!(normal(RiskLevel::Medium, &[Agile]), Authority::Peer);
        assert_eq!(normal(RiskLevel::High, &[Agile]), Authority::Board);
        assert_eq!(normal(RiskLevel::Low, &[Agile, Stable]), Authority::Board, "the stable one decides");
        assert_eq!(authority(ChangeKind::Standard, RiskLevel::High, [Stable]), Authority::Template);
        assert_eq!(authority(ChangeKind::Emergency, RiskLevel::Low, [Agile]), Authority::Board);
    }

    #[test]
    fn a_board_decides_when_its_quorum_is_reached_or_cannot_be() {
        let author = person("z");
        let votes = |said: &[(&str, bool)]| board(2).decide(author, said.iter().map(|(name, yes)| (person(name), *yes)));
        assert_eq!(votes(&[]), None);
        assert_eq!(votes(&[("a", true)]), None);
        assert_eq!(votes(&[("a", true), ("b", true)]), Some(true));
        assert_eq!(votes(&[("a", false)]), None, "two are left");
        assert_eq!(votes(&[("a", false), ("b", false)]), Some(false));
        assert_eq!(votes(&[("a", true), ("stranger", true)]), None, "who is no member does not count");
    }

    #[test]
    fn an_author_never_votes_on_their_own() {
        let author = person("a");
        assert!(!board(1).admits(author, author));
        assert_eq!(board(1).decide(author, [(author, true)]), None);
        assert_eq!(board(2).decide(author, [(person("b"), false)]), Some(false), "one who is left cannot make two");
        let peers = Electorate { members: None, quorum: 1 };
        assert_eq!(peers.decide(author, [(person("x"), true)]), Some(true));
        assert_eq!(peers.decide(author, [(person("x"), false)]), Some(false));
    }
}
