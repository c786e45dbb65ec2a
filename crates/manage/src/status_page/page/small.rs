//! The small pages around it: asking to be told, and answering the link of a message.

use std::fmt::Write as _;

use evenkeel_core::Language;

use super::{
    Document, escape,
    html::header,
    parts::{Frame, address},
};
use crate::status_page::{board::Snapshot, subscriber::Channel, words::say};

fn framed(snapshot: &Snapshot, language: Language, title: &str, body: &str) -> Document {
    let whole = format!("{}<main>{body}</main>", header(snapshot, language));
    let title = format!("{title} · {}", snapshot.title.in_language(language));
    Document::new(Frame { language, title: &title, colour: snapshot.colour.as_deref(), head: "", body: &whole }.draw())
}

fn back(snapshot: &Snapshot, language: Language) -> String {
    format!("<p><a href=\"{}\">{}</a></p>", address(&snapshot.name, "", language), say(language, "返回状态页", "Back to the status page"))
}

/// A page that says one thing.
pub fn message(snapshot: &Snapshot, language: Language, title: &str, text: &str) -> Document {
    framed(snapshot, language, title, &format!("<h2>{}</h2><p>{}</p>{}", escape(title), escape(text), back(snapshot, language)))
}

/// The form for asking to be told; `wrong` = what was wrong with what was sent.
pub fn subscribe_form(snapshot: &Snapshot, language: Language, wrong: Option<&str>) -> Document {
    let title = say(language, "订阅更新", "Subscribe");
    let mut body = format!("<h2>{title}</h2>");
    if let Some(wrong) = wrong {
        let _ = write!(body, "<p class=\"stale\" role=\"alert\">{}</p>", escape(wrong));
    }
    let mut components =
        format!("<fieldset><legend>{}</legend>", say(language, "只订阅这些（不选为全部）", "Only of these (none chosen: all)"));
    for component in snapshot.components() {
        let _ = write!(
            components,
            "<label><input type=\"checkbox\" name=\"component\" value=\"{}\"> {}</label>",
            escape(&component.key),
            escape(component.name.in_language(language))
        );
    }
    components.push_str("</fieldset>");
    for channel in &snapshot.subscribe {
        let (field, action) = match channel {
            Channel::Mail => (
                format!(
                    "<label for=\"mail\">{}</label><input id=\"mail\" type=\"email\" name=\"address\" required maxlength=\"254\" autocomplete=\"email\">",
                    say(language, "邮箱地址", "Mail address")
                ),
                say(language, "用邮件订阅", "Subscribe by mail"),
            ),
            Channel::Webhook => (
                format!(
                    "<label for=\"hook\">{}</label><input id=\"hook\" type=\"url\" name=\"address\" required maxlength=\"500\" placeholder=\"https://\">\
                     <label for=\"secret\">{}</label><input id=\"secret\" type=\"text\" name=\"secret\" minlength=\"16\" maxlength=\"200\" autocomplete=\"off\">",
                    say(language, "Webhook 地址", "Address of the webhook"),
                    say(
                        language,
                        "签名密钥，自定，可不填（HMAC-SHA256）",
                        "A key of your own for signatures, if you want them (HMAC-SHA256)"
                    )
                ),
                say(language, "用 Webhook 订阅", "Subscribe by webhook"),
            ),
        };
        let _ = write!(
            body,
            "<form class=\"card\" method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"channel\" value=\"{}\">{field}{components}<p><button>{action}</button></p></form>",
            address(&snapshot.name, "/subscribe", language),
            channel.as_str()
        );
    }
    let _ = write!(
        body,
        "<p class=\"soft\">{}</p>{}",
        say(
            language,
            "我们先往这个地址发一条消息，确认之后才会开始通知。随时可以退订，退订后地址即被删除。",
            "We first send one message to the address; only when it is confirmed do we write of anything. You can end it at any time, and then the address is deleted."
        ),
        back(snapshot, language)
    );
    framed(snapshot, language, title, &body)
}

/// The page behind the link of a message. Reading it changes nothing: mail scanners open every link.
pub fn subscription(snapshot: &Snapshot, language: Language, token: &str, confirmed: bool) -> Document {
    let title = say(language, "您的订阅", "Your subscription");
    let button = |action: &str, class: &str, text: &str| {
        format!(
            "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"token\" value=\"{}\"><input type=\"hidden\" name=\"do\" value=\"{action}\"><button{class}>{text}</button></form>",
            address(&snapshot.name, "/subscription", language),
            escape(token)
        )
    };
    let body = if confirmed {
        format!(
            "<p>{}</p>{}",
            say(language, "订阅有效。", "The subscription is active."),
            button("end", "", say(language, "退订", "Unsubscribe"))
        )
    } else {
        format!(
            "<p>{}</p>{}{}",
            say(language, "确认之后，有新消息时会通知这个地址。", "Once confirmed, this address is told of every post."),
            button("confirm", "", say(language, "确认订阅", "Confirm")),
            button("end", " class=\"quiet\"", say(language, "不订阅", "Do not subscribe"))
        )
    };
    framed(snapshot, language, title, &format!("<h2>{title}</h2>{body}{}", back(snapshot, language)))
}
