//! Markdown as HTML that cannot do anything: HTML in the text is shown as text, a link leads only where a link may lead, and
//! pictures from elsewhere are not loaded. Nothing is taken out afterwards, because nothing dangerous is put in.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// The HTML of a Markdown text (`CommonMark` with tables, strikethrough and task lists).
pub(crate) fn html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    // Whether each link that is open is written.
    let mut links = Vec::new();
    let events = Parser::new_ext(markdown, options).filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            let leads = may_lead(dest_url);
            links.push(leads);
            leads.then_some(event)
        }
        Event::End(TagEnd::Link) => links.pop().unwrap_or(false).then_some(event),
        // What a picture shows is said by its words.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        other => Some(other),
    });
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut out, events);
    out
}

/// Whether a link may lead there: the web, mail, a place of ours or of this page.
fn may_lead(to: &str) -> bool {
    // A browser passes over blanks and control characters before and within a scheme; an address of ours has none.
    if to.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        return false;
    }
    let lower = to.to_ascii_lowercase();
    // `//host` and `/\host` lead elsewhere.
    let ours = lower.starts_with('#') || lower.starts_with('/') && !lower[1..].starts_with(['/', '\\']);
    ours || ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_drawn() {
        assert_eq!(
            html("# 步骤\n\n1. `df -h`\n2. **清理**"),
            "<h1>步骤</h1>\n<ol>\n<li><code>df -h</code></li>\n<li><strong>清理</strong></li>\n</ol>\n"
        );
        assert!(html("| a | b |\n|---|---|\n| 1 | 2 |").contains("<td>2</td>"));
        assert_eq!(html("[here](/portal) [KB](https://x.example/a?b=1&c=2)").matches("<a href=").count(), 2);
    }

    /// No tag but those that Markdown itself makes, and no attribute beside where a link leads and how a cell is aligned.
    fn is_harmless(html: &str) -> bool {
        const TAGS: &[&str] = &[
            "p",
            "em",
            "strong",
            "a",
            "code",
            "pre",
            "ul",
            "ol",
            "li",
            "blockquote",
            "h1",
            "h2",
            "h3",
            "hr",
            "br",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "del",
            "input",
        ];
        html.split('<').skip(1).all(|rest| {
            let Some((tag, _)) = rest.split_once('>') else { return false };
            let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            let lower = tag.to_ascii_lowercase();
            let active = ["javascript:", "data:", "vbscript:", " on", "style=", "src="].iter().any(|word| lower.contains(word));
            TAGS.contains(&name.as_str()) && !active
        })
    }

    #[test]
    fn an_attack_is_text() {
        for attack in [
            "<script>alert(1)</script>",
            "<ScRiPt src=//evil.example/x.js></sCrIpT>",
            "a <img src=x onerror=alert(1)> b",
            "<svg onload=alert(1)><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
            "<svg><animate onbegin=alert(1) attributeName=x></svg>",
            "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
            "<math><mtext></table><mglyph><style><img src=x onerror=alert(1)>",
            "<div style=\"background:url(javascript:alert(1))\">x</div>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](java\tscript:alert(1))",
            "[x](&#106;avascript:alert(1))",
            "[x](&#x1;javascript:alert(1))",
            "[x](<java script:alert(1)>)",
            "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
            "[x](vbscript:msgbox(1))",
            "[x](//evil.example)",
            "[x](/\\evil.example)",
            "[x]: javascript:alert(1)\n\n[x]",
            "<javascript:alert(1)>",
            "![x](javascript:alert(1))",
            "![x](https://tracker.example/pixel.gif)",
            "[![x](data:image/svg+xml;base64,AAAA)](javascript:alert(1))",
            "[x](https://a.example/\"onmouseover=\"alert(1))",
            "[x](https://a.example \"t\" onmouseover=alert(1))",
            "```\"><script>alert(1)</script>\nx\n```",
            "`<script>`",
            "<!-- --><script>alert(1)</script>",
            "<!--><img src=x onerror=alert(1)>-->",
            "<![CDATA[<script>alert(1)</script>]]>",
            "<?php echo 1 ?><script>",
            "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
        ] {
            let drawn = html(attack);
            let bare = drawn.replace("&lt;", "").replace("&quot;", "");
            assert!(is_harmless(&drawn), "{attack} became {drawn}");
            assert!(!bare.contains("evil.example\"") || !drawn.contains("href"), "{attack} became {drawn}");
        }
        assert!(html("<b>x</b>").contains("&lt;b&gt;x&lt;/b&gt;"), "{}", html("<b>x</b>"));
    }

    #[test]
    fn deep_and_long_texts_end() {
        assert!(html(&"> ".repeat(20_000)).len() < 4_000_000);
        assert!(html(&"[".repeat(20_000)).len() < 100_000);
        assert!(html(&"*a ".repeat(20_000)).len() < 1_000_000);
    }
}
