//! The page: it works without scripts, is small, and says the same in both languages.

use std::fmt::Write as _;

use evenkeel_core::Language;

use super::{
    Document, bars, escape,
    parts::{Frame, address, instant, lines, names, window},
};
use crate::status_page::{
    board::{ComponentView, Planned, PostView, Snapshot},
    state::ComponentState,
    words::{component_state, mark, overall, post_state, say},
};

/// Draws the page; it asks for itself anew every minute.
pub fn html(snapshot: &Snapshot, language: Language) -> Document {
    draw(snapshot, language, "<meta http-equiv=\"refresh\" content=\"60\">")
}

/// Draws the page as a picture of itself, which stays as it is.
pub fn still(snapshot: &Snapshot, language: Language) -> Document {
    draw(snapshot, language, "")
}

fn draw(snapshot: &Snapshot, language: Language, again: &str) -> Document {
    let title = snapshot.title.in_language(language);
    let state = snapshot.overall();
    let mut body = header(snapshot, language);
    body.push_str("<main>");
    now(&mut body, snapshot, language);
    for post in &snapshot.open {
        card(&mut body, post, snapshot, language);
    }
    planned(&mut body, snapshot, language);
    components(&mut body, snapshot, language);
    past(&mut body, snapshot, language);
    body.push_str("</main>");
    footer(&mut body, snapshot, language);
    let head = format!(
        "{again}<link rel=\"alternate\" type=\"application/atom+xml\" href=\"{}\">",
        address(&snapshot.name, "/feed.atom", language)
    );
    let colour = snapshot.colour.as_deref();
    let title = format!("{} {} · {title}", mark(state), overall(state, language));
    Document::new(Frame { language, title: &title, colour, head: &head, body: &body }.draw())
}

pub(super) fn header(snapshot: &Snapshot, language: Language) -> String {
    let title = escape(snapshot.title.in_language(language));
    let logo = snapshot.logo.as_deref().map_or_else(String::new, |logo| format!("<img src=\"{}\" alt=\"\">", escape(logo)));
    let (other, tag, name) = match language {
        Language::Zh => (Language::En, "en", "English"),
        Language::En => (Language::Zh, "zh-CN", "中文"),
    };
    format!(
        "<header><div>{logo}<h1>{title}</h1></div><nav><a href=\"{}\" hreflang=\"{tag}\" lang=\"{tag}\">{name}</a></nav></header>",
        address(&snapshot.name, "", other)
    )
}

fn now(body: &mut String, snapshot: &Snapshot, language: Language) {
    let state = snapshot.overall();
    let zone = snapshot.zone.iana_name().unwrap_or("UTC");
    let _ = write!(
        body,
        "<p class=\"now {}\"><span aria-hidden=\"true\">{}</span> {}</p><p class=\"soft\">{} {} ({zone})</p>",
        state.as_str(),
        mark(state),
        overall(state, language),
        say(language, "截至", "As of"),
        instant(snapshot.as_of, &snapshot.zone),
    );
    if snapshot.stale {
        let _ = write!(
            body,
            "<p class=\"stale\" role=\"status\">{}</p>",
            say(
                language,
                "暂时无法更新本页。以上是当时的状态，现在可能已经改变。",
                "This page cannot be brought up to date at the moment. It shows how things were then; they may be otherwise now."
            )
        );
    }
}

fn state_word(state: ComponentState, language: Language) -> String {
    format!(
        "<span class=\"{}\"><span aria-hidden=\"true\">{}</span> {}</span>",
        state.as_str(),
        mark(state),
        component_state(state, language)
    )
}

fn card(body: &mut String, post: &PostView, snapshot: &Snapshot, language: Language) {
    let _ = write!(body, "<article class=\"card\" id=\"{}\"><h3>{}</h3>", escape(&post.id), escape(post.title.in_language(language)));
    if let Some(planned) = post.window {
        let _ = write!(body, "<p class=\"soft\">{}</p>", window(planned, &snapshot.zone));
    }
    if !post.components.is_empty() {
        let _ = write!(body, "<p class=\"soft\">{}{}</p>", say(language, "影响：", "Affects: "), names(&post.components, language));
    }
    for said in &post.updates {
        let edited = said
            .edited_at
            .map_or_else(String::new, |at| format!(" · {} {}", say(language, "已修改", "edited"), instant(at, &snapshot.zone)));
        let _ = write!(
            body,
            "<div class=\"said\"><p><strong>{}</strong> <span class=\"soft\">{}{edited}</span></p>{}</div>",
            post_state(said.state, language),
            instant(said.at, &snapshot.zone),
            lines(said.text.in_language(language))
        );
    }
    body.push_str("</article>");
}

fn planned(body: &mut String, snapshot: &Snapshot, language: Language) {
    if snapshot.planned.is_empty() {
        return;
    }
    let _ = write!(body, "<section><h2>{}</h2>", say(language, "计划维护", "Planned maintenance"));
    for Planned { window: when, components, post } in &snapshot.planned {
        match post {
            Some(post) => card(body, post, snapshot, language),
            None => {
                let _ = write!(
                    body,
                    "<article class=\"card\"><h3>{}</h3><p class=\"soft\">{}{}</p></article>",
                    window(*when, &snapshot.zone),
                    say(language, "影响：", "Affects: "),
                    names(components, language)
                );
            }
        }
    }
    body.push_str("</section>");
}

fn components(body: &mut String, snapshot: &Snapshot, language: Language) {
    for group in &snapshot.groups {
        let _ = write!(body, "<section><h2>{}</h2><ul class=\"plain\">", escape(group.name.in_language(language)));
        for ComponentView { name, state, record, .. } in &group.components {
            let _ = write!(
                body,
                "<li class=\"card\"><div class=\"row\"><span>{}</span>{}</div>{}</li>",
                escape(name.in_language(language)),
                state_word(*state, language),
                record.as_ref().map_or_else(String::new, |record| bars::draw(record, language))
            );
        }
        body.push_str("</ul></section>");
    }
}

/// What is over, month by month.
fn past(body: &mut String, snapshot: &Snapshot, language: Language) {
    let _ = write!(body, "<section><h2>{}</h2>", say(language, "历史", "History"));
    if snapshot.past.is_empty() {
        let _ = write!(
            body,
            "<p class=\"soft\">{}</p>",
            say(language, "最近 90 天没有发布过异常。", "Nothing was posted in the last 90 days.")
        );
    }
    let mut month = String::new();
    for post in &snapshot.past {
        let at = post.ended_at.unwrap_or(post.started_at).to_zoned(snapshot.zone.clone());
        let own = match language {
            Language::Zh => format!("{} 年 {} 月", at.year(), at.month()),
            Language::En => at.strftime("%B %Y").to_string(),
        };
        if own != month {
            let _ = write!(body, "<h4>{own}</h4>");
            month = own;
        }
        card(body, post, snapshot, language);
    }
    body.push_str("</section>");
}

fn footer(body: &mut String, snapshot: &Snapshot, language: Language) {
    body.push_str("<footer class=\"soft\">");
    let mut link = |part: &str, text: &str| {
        let _ = write!(body, "<a href=\"{}\">{text}</a>", address(&snapshot.name, part, language));
    };
    if !snapshot.subscribe.is_empty() {
        link("/subscribe", say(language, "订阅更新", "Subscribe"));
    }
    link("/feed.atom", say(language, "订阅源 (Atom)", "Feed (Atom)"));
    link("/status.json", "JSON");
    body.push_str("</footer>");
}
