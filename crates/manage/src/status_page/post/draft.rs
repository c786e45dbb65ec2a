//! The first draft of a word in both languages: names of components as outsiders know them, and nothing of the inside. Pure.

use evenkeel_core::definition::Bilingual;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::PostState;

/// Words to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StatusDraft)]
pub struct Draft {
    /// For this state.
    pub state: PostState,
    /// The title of a post that begins with it.
    pub title: Bilingual,
    /// The words.
    pub text: Bilingual,
}

/// Drafts for the states of a disturbance of these components, in their order.
pub fn of_incident(components: &[&Bilingual]) -> Vec<Draft> {
    use PostState::{Identified, Investigating, Monitoring, Resolved};
    [Investigating, Identified, Monitoring, Resolved].into_iter().map(|state| draft(state, components)).collect()
}

/// Drafts for the states of planned work on these components, in their order.
pub fn of_maintenance(components: &[&Bilingual]) -> Vec<Draft> {
    use PostState::{Completed, InProgress, Scheduled};
    [Scheduled, InProgress, Completed].into_iter().map(|state| draft(state, components)).collect()
}

fn draft(state: PostState, components: &[&Bilingual]) -> Draft {
    let zh = components.iter().map(|name| name.zh.as_str()).collect::<Vec<_>>().join("、");
    let en = components.iter().map(|name| name.en.as_str()).collect::<Vec<_>>().join(", ");
    let (zh, en) = if components.is_empty() { ("部分服务".to_owned(), "some services".to_owned()) } else { (zh, en) };
    let (title_zh, title_en) = if state.is_of_maintenance() {
        (format!("{zh}计划维护"), format!("Planned maintenance: {en}"))
    } else {
        (format!("{zh}异常"), format!("Trouble with {en}"))
    };
    let (text_zh, text_en) = match state {
        PostState::Investigating => (
            format!("我们发现{zh}出现异常，正在排查。有新进展会在这里更新。"),
            format!("We see trouble with {en} and are looking into it. We will write here as soon as we know more."),
        ),
        PostState::Identified => (
            format!("我们已经找到{zh}异常的原因，正在恢复。"),
            format!("We know what causes the trouble with {en} and are working to restore it."),
        ),
        PostState::Monitoring => (format!("{zh}已经恢复，我们正在继续观察。"), format!("Back to normal: {en}. We keep watching.")),
        PostState::Resolved => (
            format!("{zh}已经恢复正常，这次异常结束。给您带来不便，我们深表歉意。"),
            format!("This is over; back to normal: {en}. We apologise for the trouble."),
        ),
        PostState::Scheduled => (
            format!("我们计划在此时段对{zh}进行维护，期间可能无法使用。"),
            format!("We plan work in this window; these may not be available: {en}."),
        ),
        PostState::InProgress => (format!("{zh}的维护已经开始。"), format!("The planned work has begun: {en}.")),
        PostState::Completed => (format!("{zh}的维护已经完成。"), format!("The planned work is done: {en}.")),
    };
    Draft { state, title: Bilingual { zh: title_zh, en: title_en }, text: Bilingual { zh: text_zh, en: text_en } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_words_that_name_the_components_as_outsiders_know_them() {
        let (shop, pay) =
            (Bilingual { zh: "商店".to_owned(), en: "Shop".to_owned() }, Bilingual { zh: "支付".to_owned(), en: "Payments".to_owned() });
        for draft in of_incident(&[&shop, &pay]).into_iter().chain(of_maintenance(&[&shop, &pay])) {
            assert!(draft.text.zh.contains("商店、支付"), "{draft:?}");
            assert!(draft.text.en.contains("Shop, Payments"), "{draft:?}");
        }
        assert!(of_incident(&[])[0].text.en.contains("some services"));
    }
}
