//! A template as a tree.

use std::collections::HashMap;

use super::value::Value;

/// A template and those it defines.
#[derive(Debug, Clone)]
pub(super) struct Parsed {
    pub body: Vec<Node>,
    pub defined: HashMap<String, Vec<Node>>,
}

/// A part of a template.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Text(String),
    /// `{{ pipeline }}`: what it yields is written, unless it is assigned.
    Action(Pipeline),
    If {
        on: Pipeline,
        then: Vec<Node>,
        otherwise: Vec<Node>,
    },
    With {
        on: Pipeline,
        then: Vec<Node>,
        otherwise: Vec<Node>,
    },
    Range {
        over: Pipeline,
        each: Vec<Node>,
        otherwise: Vec<Node>,
    },
    Break,
    Continue,
    /// `{{ template "name" pipeline }}`.
    Template {
        name: String,
        with: Option<Pipeline>,
    },
}

/// `$x := a | b c`.
#[derive(Debug, Clone)]
pub(super) struct Pipeline {
    /// Variables that are given a value, without their sign.
    pub variables: Vec<String>,
    /// `:=` (true) or `=`.
    pub declares: bool,
    pub commands: Vec<Command>,
}

/// An operand and its arguments.
#[derive(Debug, Clone)]
pub(super) struct Command {
    pub operands: Vec<Operand>,
}

/// What can stand in a command.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    /// `.`
    Dot,
    Constant(Value),
    /// `.a.b`
    Field(Vec<String>),
    /// `$x.a.b`
    Variable(String, Vec<String>),
    /// A function's name.
    Function(String),
    /// `(pipeline).a.b`
    Paren(Box<Pipeline>, Vec<String>),
}
