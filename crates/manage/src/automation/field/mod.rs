//! Fields of the house's own on tickets: what they may say is what a field of a catalogue form may.

pub(crate) mod export;
mod found;
pub(super) mod set;
mod table;
pub(super) mod view;

use std::collections::BTreeMap;

use evenkeel_core::{Failure, definition::Bilingual};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Scoped;
use crate::{
    catalogue::{self, Answers, Field, FieldKind},
    refuse::invalid,
};

pub(crate) use found::words;
pub(crate) use set::{apply_all, apply_plain, required};
pub(crate) use table::{Narrowed, narrow, values};

/// When a field must say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FieldRequiredAt)]
pub enum RequiredAt {
    /// Before the ticket is resolved by somebody.
    Resolve,
    /// Before the ticket is closed by somebody.
    Close,
}

/// A field of the house's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketField)]
pub struct FieldDefinition {
    /// What rules, filters and programs name it by: small letters, digits and `_`.
    pub name: String,
    /// What it is called.
    pub title: Bilingual,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Bilingual>,
    /// What it may say.
    pub answer: FieldKind,
    /// Which tickets have it; all when not given.
    #[serde(default, skip_serializing_if = "Scoped::is_all")]
    pub scope: Scoped,
    /// When it must say something; never when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_at: Option<RequiredAt>,
    /// Whether customers see it; staff only when not given.
    #[serde(default)]
    pub for_customers: bool,
}

impl FieldDefinition {
    /// As the catalogue has fields: its rules are the ones here.
    fn asked(&self) -> Field {
        Field {
            key: self.name.clone(),
            label: self.title.clone(),
            hint: self.hint.clone(),
            required: false,
            shown_when: None,
            kind: self.answer.clone(),
        }
    }

    pub(super) fn check(&self) -> Result<(), Failure> {
        self.scope.check()?;
        catalogue::check_form(&[self.asked()]).map_err(|failure| {
            let at = failure.at.as_deref().unwrap_or_default().replacen("/form/0", "", 1);
            let at = match at.as_str() {
                "/key" => "/name".to_owned(),
                label if label.starts_with("/label") => label.replacen("/label", "/title", 1),
                hint if hint.starts_with("/hint") => hint.to_owned(),
                other => format!("/answer{other}"),
            };
            failure.at(at)
        })
    }

    /// Whether it holds words that people wrote, which may be personal.
    pub const fn holds_words(&self) -> bool {
        matches!(self.answer, FieldKind::Text { .. } | FieldKind::LongText { .. })
    }

    /// What it says then; none = nothing.
    ///
    /// # Errors
    /// A refusal of a value that it cannot say.
    pub(super) fn accepts(&self, at: &str, value: &Value) -> Result<Option<Value>, Failure> {
        let given = Answers::from([(self.name.clone(), value.clone())]);
        let mut answers = catalogue::validate(&[self.asked()], &given).map_err(|failure| failure.at(at.to_owned()))?;
        Ok(answers.remove(&self.name))
    }
}

/// What a queue finds a value by; none = it cannot be found by this field.
fn filter_key(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

/// The name and value that a filter of the queue means: `floor:3`.
///
/// # Errors
/// A refusal of what is no such pair.
pub(crate) fn pair(text: &str) -> Result<(String, String), Failure> {
    let parts = text.split_once(':').filter(|(name, value)| !name.is_empty() && !value.is_empty() && text.len() <= 300);
    let (name, value) = parts.ok_or_else(|| invalid("field", "write the field's name, a colon, and what it says: `floor:3`"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Values by the name of their field.
pub(crate) type Values = BTreeMap<String, Value>;
