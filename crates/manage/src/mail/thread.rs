//! Which ticket a mail belongs to, and whether it becomes one: rules alone.

use super::{
    definition::UnknownSenders,
    model::{Kind, Reason, TicketRef},
};

/// Where the ticket of a mail was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It answers a mail of this ticket that we sent or took.
    Answers(TicketRef),
    /// Its subject names this ticket, which anybody can write.
    Names(TicketRef),
    /// Nowhere.
    Nowhere,
}

/// Who sent it, as far as the ticket that was found is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standpoint {
    /// Somebody we know who may write on it (or open one, when none was found).
    Entitled,
    /// Somebody who wrote or was written to on it before.
    Participant,
    /// Somebody we know who may not.
    Refused,
    /// Nobody we know.
    Stranger,
}

/// What becomes of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A new ticket.
    Open,
    /// Words on a ticket.
    Reply(TicketRef),
    /// A remark on a ticket that changes nothing else.
    Remark(TicketRef),
    /// Kept aside for one of ours to decide.
    Hold(Reason),
    /// Nothing.
    Ignore(Reason),
}

/// What becomes of a mail of this kind, found there, by them.
pub fn verdict(kind: Kind, found: Found, by: Standpoint, unknown: UnknownSenders) -> Verdict {
    match kind {
        Kind::Own | Kind::Answer | Kind::AutoAnswer | Kind::Acknowledgement => return Verdict::Ignore(Reason::Own),
        Kind::Loop => return Verdict::Ignore(Reason::Loop),
        Kind::AutoReply | Kind::Bounce | Kind::Bulk => {
            return match found {
                Found::Answers(ticket) => Verdict::Remark(ticket),
                Found::Names(ticket) if matches!(by, Standpoint::Entitled | Standpoint::Participant) => Verdict::Remark(ticket),
                _ => Verdict::Hold(Reason::Automatic),
            };
        }
        Kind::Human | Kind::List => {}
    }
    match (found, by, unknown) {
        (Found::Answers(ticket) | Found::Names(ticket), Standpoint::Entitled | Standpoint::Participant, _)
        | (Found::Answers(ticket), Standpoint::Stranger, UnknownSenders::Open) => Verdict::Reply(ticket),
        (Found::Answers(_) | Found::Nowhere, Standpoint::Refused, _) => Verdict::Hold(Reason::NotAllowed),
        (_, Standpoint::Stranger, UnknownSenders::Hold) => Verdict::Hold(Reason::UnknownSender),
        // The tag alone is no key: whoever is neither known there nor took part begins anew.
        (Found::Names(_), Standpoint::Refused | Standpoint::Stranger, _) | (Found::Nowhere, _, _) => Verdict::Open,
    }
}

/// Whether a tag, which anybody can write, is all that ties somebody's mail to its ticket. Who says to be one of ours is believed on
/// it only when our mail server vouches for them: what they say is told to the customer as ours.
pub const fn is_tied_by_tag_alone(kind: Kind, found: Found) -> bool {
    matches!((kind, found), (Kind::Human | Kind::List, Found::Names(_)))
}

/// The tag of a ticket in a subject.
pub fn tag(number: i64) -> String {
    format!("[INC-{number}]")
}

/// The numbers that a subject's tags name, at most three.
pub fn tagged(subject: &str) -> Vec<i64> {
    let upper = subject.to_ascii_uppercase();
    upper
        .match_indices("[INC-")
        .filter_map(|(at, found)| {
            let rest = &upper[at + found.len()..];
            let digits = &rest[..rest.find(']')?];
            (digits.len() <= 12 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
        })
        .take(3)
        .collect()
}

/// A subject as a title: without tags and without what mailers put before answers.
pub fn title(subject: &str) -> String {
    const BEFORE: &[&str] =
        &["re:", "re：", "fw:", "fw：", "fwd:", "aw:", "wg:", "sv:", "回复:", "回复：", "答复:", "答复：", "转发:", "转发："];
    let mut rest = subject.trim();
    loop {
        let lower = rest.to_lowercase();
        // Small letters of some scripts are longer than large ones; these prefixes are not.
        if let Some(before) = BEFORE.iter().find(|before| lower.starts_with(**before) && rest.is_char_boundary(before.len())) {
            rest = rest[before.len()..].trim_start();
        } else if let Some(end) = upper_tag(rest) {
            rest = rest[end..].trim_start();
        } else {
            break;
        }
    }
    let mut kept = rest.to_owned();
    while let Some(at) = kept.to_ascii_uppercase().find("[INC-") {
        match upper_tag(&kept[at..]) {
            Some(end) => kept.replace_range(at..at + end, ""),
            None => break,
        }
    }
    kept.trim().to_owned()
}

/// How long the tag at the beginning of `text` is.
fn upper_tag(text: &str) -> Option<usize> {
    let start = text.get(..5)?;
    if !start.eq_ignore_ascii_case("[INC-") {
        return None;
    }
    let end = text.find(']')?;
    text[5..end].bytes().all(|byte| byte.is_ascii_digit()).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use evenkeel_core::id::IncidentId;

    use super::*;

    fn ticket() -> TicketRef {
        TicketRef::Incident(IncidentId::named("one"))
    }

    #[test]
    fn the_tag_alone_is_no_key() {
        use {Standpoint as S, UnknownSenders as U};
        let human = |found, by, unknown| verdict(Kind::Human, found, by, unknown);
        let (answers, names) = (Found::Answers(ticket()), Found::Names(ticket()));
        for unknown in [U::Open, U::Hold] {
            for by in [S::Entitled, S::Participant] {
                assert_eq!(human(answers, by, unknown), Verdict::Reply(ticket()));
                assert_eq!(human(names, by, unknown), Verdict::Reply(ticket()));
            }
            assert_eq!(human(answers, S::Refused, unknown), Verdict::Hold(Reason::NotAllowed));
        }
        assert_eq!(human(names, S::Stranger, U::Open), Verdict::Open);
        assert_eq!(human(names, S::Stranger, U::Hold), Verdict::Hold(Reason::UnknownSender));
        assert_eq!(human(answers, S::Stranger, U::Hold), Verdict::Hold(Reason::UnknownSender));
        assert_eq!(human(Found::Nowhere, S::Entitled, U::Hold), Verdict::Open);
        assert_eq!(human(Found::Nowhere, S::Refused, U::Open), Verdict::Hold(Reason::NotAllowed));
        assert!(is_tied_by_tag_alone(Kind::Human, names));
        assert!(!is_tied_by_tag_alone(Kind::Human, answers) && !is_tied_by_tag_alone(Kind::Bounce, names));
    }

    #[test]
    fn machines_open_nothing_and_move_nothing() {
        for kind in [Kind::AutoReply, Kind::Bounce, Kind::Bulk] {
            let by = Standpoint::Stranger;
            assert_eq!(verdict(kind, Found::Nowhere, by, UnknownSenders::Open), Verdict::Hold(Reason::Automatic));
            assert_eq!(verdict(kind, Found::Answers(ticket()), by, UnknownSenders::Hold), Verdict::Remark(ticket()));
            assert_eq!(verdict(kind, Found::Names(ticket()), by, UnknownSenders::Open), Verdict::Hold(Reason::Automatic));
        }
        for kind in [Kind::Own, Kind::Loop] {
            assert!(matches!(verdict(kind, Found::Answers(ticket()), Standpoint::Entitled, UnknownSenders::Open), Verdict::Ignore(_)));
        }
    }

    #[test]
    fn titles_are_what_the_sender_called_it() {
        assert_eq!(title("Re: RE: 回复：[INC-1001] 商店打不开"), "商店打不开");
        assert_eq!(title("Fwd: shop [inc-7] down"), "shop  down");
        assert_eq!(title("[INC-x] odd"), "[INC-x] odd");
        assert_eq!(title("İre: x"), "İre: x");
        assert_eq!(tagged("Re: [INC-1001] a [inc-2] [INC-] [INC-9999999999999]"), [1001, 2]);
        assert_eq!(tag(1001), "[INC-1001]");
    }
}
