//! Running a template.

use std::sync::Arc;

use super::{
    DEPTH_MAX, Data, OUTPUT_BYTES_MAX, STEPS_MAX, functions,
    node::{Command, Node, Operand, Parsed, Pipeline},
    value::Value,
};

/// How a list of nodes ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

struct Run<'a> {
    parsed: &'a Parsed,
    data: &'a Data<'a>,
    out: String,
    variables: Vec<(String, Value)>,
    steps: usize,
    depth: usize,
}

/// What the template writes.
pub(super) fn run(parsed: &Parsed, data: &Data<'_>) -> Result<String, String> {
    let given = [
        ("labels", functions::labels(&data.labels)),
        ("externalLabels", functions::labels(data.external_labels)),
        ("externalURL", Value::Text(data.external_url.to_owned())),
        ("value", Value::Float(data.value)),
        ("", Value::Root),
    ];
    let variables = given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut run = Run { parsed, data, out: String::new(), variables, steps: 0, depth: 0 };
    run.list(&parsed.body, &Value::Root)?;
    Ok(run.out)
}

impl Run<'_> {
    fn step(&mut self) -> Result<(), String> {
        self.steps += 1;
        if self.steps > STEPS_MAX { Err(format!("the template takes more than {STEPS_MAX} steps")) } else { Ok(()) }
    }

    fn write(&mut self, text: &str) -> Result<(), String> {
        if self.out.len() + text.len() > OUTPUT_BYTES_MAX {
            return Err(format!("the template writes more than {OUTPUT_BYTES_MAX} bytes"));
        }
        self.out.push_str(text);
        Ok(())
    }

    fn list(&mut self, nodes: &[Node], dot: &Value) -> Result<Flow, String> {
        let seen = self.variables.len();
        let mut flow = Flow::On;
        for node in nodes {
            flow = self.node(node, dot)?;
            if flow != Flow::On {
                break;
            }
        }
        self.variables.truncate(seen);
        Ok(flow)
    }

    fn node(&mut self, node: &Node, dot: &Value) -> Result<Flow, String> {
        self.step()?;
        match node {
            Node::Text(text) => self.write(text)?,
            Node::Action(pipeline) => {
                let value = self.pipeline(pipeline, dot)?;
                if pipeline.variables.is_empty() {
                    self.write(&value.text())?;
                }
            }
            Node::If { on, then, otherwise } => {
                let seen = self.variables.len();
                let chosen = if self.pipeline(on, dot)?.is_true() { then } else { otherwise };
                let flow = self.list(chosen, dot)?;
                self.variables.truncate(seen);
                return Ok(flow);
            }
            Node::With { on, then, otherwise } => {
                let seen = self.variables.len();
                let value = self.pipeline(on, dot)?;
                let flow = if value.is_true() { self.list(then, &value)? } else { self.list(otherwise, dot)? };
                self.variables.truncate(seen);
                return Ok(flow);
            }
            Node::Range { over, each, otherwise } => return self.range(over, each, otherwise, dot),
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
            Node::Template { name, with } => self.template(name, with.as_ref(), dot)?,
        }
        Ok(Flow::On)
    }

    fn template(&mut self, name: &str, with: Option<&Pipeline>, dot: &Value) -> Result<(), String> {
        let value = with.map_or(Ok(Value::Nil), |with| self.pipeline(with, dot))?;
        let parsed = self.parsed;
        let Some(body) = parsed.defined.get(name) else { return Err(format!("template {name:?} not defined")) };
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("exceeded maximum template depth ({DEPTH_MAX})"));
        }
        let outside = std::mem::replace(&mut self.variables, vec![(String::new(), value.clone())]);
        self.list(body, &value)?;
        self.variables = outside;
        self.depth -= 1;
        Ok(())
    }

    fn range(&mut self, over: &Pipeline, each: &[Node], otherwise: &[Node], dot: &Value) -> Result<Flow, String> {
        let seen = self.variables.len();
        // The variables of a range are its items', not the whole's.
        let bare = Pipeline { variables: Vec::new(), declares: false, commands: over.commands.clone() };
        let items: Vec<(Value, Value)> = match self.pipeline(&bare, dot)? {
            Value::List(list) => {
                list.iter().enumerate().map(|(at, value)| (Value::Int(i64::try_from(at).unwrap_or(0)), value.clone())).collect()
            }
            Value::Labels(labels) => labels.iter().map(|(name, value)| (Value::Text(name.clone()), Value::Text(value.clone()))).collect(),
            Value::Map(map) => map.iter().map(|(name, value)| (Value::Text(name.clone()), value.clone())).collect(),
            Value::Int(count) => {
                (0..count.clamp(0, i64::try_from(STEPS_MAX).unwrap_or(i64::MAX))).map(|at| (Value::Int(at), Value::Int(at))).collect()
            }
            Value::Nil => Vec::new(),
            other => return Err(format!("range can't iterate over {}", other.type_name())),
        };
        if items.is_empty() {
            return self.list(otherwise, dot);
        }
        for (key, value) in items {
            self.step()?;
            match over.variables.as_slice() {
                [] => {}
                [item] => self.assign(item, value.clone(), over.declares),
                [at, item, ..] => {
                    self.assign(at, key, over.declares);
                    self.assign(item, value.clone(), over.declares);
                }
            }
            let flow = self.list(each, &value)?;
            if over.declares {
                self.variables.truncate(seen);
            }
            if flow == Flow::Break {
                break;
            }
        }
        self.variables.truncate(seen);
        Ok(Flow::On)
    }

    fn assign(&mut self, name: &str, value: Value, declares: bool) {
        if declares {
            self.variables.push((name.to_owned(), value));
        } else if let Some((_, known)) = self.variables.iter_mut().rev().find(|(known, _)| known == name) {
            *known = value;
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Value) -> Result<Value, String> {
        let mut value = None;
        for command in &pipeline.commands {
            value = Some(self.command(command, dot, value)?);
        }
        let value = value.unwrap_or(Value::Nil);
        for name in &pipeline.variables {
            self.assign(name, value.clone(), pipeline.declares);
        }
        Ok(value)
    }

    fn command(&mut self, command: &Command, dot: &Value, last: Option<Value>) -> Result<Value, String> {
        self.step()?;
        let Some((first, rest)) = command.operands.split_first() else { return Ok(Value::Nil) };
        match first {
            Operand::Function(name) if name == "and" || name == "or" => self.logic(name == "and", rest, dot, last),
            Operand::Function(name) => {
                let mut arguments = Vec::with_capacity(rest.len() + 1);
                for operand in rest {
                    arguments.push(self.operand(operand, dot)?);
                }
                arguments.extend(last);
                functions::call(name, arguments, self.data)
            }
            _ if !rest.is_empty() || last.is_some() => Err("can't give argument to non-function".to_owned()),
            operand => self.operand(operand, dot),
        }
    }

    /// `and`, `or`: the first that decides, or the last.
    fn logic(&mut self, and: bool, rest: &[Operand], dot: &Value, last: Option<Value>) -> Result<Value, String> {
        let mut value = Value::Nil;
        for operand in rest {
            value = self.operand(operand, dot)?;
            if value.is_true() != and {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    fn operand(&mut self, operand: &Operand, dot: &Value) -> Result<Value, String> {
        match operand {
            Operand::Dot => Ok(dot.clone()),
            Operand::Constant(value) => Ok(value.clone()),
            Operand::Field(fields) => self.fields(dot.clone(), fields),
            Operand::Variable(name, fields) => {
                let found = self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
                let value = found.ok_or_else(|| format!("undefined variable \"${name}\""))?;
                self.fields(value, fields)
            }
            Operand::Function(name) => functions::call(name, Vec::new(), self.data),
            Operand::Paren(pipeline, fields) => {
                let value = self.pipeline(pipeline, dot)?;
                self.fields(value, fields)
            }
        }
    }

    fn fields(&self, mut value: Value, fields: &[String]) -> Result<Value, String> {
        for field in fields {
            value = match (&value, field.as_str()) {
                (Value::Root, "Labels") => functions::labels(&self.data.labels),
                (Value::Root, "ExternalLabels") => functions::labels(self.data.external_labels),
                (Value::Root, "ExternalURL") => Value::Text(self.data.external_url.to_owned()),
                (Value::Root, "Value") => Value::Float(self.data.value),
                (Value::Labels(labels), name) => Value::Text(labels.get(name).cloned().unwrap_or_default()),
                (Value::Map(map), name) => map.get(name).cloned().unwrap_or(Value::Nil),
                (Value::Sample(sample), "Labels") => Value::Labels(Arc::new(sample.labels.clone())),
                (Value::Sample(sample), "Value") => Value::Float(sample.value),
                (Value::Nil, name) => return Err(format!("nil data; no entry for key {name:?}")),
                (value, name) => return Err(format!("can't evaluate field {name} in type {}", value.type_name())),
            };
        }
        Ok(value)
    }
}
