//! What a provider's answers and receipts mean. Pure.

use serde_json::Value;

use super::GatewayDefinition;

/// Characters that are kept of what a provider says.
const KEPT_CHARS: usize = 200;

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It arrived.
    Delivered(String),
    /// It will not.
    Failed(String),
    /// It is on its way.
    Open,
}

fn word(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
        .chars()
        .filter(|letter| !letter.is_control())
        .take(KEPT_CHARS)
        .collect()
}

impl GatewayDefinition {
    /// Whether an answer of 2xx with this body means that the message was taken.
    ///
    /// # Errors
    /// What the provider said instead.
    pub fn accepted(&self, body: &str) -> Result<String, String> {
        let accept = self.accept.clone().unwrap_or_else(|| self.shape.accept());
        let Some(pointer) = accept.pointer else { return Ok(word(&Value::String(body.to_owned()))) };
        let Ok(answer) = serde_json::from_str::<Value>(body) else {
            return Err(format!("the gateway's answer is no JSON: {}", word(&Value::String(body.to_owned()))));
        };
        let found = answer.pointer(&pointer).filter(|value| !value.is_null());
        match (found, &accept.equals) {
            (Some(found), None) => Ok(word(found)),
            (Some(found), Some(wanted)) if found == wanted => Ok(word(found)),
            _ => Err(format!("the gateway did not take it: {}", word(&answer))),
        }
    }

    /// What a receipt says: JSON, or a form.
    pub fn receipt(&self, body: &[u8]) -> Verdict {
        let Some(rule) = self.receipt_rule() else { return Verdict::Open };
        let said = match serde_json::from_slice::<Value>(body) {
            Ok(json) => {
                let pointer = if rule.field.starts_with('/') { rule.field.clone() } else { format!("/{}", rule.field) };
                json.pointer(&pointer).map(word)
            }
            Err(_) => url::form_urlencoded::parse(body).find(|(name, _)| *name == rule.field).map(|(_, value)| value.into_owned()),
        };
        match said {
            Some(said) if rule.delivered.contains(&said) => Verdict::Delivered(said),
            Some(said) if rule.failed.contains(&said) => Verdict::Failed(said),
            _ => Verdict::Open,
        }
    }
}
