//! Surveys: what people are asked after a ticket, and what sides of a contract say of each other at the end of a month.
//!
//! Invariants: nothing is answered by default, by opening a link, or by silence; one person is asked about one occasion once;
//! what was sent, answered, declined, left unanswered and never delivered is counted apart; an answer is one person's word and
//! is not changed. Whatever was answered beside the score lies in the ledger's text table.

mod answer;
mod ask;
mod consume;
mod definition;
mod figure;
mod letter;
mod link;
mod list;
pub mod machine;
mod mine;
mod model;
mod month;
mod reach;
mod results;
mod send;
mod store;
mod table;
mod view;
mod words;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(crate) use consume::Surveys;
pub use definition::{KIND, Mutual, Question, QuestionKind, Scale, Side, SurveyDefinition, Trigger, put, retire};
pub use letter::{SUBJECT, letter};
pub(crate) use model::is_low;
pub(crate) use month::MonthEnd;
pub(crate) use send::{Expire, Send, Settled};
pub(crate) use store::{means, scale_of};
pub use table::MIGRATIONS;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::survey_list))
        .routes(routes!(results::survey_results))
        .routes(routes!(results::survey_answers))
        .routes(routes!(mine::survey_ask_list))
        .routes(routes!(mine::survey_ask_answer))
        .routes(routes!(mine::survey_ask_decline))
        .routes(routes!(link::survey_ask_peek, link::survey_ask_answer_by_link))
}
