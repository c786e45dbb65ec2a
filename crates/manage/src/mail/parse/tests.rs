#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::mail::judge;

#[test]
fn a_mail_in_gb18030_reads_as_it_was_written() {
    let subject = encoded(&gb("商店打不开了"));
    let mut raw =
        format!("From: =?GB18030?B?{}?= <Cora@Example.org>\r\nSubject: =?GB18030?B?{subject}?=\r\n", encoded(&gb("李雷"))).into_bytes();
    raw.extend_from_slice(
        b"Message-ID: <1@example.org>\r\nContent-Type: text/plain; charset=GB18030\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
    );
    raw.extend_from_slice(&gb("今天早上八点起打不开。"));
    let mail = parse(&raw);
    assert_eq!(mail.subject, "商店打不开了");
    assert_eq!(mail.body.trim(), "今天早上八点起打不开。");
    let from = mail.from.unwrap();
    assert_eq!((from.address.as_str(), from.name.as_str()), ("cora@example.org", "李雷"));
    assert_eq!(mail.message_id.as_deref(), Some("1@example.org"));
}

/// GB2312's two bytes a character, which GB18030 contains, for the characters that these tests use.
fn gb(text: &str) -> Vec<u8> {
    const CODES: &[(char, [u8; 2])] = &[
        ('商', [0xc9, 0xcc]),
        ('店', [0xb5, 0xea]),
        ('打', [0xb4, 0xf2]),
        ('不', [0xb2, 0xbb]),
        ('开', [0xbf, 0xaa]),
        ('了', [0xc1, 0xcb]),
        ('李', [0xc0, 0xee]),
        ('雷', [0xc0, 0xd7]),
        ('今', [0xbd, 0xf1]),
        ('天', [0xcc, 0xec]),
        ('早', [0xd4, 0xe7]),
        ('上', [0xc9, 0xcf]),
        ('八', [0xb0, 0xcb]),
        ('点', [0xb5, 0xe3]),
        ('起', [0xc6, 0xf0]),
        ('。', [0xa1, 0xa3]),
    ];
    text.chars().flat_map(|letter| CODES.iter().find(|(known, _)| *known == letter).unwrap().1).collect()
}

fn encoded(bytes: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.encode(bytes)
}

#[test]
fn a_header_cannot_be_forged_through_a_subject() {
    let mail = parse(b"From: a@b.org\r\nSubject: =?UTF-8?Q?x=0D=0ABcc:_evil@example.org?=\r\n\r\nbody");
    assert!(!mail.subject.contains(['\r', '\n']), "{:?}", mail.subject);
    assert!(mail.recipients.is_empty());
}

#[test]
fn files_are_named_without_folders_and_bounded_in_number() {
    let mut raw =
        "From: a@b.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n".to_owned();
    for index in 0..60 {
        let _ = write!(
            raw,
            "--b\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename=\"../../{index}.zip\"\r\n\r\nPK\r\n"
        );
    }
    raw.push_str("--b--\r\n");
    let mail = parse(raw.as_bytes());
    assert_eq!((mail.files.len(), mail.left_out.len(), mail.body.trim()), (FILES_MAX, 10, "hello"));
    assert_eq!(
        (mail.files[3].name.as_str(), mail.files[3].media_type.as_str(), &mail.files[3].bytes[..2]),
        ("3.zip", "application/zip", &b"PK"[..])
    );
}

#[test]
fn a_report_says_which_mail_it_is_about() {
    let raw = "From: MAILER-DAEMON@b.org\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; x@y.org\r\nAction: failed\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <ours@example.org>\r\nSubject: Re: x\r\n\r\nhello\r\n--b--\r\n";
    let mail = parse(raw.as_bytes());
    assert_eq!((mail.signs.report.as_deref(), mail.about.as_slice()), (Some("delivery-status"), &["ours@example.org".to_owned()][..]));
    let headers = raw.replace("Content-Type: message/rfc822\r\n\r\nMessage-ID", "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID");
    assert_eq!(parse(headers.as_bytes()).about, ["ours@example.org"]);
}

#[test]
fn lists_that_a_sender_makes_long_are_cut() {
    let many: Vec<String> = (0..1_000).map(|index| format!("p{index}@example.org")).collect();
    let ids: Vec<String> = (0..1_000).map(|index| format!("<{index}@example.org>")).collect();
    let raw = format!(
        "From: a@b.org\r\nTo: {}\r\nReferences: {}\r\nIn-Reply-To: <last@example.org>\r\n\r\nx",
        many.join(",\r\n "),
        ids.join("\r\n ")
    );
    let mail = parse(raw.as_bytes());
    assert_eq!((mail.recipients.len(), mail.references.len()), (50, 50));
    assert_eq!(&mail.references[..2], ["last@example.org", "999@example.org"]);
}

#[test]
fn what_is_no_mail_is_said_to_be_unreadable() {
    for raw in [&b""[..], b"\0\0\0", b"\x89PNG\r\n", &[0xff; 1_000]] {
        assert!(!parse(raw).readable, "{raw:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_bytes_are_read_within_bounds(raw in prop::collection::vec(any::<u8>(), 0..4_000)) {
        bounded(&raw);
    }

    /// Bytes that look like mail: pieces of real ones in any order.
    #[test]
    fn pieces_of_mail_in_any_order_are_read_within_bounds(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..60)) {
        bounded(pieces.concat().as_bytes());
    }
}

const PIECES: &[&str] = &[
    "From: a@b.org\r\n",
    "From: =?GB18030?B?/////w==?= <a@b>\r\n",
    "Subject: =?utf-8?q?=FF=0D?= [INC-1]\r\n",
    "To: a:b@c,<d@e>;\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
    "Content-Type: message/rfc822\r\n",
    "Content-Type: text/html; charset=gbk\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "References: <a@b> <c\r\n d>\r\n",
    "\r\n",
    "--b\r\n",
    "--b--\r\n",
    "<blockquote><p>x</p>",
    "<script>",
    "<!--",
    "&#x110000;",
    "&nbsp;",
    "> quoted\r\n",
    "-- \r\n",
    "On x wrote:\r\n",
    "\u{0}",
    "字",
    "Auto-Submitted: (x)\r\n",
    "=E5=AD",
    "////",
    "Message-ID: <<>>\r\n",
    "From: x\r\nSent: y\r\nTo: z\r\n",
    "\u{202e}",
];

fn bounded(raw: &[u8]) {
    let (mail, _, text) = judge(raw);
    assert!(mail.body.len() <= BODY_BYTES_MAX && mail.files.len() <= FILES_MAX && mail.left_out.len() <= LEFT_OUT_MAX);
    assert!(mail.references.len() <= REFERENCES_MAX && mail.recipients.len() <= RECIPIENTS_MAX);
    assert!(mail.subject.chars().count() <= SUBJECT_CHARS_MAX && !mail.subject.contains(char::is_control));
    assert!(!text.contains('\0'));
}
