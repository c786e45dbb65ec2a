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
}

fn pick<'a>(locale: Locale, zh: &'a str, en: &'a str) -> &'a str {
    match locale {
        Locale::Zh => zh,
        Locale::En => en,
    }
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
    let subject = format!("[{}] {state} {priority} {number} · {title}", pick(locale, "稳舵", "Evenkeel"));
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
    let ack = pick(locale, "我来处理", "I have it");
    let open = pick(locale, "打开事件", "Open the incident");
    let note = pick(
        locale,
        "应答链接只对你有效，只能用一次，七天后失效。打开链接不会应答，按页面上的按钮才算。",
        "The link is yours alone, works once and for seven days. Opening it acknowledges nothing; the button on its page does.",
    );
    let text = plain(&title, &number, &lead, &rows, notice, (ack, open, note));
    let html = html(state, &title, &number, &lead, &rows, notice, (ack, open, note));
    Words { subject, text, html }
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
    if notice.acknowledge_url.is_some() {
        let _ = write!(out, "\n{note}\n");
    }
    out
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
    let foot =
        if notice.acknowledge_url.is_some() { format!("<p style=\"color:#5b6f79;font-size:13px\">{note}</p>") } else { String::new() };
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{number}</title></head>\
         <body style=\"margin:0;background:#f4f6f7;font:16px/1.6 -apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#17262e\">\
         <div style=\"max-width:560px;margin:0 auto;padding:24px\"><div style=\"background:#ffffff;border-radius:12px;border-top:4px solid {colour};padding:24px\">\
         <p style=\"margin:0;color:{colour};font-weight:600\">{state} · {number}</p><h1 style=\"font-size:21px;line-height:1.4;margin:8px 0 12px\">{}</h1>\
         <p style=\"margin:0 0 16px\">{}</p><table style=\"border-collapse:collapse;font-size:15px\">{table}</table>{button}\
         <p style=\"margin:16px 0 0\"><a href=\"{}\" style=\"color:#0d5c75\">{open}</a></p>{foot}</div></div></body></html>",
        notice.person.locale.as_str(),
        escape(title),
        escape(lead),
        escape(&notice.incident_url),
    )
}
