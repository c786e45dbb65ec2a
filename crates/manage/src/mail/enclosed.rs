//! Which files of a note go with the mail that says it: as many as a mail can carry; of the others the mail says where they are.

use crate::attachment::Attachment;

/// The most bytes of files in one mail: many servers take 25 MB as it travels, where a file is a third larger, and some take
/// half of that.
pub const ENCLOSED_BYTES_MAX: i64 = 10 << 20;
/// What mail programs show as a picture. Others (SVG) may hold more than a picture.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosed {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its blob.
    pub digest: String,
    /// By which id the text shows it as a picture; none = it is a file beside the text.
    pub shown_as: Option<String>,
}

/// The files of a note, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// They go along.
    pub enclosed: Vec<Enclosed>,
    /// They stay behind: name and size.
    pub left: Vec<(String, i64)>,
}

/// Sorts files: each goes along for which there is room left, in the order in which they were given.
pub fn sort(files: Vec<Attachment>) -> Files {
    let mut sorted = Files::default();
    let mut room = ENCLOSED_BYTES_MAX;
    for file in files {
        if file.bytes > room {
            sorted.left.push((file.name, file.bytes));
            continue;
        }
        room -= file.bytes;
        let picture = PICTURES.contains(&file.media_type.as_str());
        sorted.enclosed.push(Enclosed {
            shown_as: picture.then(|| format!("{}@files", file.id)),
            name: file.name,
            media_type: file.media_type,
            digest: file.digest,
        });
    }
    sorted
}

#[cfg(test)]
mod tests {
    use evenkeel_core::{
        id::{AttachmentId, IncidentId},
        state::Visibility,
    };

    use super::*;
    use crate::mail::TicketRef;

    fn file(name: &str, media_type: &str, bytes: i64) -> Attachment {
        Attachment {
            id: AttachmentId::named(name),
            ticket: TicketRef::Incident(IncidentId::named("x")),
            note_id: String::new(),
            mail_id: None,
            visibility: Visibility::Public,
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            bytes,
            digest: name.to_owned(),
        }
    }

    #[test]
    fn what_a_mail_can_carry_goes_along_and_the_rest_is_named() {
        let files = vec![
            file("log.txt", "text/plain", 100),
            file("dump.bin", "application/octet-stream", ENCLOSED_BYTES_MAX),
            file("screen.png", "image/png", ENCLOSED_BYTES_MAX - 100),
            file("more.txt", "text/plain", 1),
            file("nothing.txt", "text/plain", 0),
        ];
        let sorted = sort(files);
        let names: Vec<&str> = sorted.enclosed.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["log.txt", "screen.png", "nothing.txt"]);
        assert_eq!(sorted.left, [("dump.bin".to_owned(), ENCLOSED_BYTES_MAX), ("more.txt".to_owned(), 1)]);
    }

    #[test]
    fn pictures_stand_in_the_text_and_what_only_calls_itself_one_does_not() {
        let sorted = sort(vec![file("a.png", "image/png", 1), file("a.svg", "image/svg+xml", 1), file("a.pdf", "application/pdf", 1)]);
        let shown: Vec<bool> = sorted.enclosed.iter().map(|file| file.shown_as.is_some()).collect();
        assert_eq!(shown, [true, false, false]);
    }
}
