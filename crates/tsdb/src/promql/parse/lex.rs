//! The text cut into tokens.

use crate::promql::{
    ast::{Span, Text},
    number,
};

/// A token.
#[derive(Debug, Clone)]
pub enum Token {
    /// A name, a keyword or a metric's name with colons.
    Name,
    /// A number.
    Number(f64),
    /// A duration, in seconds.
    Duration(f64),
    /// A text in quotes.
    Text(Text),
    /// Punctuation or an operator.
    Mark(Mark),
    /// The end.
    End,
}

/// Punctuation and operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `=`
    Assign,
    /// `=~`
    Regex,
    /// `!~`
    NotRegex,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `</`
    TrimUpper,
    /// `>/`
    TrimLower,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Mod,
    /// `^`
    Pow,
    /// `@`
    At,
}

/// Longer ones first, so that the first that fits is meant.
const MARKS: [(&str, Mark); 26] = [
    ("=~", Mark::Regex),
    ("!~", Mark::NotRegex),
    ("==", Mark::Equal),
    ("!=", Mark::NotEqual),
    ("<=", Mark::LessEqual),
    ("</", Mark::TrimUpper),
    (">=", Mark::GreaterEqual),
    (">/", Mark::TrimLower),
    ("(", Mark::Open),
    (")", Mark::Close),
    ("{", Mark::OpenBrace),
    ("}", Mark::CloseBrace),
    ("[", Mark::OpenBracket),
    ("]", Mark::CloseBracket),
    (",", Mark::Comma),
    (":", Mark::Colon),
    ("=", Mark::Assign),
    ("<", Mark::Less),
    (">", Mark::Greater),
    ("+", Mark::Add),
    ("-", Mark::Sub),
    ("*", Mark::Mul),
    ("/", Mark::Div),
    ("%", Mark::Mod),
    ("^", Mark::Pow),
    ("@", Mark::At),
];

/// What is wrong, and where.
pub type Fault = (Span, String);

/// Cuts a text into tokens; the last is [`Token::End`].
pub fn tokens(text: &str) -> Result<Vec<(Token, Span)>, Fault> {
    let mut lexer = Lexer { text, at: 0, brackets: 0, braces: 0 };
    let mut found = Vec::new();
    loop {
        let token = lexer.next()?;
        let end = matches!(token.0, Token::End);
        found.push(token);
        if end {
            return Ok(found);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    brackets: usize,
    braces: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Result<(Token, Span), Fault> {
        self.skip_blanks();
        let start = self.at;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok((Token::End, Span { start, end: start }));
        };
        let token = match first {
            '"' | '\'' | '`' => self.text(first)?,
            '0'..='9' => self.number()?,
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number()?,
            'a'..='z' | 'A'..='Z' | '_' => self.name(),
            ':' if self.brackets == 0 && self.braces == 0 && rest[1..].starts_with(name_part) => self.name(),
            _ => self.mark(first)?,
        };
        Ok((token, Span { start, end: self.at }))
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            self.at += blanks;
            if !self.rest().starts_with('#') {
                return;
            }
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    fn name(&mut self) -> Token {
        // A colon is part of a metric's name, but between brackets it divides range and step.
        let colons = self.brackets == 0 && self.braces == 0;
        let rest = self.rest();
        let length = rest.find(|c: char| !(name_part(c) || (c == ':' && colons))).unwrap_or(rest.len());
        let name = &rest[..length];
        let token = match name.to_ascii_lowercase().as_str() {
            "inf" => Token::Number(f64::INFINITY),
            "nan" => Token::Number(f64::NAN),
            _ => Token::Name,
        };
        self.at += length;
        token
    }

    fn mark(&mut self, first: char) -> Result<Token, Fault> {
        let rest = self.rest();
        let Some((text, mark)) = MARKS.iter().find(|(text, _)| rest.starts_with(text)) else {
            let span = Span { start: self.at, end: self.at + first.len_utf8() };
            return Err((span, format!("unexpected character: {first:?}")));
        };
        self.at += text.len();
        match mark {
            Mark::OpenBracket => self.brackets += 1,
            Mark::CloseBracket => self.brackets = self.brackets.saturating_sub(1),
            Mark::OpenBrace => self.braces += 1,
            Mark::CloseBrace => self.braces = self.braces.saturating_sub(1),
            _ => {}
        }
        Ok(Token::Mark(*mark))
    }

    fn number(&mut self) -> Result<Token, Fault> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let mut end = 0;
        if bytes[0] == b'0' && matches!(bytes.get(1), Some(b'x' | b'X')) {
            end = 2 + count(&bytes[2..], |c| c.is_ascii_hexdigit() || c == b'_');
        } else {
            end += count(bytes, |c| c.is_ascii_digit() || c == b'_');
            let mut float = false;
            if bytes.get(end) == Some(&b'.') {
                float = true;
                end += 1 + count(&bytes[end + 1..], |c| c.is_ascii_digit() || c == b'_');
            }
            if matches!(bytes.get(end), Some(b'e' | b'E')) {
                let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
                let digits = count(&bytes[end + 1 + sign..], |c| c.is_ascii_digit());
                if digits > 0 {
                    float = true;
                    end += 1 + sign + digits;
                }
            }
            if !float && bytes.get(end).is_some_and(u8::is_ascii_alphabetic) {
                return self.duration();
            }
        }
        let (written, bad) = self.written(end);
        let value = number::number(&written).filter(|_| !bad);
        let start = self.at;
        self.at += written.len();
        match value {
            Some(value) => Ok(Token::Number(value)),
            None => Err((Span { start, end: self.at }, format!("bad number or duration syntax: {}", number::quote(&written)))),
        }
    }

    fn duration(&mut self) -> Result<Token, Fault> {
        let bytes = self.rest().as_bytes();
        let end = count(bytes, |c| c.is_ascii_alphanumeric());
        let (written, bad) = self.written(end);
        let start = self.at;
        self.at += written.len();
        match number::duration_ms(&written).filter(|_| !bad) {
            Some(ms) => Ok(Token::Duration(ms as f64 / 1000.0)),
            None => Err((Span { start, end: self.at }, format!("bad number or duration syntax: {}", number::quote(&written)))),
        }
    }

    /// What was read, and whether a letter or digit that does not belong follows; it is then part of what was read.
    fn written(&self, end: usize) -> (String, bool) {
        let rest = self.rest();
        let more = rest[end..].find(|c: char| !(name_part(c) || c == '.')).unwrap_or(rest.len() - end);
        (rest[..end + more].to_owned(), more > 0)
    }

    fn text(&mut self, quote: char) -> Result<Token, Fault> {
        let start = self.at;
        let unterminated = |end| Err((Span { start, end }, "unterminated quoted string".to_owned()));
        let body = &self.text[start + 1..];
        if quote == '`' {
            let Some(length) = body.find('`') else { return unterminated(self.text.len()) };
            self.at = start + length + 2;
            return Ok(Token::Text(Text { value: body[..length].to_owned(), valid: true }));
        }
        let mut bytes = Vec::new();
        let mut read = 0;
        while let Some(c) = body[read..].chars().next() {
            read += c.len_utf8();
            match c {
                c if c == quote => {
                    self.at = start + 1 + read;
                    let valid = std::str::from_utf8(&bytes).is_ok();
                    return Ok(Token::Text(Text { value: String::from_utf8_lossy(&bytes).into_owned(), valid }));
                }
                '\n' => break,
                '\\' => {
                    let span = Span { start: start + read, end: start + 1 + read };
                    read += escape(&body[read..], quote, &mut bytes).ok_or_else(|| (span, "unknown escape sequence".to_owned()))?;
                }
                c => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        unterminated(start + 1 + read)
    }
}

fn name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn count(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| wanted(**byte)).count()
}

/// Writes what an escape means, as Go reads it; the length of the escape after its backslash.
fn escape(rest: &str, quote: char, into: &mut Vec<u8>) -> Option<usize> {
    let first = rest.chars().next()?;
    let simple = match first {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        c if c == quote => quote as u8,
        'x' | 'u' | 'U' => {
            let digits = match first {
                'x' => 2,
                'u' => 4,
                _ => 8,
            };
            let value = u32::from_str_radix(rest.get(1..=digits)?, 16).ok()?;
            if first == 'x' {
                into.push(value as u8);
            } else {
                into.extend_from_slice(char::from_u32(value)?.encode_utf8(&mut [0; 4]).as_bytes());
            }
            return Some(digits + 1);
        }
        '0'..='7' => {
            let value = u32::from_str_radix(rest.get(..3)?, 8).ok().filter(|value| *value < 256)?;
            into.push(value as u8);
            return Some(3);
        }
        _ => return None,
    };
    into.push(simple);
    Some(1)
}
