//! What somebody wrote now, apart from what they quoted and from their signature. Nothing is thrown away: the rest is kept,
//! folded. Where one cannot tell, all of it is what they wrote.

/// A text in two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// Written now.
    pub said: String,
    /// Quoted history and signature; empty when there is none.
    pub rest: String,
}

/// Lines looked at; a longer mail is written now from there on.
const LINES_MAX: usize = 5_000;
/// A line that says who wrote what follows is looked for over so many lines.
const ATTRIBUTION_LINES: usize = 3;

/// Folds the history and the signature off.
pub fn fold(text: &str) -> Folded {
    let lines: Vec<&str> = text.lines().collect();
    let cut = cut(&lines[..lines.len().min(LINES_MAX)], lines.len() <= LINES_MAX);
    let said = lines[..cut].join("\n").trim().to_owned();
    if said.is_empty() {
        return Folded { said: text.trim().to_owned(), rest: String::new() };
    }
    Folded { said, rest: lines[cut..].join("\n").trim().to_owned() }
}

/// The first line that was not written now.
fn cut(lines: &[&str], whole: bool) -> usize {
    let mut cut = (0..lines.len()).find(|at| begins_history(lines, *at)).unwrap_or(lines.len());
    // Quoted lines at the end; between them somebody answered line by line, and all of it belongs together.
    if whole || cut < lines.len() {
        while cut > 0 && (is_quoted(lines[cut - 1]) || lines[cut - 1].trim().is_empty()) {
            cut -= 1;
        }
    }
    let quoted_end = cut;
    if quoted_end < lines.len() && is_quoted(lines[cut..].iter().find(|line| !line.trim().is_empty()).unwrap_or(&"")) {
        cut = without_attribution(lines, cut);
    }
    signature(&lines[..cut]).unwrap_or(cut)
}

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// "On … Cora wrote:" before quoted lines, which mailers break where they like.
fn without_attribution(lines: &[&str], cut: usize) -> usize {
    let last = lines[..cut].iter().rposition(|line| !line.trim().is_empty());
    let Some(last) = last.filter(|last| ends_attribution(lines[*last])) else { return cut };
    let first = last.saturating_sub(ATTRIBUTION_LINES - 1);
    (first..=last).find(|at| begins_attribution(lines[*at])).unwrap_or(last)
}

fn ends_attribution(line: &str) -> bool {
    let line = line.trim_end().to_lowercase();
    ["wrote:", "写道:", "写道：", "schrieb:", "a écrit :", "a écrit:", "escribió:"].iter().any(|end| line.ends_with(end))
}

fn begins_attribution(line: &str) -> bool {
    let line = line.trim_start().to_lowercase();
    ["on ", "在", "于", "am ", "le ", "el ", "at "].iter().any(|start| line.starts_with(start))
}

/// A line behind which everything is history: Outlook, Foxmail, QQ and their likes put the whole mail before below it.
fn begins_history(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    let bare = line.trim_matches(['-', '_', ' ', '*']).to_lowercase();
    let ruled = line.starts_with("--") || line.starts_with("__");
    if ruled
        && ["original message", "原始邮件", "original", "forwarded message", "转发邮件", "ursprüngliche nachricht"].contains(&bare.as_str())
    {
        return true;
    }
    if ends_attribution(line) && lines[at + 1..].iter().take(ATTRIBUTION_LINES).any(|next| !next.trim().is_empty() && !is_quoted(next)) {
        // Apple and Gmail in HTML leave no mark on what they quote; a lone line that ends so is an attribution.
        return begins_attribution(line);
    }
    // A header block: From and two more of its fields within the next lines.
    let field = |line: &str, names: &[&str]| names.iter().any(|name| line.trim_start_matches(['*', ' ']).to_lowercase().starts_with(name));
    field(line, &["from:", "发件人:", "发件人：", "von:"])
        && lines[at + 1..]
            .iter()
            .take(6)
            .filter(|next| {
                field(
                    next,
                    &[
                        "sent:",
                        "date:",
                        "to:",
                        "subject:",
                        "发送时间:",
                        "发送时间：",
                        "日期:",
                        "日期：",
                        "收件人:",
                        "收件人：",
                        "主题:",
                        "主题：",
                        "gesendet:",
                    ],
                )
            })
            .count()
            >= 2
}

/// Where the signature begins: the mark of RFC 3676, section 4.3, or the line that telephones add.
fn signature(lines: &[&str]) -> Option<usize> {
    if let Some(mark) = lines.iter().rposition(|line| *line == "-- " || *line == "--") {
        return Some(mark);
    }
    let last = lines.iter().rposition(|line| !line.trim().is_empty())?;
    let line = lines[last].trim().to_lowercase();
    ["sent from my ", "发自我的", "从我的", "get outlook for ", "来自我的"].iter().any(|start| line.starts_with(start)).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn folds(text: &str, said: &str, rest: &str) {
        assert_eq!(fold(text), Folded { said: said.to_owned(), rest: rest.to_owned() });
    }

    #[test]
    fn history_is_folded_off_whoever_wrote_the_mailer() {
        folds(
            "It works.\n\nOn Mon, 2 Mar 2026 at 10:00, Desk\n<desk@example.org> wrote:\n> Try now.\n> Thanks",
            "It works.",
            "On Mon, 2 Mar 2026 at 10:00, Desk\n<desk@example.org> wrote:\n> Try now.\n> Thanks",
        );
        folds(
            "好了，谢谢。\n\n------------------ 原始邮件 ------------------\n发件人: 服务台\n请再试",
            "好了，谢谢。",
            "------------------ 原始邮件 ------------------\n发件人: 服务台\n请再试",
        );
        folds(
            "yes\n\nFrom: Desk\nSent: Monday\nTo: Cora\nSubject: Re: x\n\nold",
            "yes",
            "From: Desk\nSent: Monday\nTo: Cora\nSubject: Re: x\n\nold",
        );
        folds("行\n\n在 2026年3月2日，服务台 写道：\n请再试一次", "行", "在 2026年3月2日，服务台 写道：\n请再试一次");
        folds("ok\n-----Original Message-----\nold", "ok", "-----Original Message-----\nold");
    }

    #[test]
    fn an_answer_between_the_lines_stays_whole() {
        let text = "> Did you restart?\nYes.\n> And then?\nThe same.";
        folds(text, text, "");
    }

    #[test]
    fn a_mail_of_nothing_but_a_quote_is_not_emptied() {
        folds("> only this", "> only this", "");
        folds("", "", "");
    }

    #[test]
    fn signatures_are_folded_off() {
        folds("Broken.\n-- \nCora\nACME", "Broken.", "-- \nCora\nACME");
        folds("坏了\n\n发自我的iPhone", "坏了", "发自我的iPhone");
    }

    #[test]
    fn words_that_look_a_little_like_history_are_not() {
        let text = "From: is what the header says.\nOn the other hand he wrote: nothing.";
        folds(text, text, "");
    }
}
