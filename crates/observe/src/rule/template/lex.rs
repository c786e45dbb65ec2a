//! Tokens of a template, as Go's lexer cuts them.

use super::TemplateError;

/// A token and its line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    pub line: usize,
}

/// The kinds of token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Text(String),
    Open,
    Close,
    /// A name: function or keyword.
    Word(String),
    /// `.a.b`, without the first dot.
    Field(Vec<String>),
    /// `$x.a.b`: the name without its sign, and the fields.
    Variable(String, Vec<String>),
    Dot,
    Quoted(String),
    Number(String),
    Char(char),
    Pipe,
    Comma,
    Declare,
    Assign,
    Left,
    /// `)`, and the fields that follow it.
    Right(Vec<String>),
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

/// All tokens of a template.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, TemplateError> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    let mut trim = false;
    loop {
        let rest = &text[lexer.at..];
        let Some(open) = rest.find("{{") else {
            lexer.literal(rest, trim, false);
            return Ok(lexer.tokens);
        };
        let trims_before = rest[open + 2..].starts_with('-') && rest[open + 3..].starts_with(char::is_whitespace);
        lexer.literal(&rest[..open], trim, trims_before);
        lexer.at += open + 2;
        if trims_before {
            lexer.at += 1;
        }
        trim = if lexer.rest().trim_start().starts_with("/*") { lexer.comment()? } else { lexer.action()? };
    }
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn line(&self) -> usize {
        self.text[..self.at].matches('\n').count() + 1
    }

    fn fail<T>(&self, message: impl Into<String>) -> Result<T, TemplateError> {
        Err(TemplateError { line: self.line(), message: message.into() })
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let line = self.line();
        self.tokens.push(Token { kind, line });
        self.at += length;
    }

    fn literal(&mut self, text: &str, trim_before: bool, trim_after: bool) {
        let text = if trim_before { text.trim_start() } else { text };
        let text = if trim_after { text.trim_end() } else { text };
        if !text.is_empty() {
            self.push(Kind::Text(text.to_owned()), 0);
        }
    }

    /// `/* … */`; whether what follows is trimmed.
    fn comment(&mut self) -> Result<bool, TemplateError> {
        let Some(end) = self.rest().find("*/") else { return self.fail("unclosed comment") };
        self.at += end + 2;
        match self.close() {
            Some((length, trims)) => {
                self.at += length;
                Ok(trims)
            }
            None => self.fail("comment ends before closing delimiter"),
        }
    }

    /// The closing delimiter when it stands here: its length with what belongs to it, and whether it trims.
    fn close(&self) -> Option<(usize, bool)> {
        let rest = self.rest();
        if rest.starts_with("}}") {
            return Some((2, false));
        }
        let blanks = rest.len() - rest.trim_start().len();
        let after = &rest[blanks..];
        (blanks > 0 && after.starts_with("-}}")).then_some((blanks + 3, true))
    }

    /// What stands between the delimiters; whether what follows is trimmed.
    fn action(&mut self) -> Result<bool, TemplateError> {
        self.push(Kind::Open, 0);
        loop {
            if let Some((length, trims)) = self.close() {
                self.push(Kind::Close, length);
                return Ok(trims);
            }
            let rest = self.rest();
            let Some(first) = rest.chars().next() else { return self.fail("unclosed action") };
            match first {
                c if c.is_whitespace() => self.at += c.len_utf8(),
                '"' => self.quoted()?,
                '`' => match rest[1..].find('`') {
                    Some(end) => self.push(Kind::Quoted(rest[1..=end].to_owned()), end + 2),
                    None => return self.fail("unterminated raw quoted string"),
                },
                '\'' => self.char_constant()?,
                '|' => self.push(Kind::Pipe, 1),
                ',' => self.push(Kind::Comma, 1),
                '(' => self.push(Kind::Left, 1),
                ')' => {
                    let (fields, length) = fields(&rest[1..]);
                    self.push(Kind::Right(fields), 1 + length);
                }
                ':' if rest.starts_with(":=") => self.push(Kind::Declare, 2),
                '=' => self.push(Kind::Assign, 1),
                '$' => {
                    let name = word(&rest[1..]);
                    let (fields, length) = fields(&rest[1 + name.len()..]);
                    self.push(Kind::Variable(name.to_owned(), fields), 1 + name.len() + length);
                }
                '.' if !rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                    let (fields, length) = fields(rest);
                    if fields.is_empty() { self.push(Kind::Dot, 1) } else { self.push(Kind::Field(fields), length) }
                }
                c if c.is_ascii_digit() || matches!(c, '+' | '-' | '.') => {
                    let end =
                        rest[1..].find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))).map_or(rest.len(), |end| end + 1);
                    // The sign of an exponent belongs to the number.
                    let end = match rest[..end].chars().last() {
                        Some('e' | 'E') if rest[end..].starts_with(['+', '-']) && !rest.starts_with("0x") => {
                            end + 1 + rest[end + 1..].bytes().take_while(u8::is_ascii_digit).count()
                        }
                        _ => end,
                    };
                    self.push(Kind::Number(rest[..end].to_owned()), end);
                }
                c if c == '_' || c.is_alphabetic() => {
                    let name = word(rest);
                    self.push(Kind::Word(name.to_owned()), name.len());
                }
                c => return self.fail(format!("unexpected character {c:?} in command")),
            }
        }
    }

    fn quoted(&mut self) -> Result<(), TemplateError> {
        let rest = self.rest();
        let mut value = String::new();
        let mut chars = rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.push(Kind::Quoted(value), at + 1);
                    return Ok(());
                }
                '\n' => break,
                '\\' => match escape(&mut chars) {
                    Some(c) => value.push(c),
                    None => return self.fail("an escape in a quoted string that is none"),
                },
                c => value.push(c),
            }
        }
        self.fail("unterminated quoted string")
    }

    fn char_constant(&mut self) -> Result<(), TemplateError> {
        let rest = self.rest();
        let mut chars = rest.char_indices().skip(1);
        let value = match chars.next() {
            Some((_, '\\')) => escape(&mut chars),
            other => other.map(|(_, c)| c),
        };
        match (value, chars.next()) {
            (Some(value), Some((end, '\''))) => {
                self.push(Kind::Char(value), end + 1);
                Ok(())
            }
            _ => self.fail("unterminated character constant"),
        }
    }
}

fn escape(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    let (_, c) = chars.next()?;
    let (first, digits, radix) = match c {
        'n' => return Some('\n'),
        't' => return Some('\t'),
        'r' => return Some('\r'),
        'a' => return Some('\u{7}'),
        'b' => return Some('\u{8}'),
        'f' => return Some('\u{c}'),
        'v' => return Some('\u{b}'),
        '\\' | '"' | '\'' => return Some(c),
        'x' => (None, 2, 16),
        'u' => (None, 4, 16),
        'U' => (None, 8, 16),
        '0'..='7' => (Some(c), 3, 8),
        _ => return None,
    };
    let mut text: String = first.into_iter().collect();
    while text.len() < digits {
        text.push(chars.next()?.1);
    }
    char::from_u32(u32::from_str_radix(&text, radix).ok()?)
}

fn word(text: &str) -> &str {
    &text[..text.find(|c: char| !(c == '_' || c.is_alphanumeric())).unwrap_or(text.len())]
}

/// `.a.b` at the beginning: the names, and the length.
fn fields(text: &str) -> (Vec<String>, usize) {
    let (mut names, mut length) = (Vec::new(), 0);
    while let Some(rest) = text[length..].strip_prefix('.') {
        let name = word(rest);
        if name.is_empty() {
            break;
        }
        names.push(name.to_owned());
        length += 1 + name.len();
    }
    (names, length)
}
