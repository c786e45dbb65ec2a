//! HTML as text: what a reader would see, never markup. Quoted parts get the mark that plain mails have (`> `).

use mail_parser::decoders::html::add_html_token;

/// Elements whose content nobody reads.
const SILENT: &[&str] = &["script", "style", "head", "title", "template", "noscript", "svg", "object", "iframe"];
/// Elements that begin and end a line.
const BLOCK: &[&str] = &[
    "p",
    "div",
    "br",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "blockquote",
    "pre",
    "hr",
    "section",
    "article",
    "header",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
];
/// The longest entity that is looked up, bytes: `&CounterClockwiseContourIntegral;`.
const ENTITY_BYTES_MAX: usize = 34;
/// Quotes within quotes beyond this are marked no deeper.
const QUOTES_MAX: usize = 8;

/// The text of `html`, at most `limit` bytes of it.
pub fn text(html: &str, limit: usize) -> String {
    let mut page = Page::default();
    let mut rest = html;
    while !rest.is_empty() && page.out.len() < limit {
        let Some(open) = rest.find('<') else {
            page.write(rest);
            break;
        };
        page.write(&rest[..open]);
        rest = &rest[open..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let Some(close) = rest.find('>') else { break };
        let tag = &rest[1..close];
        rest = &rest[close + 1..];
        let (ends, name) = tag.strip_prefix('/').map_or((false, tag), |name| (true, name));
        let name: String = name.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        if !ends && SILENT.contains(&name.as_str()) && !tag.ends_with('/') {
            rest = after(rest, &name);
        } else {
            page.element(&name, ends);
        }
    }
    page.end(limit)
}

/// What is behind the end of this element; nothing when it has none.
fn after<'a>(text: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(found) = text[from..].find("</") {
        let at = from + found + 2;
        if text.get(at..at + name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name)) {
            return text[at..].find('>').map_or("", |close| &text[at + close + 1..]);
        }
        from = at;
    }
    ""
}

#[derive(Default)]
struct Page {
    out: String,
    quotes: usize,
    /// Whether something stands in this line.
    begun: bool,
    /// Whether a blank is due before the next word.
    blank: bool,
    /// Whether line breaks in the source are line breaks.
    as_is: bool,
}

impl Page {
    fn element(&mut self, name: &str, ends: bool) {
        if !BLOCK.contains(&name) {
            if name == "td" || name == "th" {
                self.blank = true;
            }
            return;
        }
        // `<br>` breaks the line even when nothing stands in it: somebody wanted an empty one.
        if self.begun || (name == "br" && !ends) || (name == "p" && !ends) {
            self.line();
        }
        match (name, ends) {
            ("blockquote", false) => self.quotes = (self.quotes + 1).min(QUOTES_MAX),
            ("blockquote", true) => self.quotes = self.quotes.saturating_sub(1),
            ("pre", _) => self.as_is = !ends,
            _ => {}
        }
    }

    fn line(&mut self) {
        (self.begun, self.blank) = (false, false);
        // One empty line is enough.
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn write(&mut self, text: &str) {
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            if letter == '\n' && self.as_is {
                self.line();
                rest = &rest[1..];
            } else if letter.is_whitespace() {
                self.blank = true;
                rest = &rest[letter.len_utf8()..];
            } else if let Some(length) = entity(rest) {
                let mut said = String::new();
                add_html_token(&mut said, &rest.as_bytes()[..length], false);
                // A blank that must not break is a blank.
                for letter in said.chars() {
                    if letter.is_whitespace() { self.blank = true } else { self.put(letter) }
                }
                rest = &rest[length..];
            } else {
                self.put(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }

    fn put(&mut self, letter: char) {
        if !self.begun {
            for _ in 0..self.quotes {
                self.out.push_str("> ");
            }
            self.begun = true;
        } else if self.blank {
            self.out.push(' ');
        }
        self.blank = false;
        if !letter.is_control() {
            self.out.push(letter);
        }
    }

    fn end(mut self, limit: usize) -> String {
        let mut cut = self.out.len().min(limit);
        while !self.out.is_char_boundary(cut) {
            cut -= 1;
        }
        self.out.truncate(cut);
        self.out.trim_matches('\n').to_owned()
    }
}

/// How many bytes the entity at the beginning of `text` has, when there is one.
fn entity(text: &str) -> Option<usize> {
    let end = text.strip_prefix('&')?.bytes().take(ENTITY_BYTES_MAX).position(|byte| !byte.is_ascii_alphanumeric() && byte != b'#')?;
    (end > 0 && text.as_bytes().get(end + 1) == Some(&b';')).then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(html: &str) -> String {
        text(html, 10_000)
    }

    #[test]
    fn scripts_styles_and_comments_are_not_read() {
        let html = "<html><head><title>no</title><style>p{}</style></head><body><p>one<script>alert('<b>')</script></p><!-- <p>two</p> -->\
                    <SCRIPT src=x></SCRIPT><p>three</p></body>";
        assert_eq!(seen(html), "one\n\nthree");
        assert_eq!(seen("a<script>never ends <p>b"), "a");
    }

    #[test]
    fn lines_blanks_and_entities_are_as_shown() {
        assert_eq!(seen("a  b\n c<br>d<br><br>e"), "a b c\nd\n\ne");
        assert_eq!(seen("<div>您好&nbsp;&lt;b&gt; &amp;&#20320;&#x597d;</div><div>再见</div>"), "您好 <b> &你好\n再见");
        assert_eq!(seen("AT&T &unknown; & x &"), "AT&T &unknown; & x &");
        assert_eq!(seen("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>"), "1 2\n3");
    }

    #[test]
    fn what_is_quoted_is_marked() {
        assert_eq!(seen("<p>yes</p><blockquote><div>old</div><blockquote>older</blockquote></blockquote>"), "yes\n> old\n> > older");
    }

    #[test]
    fn it_is_bounded() {
        assert!(text(&"字".repeat(1000), 100).len() <= 100);
        assert!(text(&"<blockquote>".repeat(10_000), 100).is_empty());
    }
}
