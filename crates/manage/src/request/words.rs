//! What mails about requests say, in both languages. Pure.

use evenkeel_core::Language;

use super::letter::What;
use crate::letter::Said;

/// What a message's key says of what it tells.
pub(super) fn key(what: What) -> String {
    match what {
        What::Asked { approval_id } => format!("asked:{approval_id}"),
        What::Decided { approval_id } => format!("decided:{approval_id}"),
        What::Approved => "approved".to_owned(),
        What::Rejected => "rejected".to_owned(),
        What::Waiting => "waiting".to_owned(),
        What::Fulfilled => "fulfilled".to_owned(),
    }
}

/// A mail about a request.
pub(super) fn mail(language: Language, what: What, number: i64, item: &str, requester: &str, link: &str) -> Said {
    let (heading, body, action) = match language {
        Language::Zh => match what {
            What::Asked { .. } => ("请审批", format!("{requester} 申请“{item}”，等您审批。链接只能用一次，只供您本人使用。"), "同意或拒绝"),
            What::Decided { .. } => ("无需再审批", format!("{requester} 申请的“{item}”已有结果，不需要您再做什么。"), "查看"),
            What::Approved => ("已批准", format!("您申请的“{item}”已批准，开始办理。"), "查看进度"),
            What::Rejected => ("未批准", format!("您申请的“{item}”没有获得批准，原因见申请页。"), "查看原因"),
            What::Waiting => ("等您答复", format!("您申请的“{item}”需要您补充信息，答复之前先暂停办理。"), "去答复"),
            What::Fulfilled => ("已办好", format!("您申请的“{item}”已经办好，请确认收到，也欢迎评价。"), "确认收到"),
        },
        Language::En => match what {
            What::Asked { .. } => (
                "Please approve",
                format!("{requester} asks for “{item}” and needs your approval. The link works once, and for you alone."),
                "Approve or reject",
            ),
            What::Decided { .. } => (
                "Nothing to approve any more",
                format!("“{item}”, asked for by {requester}, is decided; nothing is wanted of you."),
                "See it",
            ),
            What::Approved => ("Approved", format!("“{item}” is approved; work on it has begun."), "See where it stands"),
            What::Rejected => ("Not approved", format!("“{item}” was not approved; the request says why."), "See why"),
            What::Waiting => ("We need your answer", format!("“{item}” waits until you answer a question."), "Answer"),
            What::Fulfilled => ("Done", format!("“{item}” is done. Please accept it, and say how it was if you like."), "Accept"),
        },
    };
    Said::new(language, format!("[REQ-{number}] {heading}: {item}"), &body, &[(action.to_owned(), link.to_owned())])
}
