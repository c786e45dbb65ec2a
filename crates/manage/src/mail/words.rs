//! What we write of ourselves: around a mail that came, and in those that leave. Mails have no console to translate for them.

use evenkeel_core::Language;

use super::{
    fold::fold,
    model::{Incoming, Kind},
};
use crate::incident::from_mail::TEXT_CHARS_MAX;

/// The most characters of a machine's mail that a remark holds.
const REMARK_CHARS_MAX: usize = 4_000;

const fn pick(language: Language, zh: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

/// A mail as a note: its words, and what was folded off them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// For the note.
    pub words: String,
    /// For whoever wants the rest.
    pub folded: String,
}

/// What a mail says, as a note. `size` = its bytes, when it was too large to be fetched whole.
pub fn note(mail: &Incoming, kind: Kind, too_large: Option<u64>, language: Language) -> Note {
    let folded = if matches!(kind, Kind::Human | Kind::List) {
        fold(&mail.body)
    } else {
        let words: String = mail.body.trim().chars().take(REMARK_CHARS_MAX).collect();
        super::fold::Folded { said: words, rest: String::new() }
    };
    let mut remarks = Vec::new();
    if !mail.readable {
        remarks.push(
            pick(language, "（这封邮件无法读取，原文附后。）", "(This mail could not be read; it is attached as it came.)").to_owned(),
        );
    } else if folded.said.is_empty() {
        remarks.push(pick(language, "（没有正文）", "(no text)").to_owned());
    }
    if let Some(size) = too_large {
        remarks.push(match language {
            Language::Zh => format!("（邮件共 {size} 字节，超过上限，只取了开头；全文仍在邮箱里。）"),
            Language::En => {
                format!("(The mail has {size} bytes, more than is fetched; this is its beginning, all of it lies in the mailbox.)")
            }
        });
    }
    if !mail.left_out.is_empty() {
        let names: Vec<String> = mail
            .left_out
            .iter()
            .map(|file| if file.bytes == 0 { file.name.clone() } else { format!("{} ({} B)", file.name, file.bytes) })
            .collect();
        let head = pick(language, "（未保存的附件：", "(Attachments not kept: ");
        remarks.push(format!("{head}{}{}", names.join(", "), pick(language, "）", ")")));
    }
    let remarks = remarks.join("\n");
    let room = TEXT_CHARS_MAX.saturating_sub(remarks.chars().count() + 80);
    let mut words = folded.said;
    if words.chars().count() > room {
        words = words.chars().take(room).collect();
        words.push_str(pick(language, "\n（以下从略，全文见原邮件）", "\n(cut here; the original mail has all of it)"));
    }
    if !remarks.is_empty() {
        words = if words.is_empty() { remarks } else { format!("{words}\n\n{remarks}") };
    }
    Note { words, folded: folded.rest }
}

/// The title of a mail without a subject, or of one that could not be read.
pub const fn untitled(readable: bool, language: Language) -> &'static str {
    if readable {
        pick(language, "（无主题）", "(no subject)")
    } else {
        pick(language, "无法读取的邮件", "A mail that could not be read")
    }
}

/// The text of an acknowledgement.
pub fn acknowledgement(tag: &str, language: Language) -> String {
    match language {
        Language::Zh => format!("您的来信已收到，编号 {tag}。\n\n补充情况请直接回复本邮件。本邮件由系统自动发出。"),
        Language::En => {
            format!("We have your mail; its number is {tag}.\n\nTo add something, reply to this mail. It was sent automatically.")
        }
    }
}

/// Where files are that are too large for a mail; nothing when there are none.
pub fn left_behind(files: &[(String, i64)], at: &str, language: Language) -> String {
    if files.is_empty() {
        return String::new();
    }
    let mebi = |bytes: &i64| format!("{}.{} MiB", bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20);
    let names = files.iter().map(|(name, bytes)| format!("{name} ({})", mebi(bytes))).collect::<Vec<_>>();
    match language {
        Language::Zh => format!("附件过大，未随邮件发送，请登录查看：{}\n{at}", names.join("、")),
        Language::En => format!("Too large for a mail; sign in to fetch: {}\n{at}", names.join(", ")),
    }
}

/// What stands below an answer.
pub fn footer(tag: &str, language: Language) -> String {
    match language {
        Language::Zh => format!("{tag} 回复本邮件即可继续。"),
        Language::En => format!("{tag} Reply to this mail to go on."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;

    #[test]
    fn a_note_holds_what_was_said_and_names_what_is_missing() {
        let mut mail = parse("Subject: x\r\n\r\nBroken.\n-- \nCora".as_bytes());
        assert_eq!(note(&mail, Kind::Human, None, Language::En), Note { words: "Broken.".to_owned(), folded: "-- \nCora".to_owned() });
        mail.left_out.push(super::super::model::LeftOut { name: "big.iso".to_owned(), bytes: 99 });
        assert!(note(&mail, Kind::Human, None, Language::Zh).words.contains("big.iso (99 B)"));
        let long = parse(format!("Subject: x\r\n\r\n{}", "字".repeat(100_000)).as_bytes());
        let words = note(&long, Kind::Human, Some(5), Language::En).words;
        assert!(words.chars().count() <= 20_000 && words.contains("cut here") && words.contains("5 bytes"));
        assert_eq!(note(&parse("Subject: x\r\n\r\n".as_bytes()), Kind::Human, None, Language::En).words, "(no text)");
    }
}
