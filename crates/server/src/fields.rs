//! The fields of another tool's configuration, taken one by one: what is left over in the end was not understood, and is said.
//! Values may be secrets: no error shows one.

use serde_json::{Map, Value};

/// Fields that are not taken yet.
#[derive(Debug, Default)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Of a mapping; an empty one for nothing.
    pub fn of(value: Option<Value>) -> Result<Self, String> {
        match value {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::Object(map)) => Ok(Self(map)),
            Some(_) => Err("this is no mapping".to_owned()),
        }
    }

    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// A word or number, as text.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(format!("{name} is no text")),
        }
    }

    pub fn flag(&mut self, name: &str) -> Result<Option<bool>, String> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(format!("{name} is neither true nor false")),
        }
    }

    pub fn number(&mut self, name: &str) -> Result<Option<u64>, String> {
        self.take(name).map(|value| value.as_u64().ok_or_else(|| format!("{name} is no whole number"))).transpose()
    }

    pub fn list(&mut self, name: &str) -> Result<Vec<Value>, String> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => Ok(list),
            Some(_) => Err(format!("{name} is no list")),
        }
    }

    pub fn texts(&mut self, name: &str) -> Result<Vec<String>, String> {
        let word = |value: Value| match value {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(format!("{name} is no text")),
        };
        self.list(name)?.into_iter().map(word).collect()
    }

    pub fn fields(&mut self, name: &str) -> Result<Self, String> {
        let value = self.take(name);
        Self::of(value).map_err(|error| format!("{name}: {error}"))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What nobody took.
    pub fn rest(self) -> impl Iterator<Item = String> {
        self.0.into_iter().map(|(name, _)| name)
    }
}
