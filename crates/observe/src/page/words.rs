//! The words of a mail, in the person's language. The console's words live in the console; a mail has no console.

use std::fmt::Write as _;

use evenkeel_core::{definition::Bilingual, state::PageReason};
use jiff::tz::TimeZone;

use super::{message::Notice, port::Locale};

/// A mail's parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Subject, one line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The same in a few words and without links, for a notification.
    pub brief: String,
}

/// What of both languages is the person's.
pub fn pick<'a>(locale: Locale, zh: &'a str, en: &'a str) -> &'a str {
    match locale {
        Locale::Zh => zh,
        Locale::En => en,
    }
}

/// The button that takes an incident.
pub fn have_it(locale: Locale) -> &'static str {
    pick(locale, "我来处理", "I have it")
}

/// The link to an incident.
pub fn open(locale: Locale) -> &'static str {
    pick(locale, "打开事件", "Open the incident")
}

/// The button that answers a drill.
pub fn got_it(locale: Locale) -> &'static str {
    pick(locale, "我收到了", "I got it")
}

fn shown(locale: Locale, name: &Bilingual) -> &str {
    pick(locale, &name.zh, &name.en)
}

/// Why it is over, in words; an unknown code is shown as it is.
fn because(locale: Locale, code: &str) -> &str {
    match code {
        "recovered" => pick(locale, "监测到已恢复", "it recovered, as probes see it"),
        "fixed" => pick(locale, "已修复", "it was fixed"),
        "workaround" => pick(locale, "已用变通办法恢复", "a workaround is in place"),
        "by_rule" => pick(locale, "按规则", "by rule"),
        "duplicate" => pick(locale, "是重复的事件", "it is a duplicate"),
        "not_an_incident" => pick(locale, "不是事件", "it is not an incident"),
        "merged" => pick(locale, "已并入另一个事件", "it was merged into another incident"),
        "cancelled" => pick(locale, "已取消", "it was cancelled"),
        "closed" => pick(locale, "已关闭", "it was closed"),
        "resolved" => pick(locale, "已解决", "it was resolved"),
        "customer_confirmed" => pick(locale, "客户已确认", "the customer confirmed it"),
        other => other,
    }
}

/// One line: a title with a line break must not become a header of its own.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a notice.
pub fn words(notice: &Notice) -> Words {
    let locale = notice.person.locale;
    let reason = notice.envelope.reason;
    let state = match reason {
        PageReason::Firing => pick(locale, "故障", "Firing"),
        PageReason::Resolved => pick(locale, "已恢复", "Resolved"),
        PageReason::Closed => pick(locale, "已关闭", "Closed"),
    };
    let number = format!("INC-{}", notice.number);
    let priority = format!("P{}", notice.priority.get());
    let service = shown(locale, &notice.service);
    let title = if notice.title.trim().is_empty() { service.to_owned() } else { line(&notice.title) };
    let house = pick(locale, "稳舵", "Evenkeel");
    let subject = if notice.more.is_empty() {
        format!("[{house}] {state} {priority} {number} · {title}")
    } else {
        let count = notice.more.len() + 1;
        match locale {
            Locale::Zh => format!("[{house}] {state} {count} 个事件 · {number} {title} 等"),
            Locale::En => format!("[{house}] {state}: {count} incidents · {number} {title} and others"),
        }
    };
    let lead = match reason {
        PageReason::Firing => {
            if notice.envelope.step > 1 || notice.envelope.round > 1 {
                pick(locale, "之前通知的人还没有应答，现在轮到你。", "Nobody told before has answered; now it is yours.").to_owned()
            } else {
                pick(locale, "你正在值班，请处理。", "You are on call; please take it.").to_owned()
            }
        }
        PageReason::Resolved => format!(
            "{}{}",
            pick(locale, "之前告知你的事件已经解决：", "The incident you were told of is resolved: "),
            because(locale, &notice.envelope.because)
        ),
        PageReason::Closed => format!(
            "{}{}",
            pick(locale, "之前告知你的事件已关闭，原因：", "The incident you were told of was closed because "),
            because(locale, &notice.envelope.because)
        ),
    };
    let rows = [
        (pick(locale, "服务", "Service"), service.to_owned()),
        (pick(locale, "优先级", "Priority"), priority),
        (pick(locale, "团队", "Team"), shown(locale, &notice.team).to_owned()),
        (pick(locale, "时间", "Time"), instant(notice)),
    ];
    let (ack, open) = (have_it(locale), open(locale));
    let note = pick(
        locale,
        "应答链接只对你有效，只能用一次，七天后失效。打开链接不会应答，按页面上的按钮才算。",
        "The link is yours alone, works once and for seven days. Opening it acknowledges nothing; the button on its page does.",
    );
    let text = plain(&title, &number, &lead, &rows, notice, (ack, open, note));
    let html = html(state, &title, &number, &lead, &rows, notice, (ack, open, note));
    let brief = format!("{lead}\n{service} · {}", shown(locale, &notice.team));
    Words { subject, text, html, brief }
}

fn instant(notice: &Notice) -> String {
    let zone = TimeZone::get(&notice.zone).unwrap_or(TimeZone::UTC);
    notice.at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
}

type Labels<'a> = (&'a str, &'a str, &'a str);

fn plain(title: &str, number: &str, lead: &str, rows: &[(&str, String)], notice: &Notice, (ack, open, note): Labels) -> String {
    let mut out = format!("{number}  {title}\n\n{lead}\n\n");
    for (name, value) in rows {
        let _ = writeln!(out, "{name}: {value}");
    }
    if let Some(url) = &notice.acknowledge_url {
        let _ = write!(out, "\n{ack}:\n{url}\n");
    }
    let _ = write!(out, "\n{open}:\n{}\n", notice.incident_url);
    for line in &notice.more {
        let _ = write!(out, "\nINC-{}  P{}  {}\n{ack}:\n{}\n", line.number, line.priority.get(), line.title, line.acknowledge_url);
    }
    if notice.acknowledge_url.is_some() {
        let _ = write!(out, "\n{note}\n");
    }
    out
}

/// What of both languages is the person's.
pub fn pick_text(locale: Locale, text: Bilingual) -> String {
    match locale {
        Locale::Zh => text.zh,
        Locale::En => text.en,
    }
}

/// The house's own words as HTML, with the acknowledge link as a button.
pub fn as_html(notice: &Notice, text: &str) -> String {
    let ack = have_it(notice.person.locale);
    let button = notice.acknowledge_url.as_ref().map_or_else(String::new, |url| format!("<p><a href=\"{}\">{ack}</a></p>", escape(url)));
    let lines = escape(text).replace('\n', "<br>");
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"></head><body><p>{lines}</p>{button}</body></html>",
        notice.person.locale.as_str()
    )
}

/// The words of a drill.
pub fn drill(locale: Locale, url: &str) -> Words {
    let subject = pick(locale, "[稳舵] 演练：请确认你收到了", "[Evenkeel] Drill: please confirm that you got this").to_owned();
    let lead = pick(
        locale,
        "这是一次演练，没有故障。打开下面的链接并按一下按钮，就证明这条路能找到你。链接一天后失效。",
        "This is a drill; nothing is wrong. Open the link and press the button: that proves that this way reaches you. It works for a day.",
    );
    let button = got_it(locale);
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"></head><body><p>{lead}</p><p><a href=\"{}\">{button}</a></p></body></html>",
        locale.as_str(),
        escape(url)
    );
    let brief = pick(locale, "这是一次演练，没有故障。", "This is a drill; nothing is wrong.").to_owned();
    Words { text: format!("{lead}\n\n{button}:\n{url}\n"), subject, html, brief }
}

/// Escapes text for HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn html(state: &str, title: &str, number: &str, lead: &str, rows: &[(&str, String)], notice: &Notice, (ack, open, note): Labels) -> String {
    let colour = match notice.envelope.reason {
        PageReason::Firing => "#b3261e",
        PageReason::Resolved => "#2d7a4f",
        PageReason::Closed => "#5b6f79",
    };
    let mut table = String::new();
    for (name, value) in rows {
        let _ = write!(
            table,
            "<tr><td style=\"padding:4px 16px 4px 0;color:#5b6f79\">{}</td><td style=\"padding:4px 0\">{}</td></tr>",
            escape(name),
            escape(value)
        );
    }
    let button = notice.acknowledge_url.as_ref().map_or_else(String::new, |url| {
        format!(
            "<p style=\"margin:24px 0\"><a href=\"{}\" style=\"background:#0d5c75;color:#ffffff;padding:12px 24px;border-radius:8px;text-decoration:none;font-weight:600;display:inline-block\">{ack}</a></p>",
            escape(url)
        )
    });
    let mut more = String::new();
    for line in &notice.more {
        let _ = write!(
            more,
            "<p style=\"border-top:1px solid #dde3e6;padding-top:12px\"><b>INC-{} P{}</b> {}<br><a href=\"{}\">{ack}</a></p>",
            line.number,
            line.priority.get(),
            escape(&line.title),
            escape(&line.acknowledge_url)
        );
    }
    let foot =
        if notice.acknowledge_url.is_some() { format!("<p style=\"color:#5b6f79;font-size:13px\">{note}</p>") } else { String::new() };
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{number}</title></head>\
         <body style=\"margin:0;background:#f4f6f7;font:16px/1.6 -apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#17262e\">\
         <div style=\"max-width:560px;margin:0 auto;padding:24px\"><div style=\"background:#ffffff;border-radius:12px;border-top:4px solid {colour};padding:24px\">\
         <p style=\"margin:0;color:{colour};font-weight:600\">{state} · {number}</p><h1 style=\"font-size:21px;line-height:1.4;margin:8px 0 12px\">{}</h1>\
         <p style=\"margin:0 0 16px\">{}</p><table style=\"border-collapse:collapse;font-size:15px\">{table}</table>{button}{more}\
         <p style=\"margin:16px 0 0\"><a href=\"{}\" style=\"color:#0d5c75\">{open}</a></p>{foot}</div></div></body></html>",
        notice.person.locale.as_str(),
        escape(title),
        escape(lead),
        escape(&notice.incident_url),
    )
}
