//! What a mail is, by its header. Sources: RFC 3834 (automatic responses), RFC 3464 and RFC 6522 (delivery reports), RFC 2919
//! and RFC 2369 (lists), and what mailers do besides.

use super::model::{Address, Incoming, Kind};

/// Subjects that mailers give to answers of people who are away, without saying so in a header.
const AWAY: &[&str] =
    &["自动回复", "自动答复", "automatic reply", "auto reply", "autoreply", "auto-reply", "out of office", "abwesenheitsnotiz"];

/// What a mail is. `own` = one of the Message-IDs that we sent; `mailboxes` = the addresses of our mailboxes.
pub fn kind(mail: &Incoming, own: bool, mailboxes: &[Address]) -> Kind {
    let signs = &mail.signs;
    let from = mail.from.as_ref().map(|party| &party.address);
    if own {
        return Kind::Own;
    }
    if signs.report.as_deref() == Some("delivery-status") || from.is_some_and(is_mailer) {
        return Kind::Bounce;
    }
    if from.is_some_and(|from| mailboxes.contains(from))
        || signs.loops.iter().any(|mark| mailboxes.iter().any(|ours| ours.as_str() == mark))
    {
        return Kind::Loop;
    }
    let automatic = signs.auto_submitted.as_deref().is_some_and(|word| word != "no")
        || signs.precedence.as_deref() == Some("auto_reply")
        || signs.auto_header
        || signs.null_return_path
        || signs.report.is_some()
        || is_away(&mail.subject);
    if automatic {
        return Kind::AutoReply;
    }
    match signs.precedence.as_deref() {
        Some("bulk" | "junk") => Kind::Bulk,
        _ if signs.unsubscribe && !signs.list => Kind::Bulk,
        Some("list") => Kind::List,
        _ if signs.list => Kind::List,
        _ => Kind::Human,
    }
}

/// Whether whoever sent this may be answered by a machine: a human who did not ask not to be.
pub fn may_be_acknowledged(mail: &Incoming, kind: Kind) -> bool {
    kind == Kind::Human && !mail.signs.suppress && mail.from.as_ref().is_some_and(|from| !is_nobody(&from.address))
}

fn local(address: &Address) -> &str {
    address.as_str().rsplit_once('@').map_or("", |(local, _)| local)
}

fn is_mailer(address: &Address) -> bool {
    matches!(local(address), "mailer-daemon" | "postmaster")
}

/// Whether nobody reads what is sent there.
pub fn is_nobody(address: &Address) -> bool {
    let local: String = local(address).chars().filter(char::is_ascii_alphanumeric).collect();
    matches!(local.as_str(), "noreply" | "donotreply" | "nobody" | "mailerdaemon" | "postmaster")
}

fn is_away(subject: &str) -> bool {
    let subject = subject.trim_start().to_lowercase();
    AWAY.iter().any(|away| {
        subject.strip_prefix(away).is_some_and(|rest| rest.trim_start().starts_with([':', '：', '!']) || rest.trim().is_empty())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::mail::parse::parse;

    fn desk() -> Vec<Address> {
        vec!["desk@example.org".parse().unwrap()]
    }

    #[track_caller]
    fn is(header: &str, expected: Kind) {
        let mail = parse(format!("{header}\r\n\r\nbody").as_bytes());
        assert_eq!(kind(&mail, false, &desk()), expected, "{header}");
    }

    #[test]
    fn by_its_header() {
        is("From: cora@example.org\r\nSubject: broken", Kind::Human);
        is("From: cora@example.org\r\nAuto-Submitted: no", Kind::Human);
        is("From: cora@example.org\r\nAuto-Submitted: auto-replied (vacation)", Kind::AutoReply);
        is("From: cora@example.org\r\nAuto-Submitted: auto-generated; owner-email=x@y", Kind::AutoReply);
        is("From: cora@example.org\r\nPrecedence: auto_reply", Kind::AutoReply);
        is("From: cora@example.org\r\nX-Autoreply: yes", Kind::AutoReply);
        is("From: cora@example.org\r\nReturn-Path: <>", Kind::AutoReply);
        is("From: cora@example.org\r\nSubject: 自动回复: 我在休假", Kind::AutoReply);
        is("From: cora@example.org\r\nSubject: Automatic reply: Broken", Kind::AutoReply);
        is("From: cora@example.org\r\nSubject: out of office chairs are broken", Kind::Human);
        is("From: MAILER-DAEMON@example.org\r\nSubject: Undelivered", Kind::Bounce);
        is("From: x@example.org\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b", Kind::Bounce);
        is("From: x@example.org\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b", Kind::AutoReply);
        is("From: x@example.org\r\nPrecedence: bulk", Kind::Bulk);
        is("From: x@example.org\r\nList-Unsubscribe: <https://example.org>", Kind::Bulk);
        is("From: x@example.org\r\nList-Id: <team.example.org>", Kind::List);
        is("From: x@example.org\r\nPrecedence: list\r\nList-Unsubscribe: <https://example.org>\r\nList-Post: <mailto:x>", Kind::List);
        is("From: Desk@Example.org", Kind::Loop);
        is("From: x@example.org\r\nX-Evenkeel-Loop: desk@example.org", Kind::Loop);
    }

    #[test]
    fn nobody_and_who_asks_not_to_be_is_not_acknowledged() {
        let answered = |header: &str| {
            let mail = parse(format!("{header}\r\n\r\nbody").as_bytes());
            may_be_acknowledged(&mail, kind(&mail, false, &desk()))
        };
        assert!(answered("From: cora@example.org"));
        assert!(!answered("From: no-reply@example.org"));
        assert!(!answered("From: cora@example.org\r\nX-Auto-Response-Suppress: DR, AutoReply"));
        assert!(!answered("From: cora@example.org\r\nList-Id: <x.y>"));
        assert!(!answered("Subject: from nobody"));
    }
}
