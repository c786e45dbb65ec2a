//! What mails to subscribers say, in both languages. Pure.

use evenkeel_core::Language;

use crate::status_page::{
    page::{escape, lines},
    post::PostState,
    words,
};

/// A mail's words.
pub struct Said {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Somebody asked for this address to be told.
pub fn subscription(language: Language, page: &str, link: &str, confirmed: bool) -> Said {
    let (subject, body, action) = match (language, confirmed) {
        (Language::Zh, false) => (
            format!("请确认订阅：{page}"),
            format!(
                "有人用这个地址订阅了“{page}”的状态更新。如果是您，请在 48 小时内打开下面的链接确认；如果不是，什么都不用做，我们不会再给您发信。"
            ),
            "确认订阅",
        ),
        (Language::Zh, true) => (
            format!("您已订阅：{page}"),
            format!("这个地址已经订阅了“{page}”的状态更新，不需要再次订阅。要退订，请打开下面的链接。"),
            "管理订阅",
        ),
        (Language::En, false) => (
            format!("Please confirm: {page}"),
            format!(
                "Somebody asked that this address be told of {page}. If it was you, open the link within 48 hours and confirm. If not, do nothing: we will not write again."
            ),
            "Confirm",
        ),
        (Language::En, true) => (
            format!("You are subscribed already: {page}"),
            format!("This address is told of {page} already; there is no need to ask again. To end it, open the link."),
            "Manage the subscription",
        ),
    };
    Said {
        text: format!("{body}\n\n{action}: {link}\n"),
        html: html(language, &format!("<p>{}</p><p><a href=\"{}\">{action}</a></p>", escape(&body), escape(link))),
        subject,
    }
}

/// A word of a post.
pub fn update(
    language: Language,
    page: &str,
    state: PostState,
    heading: &str,
    text: &str,
    components: &[&str],
    (base, end): (&str, &str),
) -> Said {
    let state = words::post_state(state, language);
    let (affected, see, stop) = match language {
        Language::Zh => ("受影响", "查看状态页", "退订"),
        Language::En => ("Affected", "See the status page", "Unsubscribe"),
    };
    let names = if language == Language::Zh { components.join("、") } else { components.join(", ") };
    let line = if names.is_empty() { String::new() } else { format!("{affected}: {names}\n\n") };
    let paragraphs = lines(text);
    let hurt = if names.is_empty() { String::new() } else { format!("<p><small>{affected}: {}</small></p>", escape(&names)) };
    Said {
        subject: format!("[{page}] {state}: {heading}"),
        text: format!("{heading}\n{state}\n\n{text}\n\n{line}{see}: {base}\n{stop}: {end}\n"),
        html: html(
            language,
            &format!(
                "<h2>{}</h2><p><strong>{state}</strong></p>{paragraphs}{hurt}<p><a href=\"{}\">{see}</a> · <a href=\"{}\">{stop}</a></p>",
                escape(heading),
                escape(base),
                escape(end)
            ),
        ),
    }
}

fn html(language: Language, body: &str) -> String {
    let tag = language.as_str();
    format!("<!doctype html><html lang=\"{tag}\"><body style=\"font:16px/1.6 system-ui,sans-serif;max-width:40em\">{body}</body></html>")
}
