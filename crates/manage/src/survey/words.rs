//! What the mail says, in both languages. Pure.

use evenkeel_core::{Language, definition::Bilingual, event::voice::TicketRef};

use super::definition::{Scale, SurveyDefinition};
use crate::{letter::Said, ticket::tag};

/// The words at the two ends of a scale.
const fn ends(language: Language, scale: Scale) -> (&'static str, &'static str) {
    match (language, scale) {
        (Language::Zh, Scale::Csat) => ("很不满意", "很满意"),
        (Language::Zh, Scale::Ces) => ("很费劲", "很省力"),
        (Language::Zh, Scale::Nps) => ("绝不推荐", "一定推荐"),
        (Language::En, Scale::Csat) => ("very dissatisfied", "very satisfied"),
        (Language::En, Scale::Ces) => ("very hard", "very easy"),
        (Language::En, Scale::Nps) => ("not at all likely", "extremely likely"),
    }
}

/// A mail that asks.
pub(super) fn mail(
    language: Language,
    survey: &SurveyDefinition,
    ticket: Option<&TicketRef>,
    about: Option<&Bilingual>,
    link: &str,
) -> Said {
    let question = survey.question.in_language(language);
    let (worst, best) = ends(language, survey.scale);
    let (low, high) = survey.scale.range();
    let of = match (ticket, about) {
        (Some(ticket), Some(about)) => format!("{} · {}", tag(ticket), about.in_language(language)),
        (Some(ticket), None) => tag(ticket),
        (None, Some(about)) => about.in_language(language).to_owned(),
        (None, None) => survey.display.in_language(language).to_owned(),
    };
    let (subject, body, decline) = match language {
        Language::Zh => (
            format!("请您评价：{of}"),
            format!("{question}\n\n点一个分数，在打开的页面上确认即可；{low} = {worst}，{high} = {best}。不想回答也没关系。"),
            "不想回答",
        ),
        Language::En => (
            format!("How was it? {of}"),
            format!(
                "{question}\n\nChoose a score and confirm it on the page that opens; {low} = {worst}, {high} = {best}. You need not answer."
            ),
            "I do not want to answer",
        ),
    };
    let mut links: Vec<(String, String)> = (low..=high).map(|score| (score.to_string(), format!("{link}&score={score}"))).collect();
    links.push((decline.to_owned(), format!("{link}&decline=1")));
    Said::new(language, subject, &body, &links)
}
