//! What mails about complaints say, in both languages. Pure.

use evenkeel_core::Language;

use super::letter::What;
use crate::letter::Said;

/// A mail about a complaint.
pub(super) fn mail(language: Language, what: What, number: i64, reply: Option<&str>, link: &str) -> Said {
    let (heading, body, action) = match language {
        Language::Zh => match what {
            What::Registered => ("有投诉，由您负责", "客户提出了投诉，您是负责人。请先确认受理，客户会得知。", "查看投诉"),
            What::Acknowledged => ("投诉已受理", "您的投诉已由负责人受理，我们会查明情况并正式答复您。", "查看进展"),
            What::Replied => ("投诉答复", "这是我们对您投诉的正式答复。接受还是不接受，请告诉我们。", "接受或不接受"),
            What::Rejected => ("答复未被接受", "客户没有接受我们的答复，原因见投诉页，请重新调查。", "查看原因"),
        },
        Language::En => match what {
            What::Registered => (
                "A complaint is yours",
                "A customer complained, and you are responsible. Please acknowledge it; the customer is told.",
                "See it",
            ),
            What::Acknowledged => (
                "We have your complaint",
                "The person responsible has your complaint. We look into it and answer you formally.",
                "See where it stands",
            ),
            What::Replied => {
                ("Our reply to your complaint", "This is our reply. Please tell us whether you accept it.", "Accept or reject")
            }
            What::Rejected => ("The reply was not accepted", "The customer did not accept our reply; the complaint says why.", "See why"),
        },
    };
    let body = reply.map_or_else(|| body.to_owned(), |reply| format!("{body}\n\n{reply}"));
    Said::new(language, format!("[CPL-{number}] {heading}"), &body, &[(action.to_owned(), link.to_owned())])
}
