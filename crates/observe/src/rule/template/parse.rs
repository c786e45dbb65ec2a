//! From tokens to a tree, refusing what Go's parser refuses.

use std::collections::HashMap;

use super::{
    DEPTH_MAX, TemplateError, functions,
    lex::{Kind, Token, lex},
    node::{Command, Node, Operand, Parsed, Pipeline},
    value::Value,
};

/// Variables that Prometheus puts before every template.
pub(super) const GIVEN: [&str; 4] = ["labels", "externalLabels", "externalURL", "value"];

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// Names of variables that can be seen.
    variables: Vec<String>,
    defined: HashMap<String, Vec<Node>>,
    depth: usize,
    /// Within how many ranges.
    ranges: usize,
}

/// How a list of nodes ended.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Ended {
    Text,
    End,
    /// `else`, and what follows it is read next.
    Else,
}

type Outcome<T> = Result<T, TemplateError>;

/// Reads a template.
pub(super) fn parse(text: &str) -> Outcome<Parsed> {
    let mut parser = Parser {
        tokens: lex(text)?,
        at: 0,
        variables: GIVEN.iter().map(ToString::to_string).chain([String::new()]).collect(),
        defined: HashMap::new(),
        depth: 0,
        ranges: 0,
    };
    let (body, ended) = parser.list()?;
    match ended {
        Ended::Text => Ok(Parsed { body, defined: parser.defined }),
        Ended::End => parser.fail("unexpected {{end}}"),
        Ended::Else => parser.fail("unexpected {{else}}"),
    }
}

impl Parser {
    fn fail<T>(&self, message: impl Into<String>) -> Outcome<T> {
        let line = self.tokens.get(self.at.min(self.tokens.len().saturating_sub(1))).map_or(1, |token| token.line);
        Err(TemplateError { line, message: message.into() })
    }

    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn next(&mut self) -> Option<Kind> {
        let kind = self.peek().cloned();
        self.at += 1;
        kind
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Kind::Word(found)) if found == word);
        self.at += usize::from(found);
        found
    }

    fn close(&mut self, context: &str) -> Outcome<()> {
        if self.peek() == Some(&Kind::Close) {
            self.at += 1;
            return Ok(());
        }
        self.fail(format!("unexpected {} in {context}", self.found()))
    }

    fn found(&self) -> String {
        match self.peek() {
            None => "end of the template".to_owned(),
            Some(Kind::Word(word)) => format!("{word:?}"),
            Some(Kind::Quoted(text)) => format!("text {text:?}"),
            Some(Kind::Number(text)) => format!("number {text}"),
            Some(Kind::Variable(name, _)) => format!("variable ${name}"),
            Some(Kind::Field(fields)) => format!("field .{}", fields.join(".")),
            Some(Kind::Close) => "\"}}\"".to_owned(),
            Some(Kind::Right(_)) => "\")\"".to_owned(),
            Some(Kind::Left) => "\"(\"".to_owned(),
            Some(Kind::Pipe) => "\"|\"".to_owned(),
            Some(Kind::Comma) => "\",\"".to_owned(),
            Some(Kind::Assign) => "\"=\"".to_owned(),
            Some(Kind::Declare) => "\":=\"".to_owned(),
            Some(Kind::Dot) => "\".\"".to_owned(),
            Some(Kind::Char(c)) => format!("character {c:?}"),
            Some(Kind::Text(_) | Kind::Open) => "text".to_owned(),
        }
    }

    fn deeper(&mut self) -> Outcome<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX { self.fail(format!("more than {DEPTH_MAX} levels within one another")) } else { Ok(()) }
    }

    /// Nodes up to `end`, `else` or the end of the text.
    fn list(&mut self) -> Outcome<(Vec<Node>, Ended)> {
        self.deeper()?;
        let mut nodes = Vec::new();
        let ended = loop {
            match self.next() {
                None => break Ended::Text,
                Some(Kind::Text(text)) => nodes.push(Node::Text(text)),
                Some(Kind::Open) => {
                    if self.take_word("end") {
                        self.close("end")?;
                        break Ended::End;
                    }
                    if self.take_word("else") {
                        break Ended::Else;
                    }
                    if let Some(node) = self.action()? {
                        nodes.push(node);
                    }
                }
                Some(_) => return self.fail("text expected"),
            }
        };
        self.depth -= 1;
        Ok((nodes, ended))
    }

    fn action(&mut self) -> Outcome<Option<Node>> {
        let Some(Kind::Word(word)) = self.peek() else { return self.plain() };
        match word.as_str() {
            "if" => self.branch("if"),
            "with" => self.branch("with"),
            "range" => self.branch("range"),
            "define" => self.define(),
            "block" => self.block(),
            "template" => {
                self.at += 1;
                let Some(Kind::Quoted(name)) = self.next() else { return self.fail("template needs a name in quotes") };
                let with = if self.peek() == Some(&Kind::Close) { None } else { Some(self.pipeline("template", &Kind::Close)?) };
                self.close("template clause")?;
                Ok(Some(Node::Template { name, with }))
            }
            "break" | "continue" => {
                let ends = word == "break";
                self.at += 1;
                if self.ranges == 0 {
                    return self.fail("break and continue belong inside {{range}}");
                }
                self.close("break or continue")?;
                Ok(Some(if ends { Node::Break } else { Node::Continue }))
            }
            _ => self.plain(),
        }
    }

    fn plain(&mut self) -> Outcome<Option<Node>> {
        let pipeline = self.pipeline("command", &Kind::Close)?;
        self.close("command")?;
        Ok(Some(Node::Action(pipeline)))
    }

    fn branch(&mut self, word: &str) -> Outcome<Option<Node>> {
        self.at += 1;
        let seen = self.variables.len();
        let on = self.pipeline(word, &Kind::Close)?;
        self.close(word)?;
        self.ranges += usize::from(word == "range");
        let (then, ended) = self.list()?;
        self.ranges -= usize::from(word == "range");
        let otherwise = match ended {
            Ended::End => Vec::new(),
            Ended::Text => return self.fail(format!("{{{{{word}}}}} without {{{{end}}}}")),
            Ended::Else => {
                // `else if` and `else with` share the end.
                if word != "range" && matches!(self.peek(), Some(Kind::Word(next)) if next == word || (word == "with" && next == "with")) {
                    self.deeper()?;
                    let nested = self.branch(word)?;
                    self.depth -= 1;
                    nested.into_iter().collect()
                } else {
                    self.close("else")?;
                    let (otherwise, ended) = self.list()?;
                    match ended {
                        Ended::End => otherwise,
                        Ended::Else => return self.fail("a second {{else}}"),
                        Ended::Text => return self.fail(format!("{{{{{word}}}}} without {{{{end}}}}")),
                    }
                }
            }
        };
        self.variables.truncate(seen);
        Ok(Some(match word {
            "if" => Node::If { on, then, otherwise },
            "with" => Node::With { on, then, otherwise },
            _ => Node::Range { over: on, each: then, otherwise },
        }))
    }

    fn define(&mut self) -> Outcome<Option<Node>> {
        self.at += 1;
        if self.depth > 1 {
            return self.fail("{{define}} belongs to the top of a template");
        }
        let Some(Kind::Quoted(name)) = self.next() else { return self.fail("define needs a name in quotes") };
        self.close("define clause")?;
        // A template sees its own dot alone.
        let variables = std::mem::replace(&mut self.variables, vec![String::new()]);
        let (body, ended) = self.list()?;
        self.variables = variables;
        if ended != Ended::End {
            return self.fail("{{define}} without {{end}}");
        }
        self.defined.insert(name, body);
        Ok(None)
    }

    fn block(&mut self) -> Outcome<Option<Node>> {
        self.at += 1;
        let Some(Kind::Quoted(name)) = self.next() else { return self.fail("block needs a name in quotes") };
        let with = self.pipeline("block", &Kind::Close)?;
        self.close("block clause")?;
        let variables = std::mem::replace(&mut self.variables, vec![String::new()]);
        let (body, ended) = self.list()?;
        self.variables = variables;
        if ended != Ended::End {
            return self.fail("{{block}} without {{end}}");
        }
        self.defined.entry(name.clone()).or_insert(body);
        Ok(Some(Node::Template { name, with: Some(with) }))
    }

    /// Up to `end`, which is left where it is.
    fn pipeline(&mut self, context: &str, end: &Kind) -> Outcome<Pipeline> {
        self.deeper()?;
        let (variables, declares) = self.assigned(context)?;
        let mut commands = Vec::new();
        loop {
            commands.push(self.command(context)?);
            if self.peek() == Some(&Kind::Pipe) {
                self.at += 1;
                continue;
            }
            break;
        }
        let ends = matches!((self.peek(), end), (Some(Kind::Close), Kind::Close) | (Some(Kind::Right(_)), Kind::Right(_)));
        if !ends {
            return self.fail(format!("unexpected {} in {context}", self.found()));
        }
        if commands.iter().skip(1).any(|command| matches!(command.operands.first(), Some(Operand::Constant(_) | Operand::Dot))) {
            return self.fail("a stage of a pipeline that is no function cannot be given a value");
        }
        if declares {
            self.variables.extend(variables.iter().cloned());
        }
        self.depth -= 1;
        Ok(Pipeline { variables, declares, commands })
    }

    fn assigned(&mut self, context: &str) -> Outcome<(Vec<String>, bool)> {
        let name_at = |at: usize| match self.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Variable(name, fields)) if fields.is_empty() => Some(name.clone()),
            _ => None,
        };
        let kind_at = |at: usize| self.tokens.get(at).map(|token| &token.kind);
        let mut names = Vec::new();
        let mut at = self.at;
        while let Some(name) = name_at(at) {
            names.push(name);
            at += 1;
            match kind_at(at) {
                Some(Kind::Comma) if context == "range" && names.len() == 1 => at += 1,
                Some(Kind::Declare | Kind::Assign) => {
                    let declares = kind_at(at) == Some(&Kind::Declare);
                    self.at = at + 1;
                    if let Some(name) = names.iter().find(|name| !declares && !self.variables.contains(name)) {
                        return self.fail(format!("undefined variable \"${name}\""));
                    }
                    return Ok((names, declares));
                }
                _ => break,
            }
        }
        Ok((Vec::new(), false))
    }

    fn command(&mut self, context: &str) -> Outcome<Command> {
        let mut operands = Vec::new();
        while let Some(operand) = self.operand()? {
            operands.push(operand);
        }
        if operands.is_empty() {
            return self.fail(format!("missing value for {context}: found {}", self.found()));
        }
        if operands.len() > 1 && matches!(operands[0], Operand::Constant(_) | Operand::Dot) {
            return self.fail("a value that is no function cannot be given arguments");
        }
        Ok(Command { operands })
    }

    fn operand(&mut self) -> Outcome<Option<Operand>> {
        let Some(kind) = self.peek().cloned() else { return self.fail("unclosed action") };
        let operand = match kind {
            Kind::Dot => Operand::Dot,
            Kind::Quoted(text) => Operand::Constant(Value::Text(text)),
            Kind::Char(c) => Operand::Constant(Value::Int(i64::from(u32::from(c)))),
            Kind::Number(text) => match number(&text) {
                Some(value) => Operand::Constant(value),
                None => return self.fail(format!("bad number syntax: {text:?}")),
            },
            Kind::Field(fields) => Operand::Field(fields),
            Kind::Variable(name, fields) => {
                if !self.variables.contains(&name) {
                    return self.fail(format!("undefined variable \"${name}\""));
                }
                Operand::Variable(name, fields)
            }
            Kind::Word(word) => match word.as_str() {
                "true" => Operand::Constant(Value::Bool(true)),
                "false" => Operand::Constant(Value::Bool(false)),
                "nil" => Operand::Constant(Value::Nil),
                "if" | "else" | "end" | "range" | "with" | "define" | "template" | "block" => {
                    return self.fail(format!("unexpected <{word}> in command"));
                }
                name if functions::exists(name) => Operand::Function(word),
                name => return self.fail(format!("function {name:?} not defined")),
            },
            Kind::Left => {
                self.at += 1;
                let pipeline = self.pipeline("parenthesized pipeline", &Kind::Right(Vec::new()))?;
                let Some(Kind::Right(fields)) = self.next() else { return self.fail("unclosed parenthesis") };
                return Ok(Some(Operand::Paren(Box::new(pipeline), fields)));
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(operand))
    }
}

fn number(text: &str) -> Option<Value> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => (-1_i64, digits),
        None => (1, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let radix = |prefix: [&str; 2], radix| {
        let digits = digits.strip_prefix(prefix[0]).or_else(|| digits.strip_prefix(prefix[1]))?;
        i64::from_str_radix(digits, radix).ok()
    };
    if let Some(value) = radix(["0x", "0X"], 16).or_else(|| radix(["0o", "0O"], 8)).or_else(|| radix(["0b", "0B"], 2)) {
        return Some(Value::Int(sign * value));
    }
    if let Ok(value) = plain.parse::<i64>() {
        return Some(Value::Int(value));
    }
    let float = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && !digits.contains(['n', 'i']);
    plain.parse::<f64>().ok().filter(|_| float).map(Value::Float)
}
