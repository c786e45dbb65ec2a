//! `{{variable}}` and `{{secret.name}}` in texts of definitions. Pure.

use super::secret::SecretName;

/// Bytes between the braces, at most.
const NAME_BYTES_MAX: usize = 100;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// As it stands.
    Text(&'a str),
    /// The value of a variable.
    Variable(&'a str),
    /// The value of a secret; an error when its name cannot be one.
    Secret(Result<SecretName, String>),
}

/// Whether this may name a variable: a letter or `_`, then up to 59 letters, digits, `-` and `_`.
pub fn is_variable(name: &str) -> bool {
    name.len() <= 60
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// The pieces of a text, in order. Braces around what is neither name are text.
pub fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((part, after)) = reference(rest) {
            rest = after;
            return Some(part);
        }
        let braces = |at: &usize| rest.as_bytes()[*at..].starts_with(b"{{");
        let end = (1..rest.len()).filter(braces).find(|at| reference(&rest[*at..]).is_some()).unwrap_or(rest.len());
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Part::Text(text))
    })
}

/// The reference that a text begins with, and what follows it.
fn reference(text: &str) -> Option<(Part<'_>, &str)> {
    let inner = text.strip_prefix("{{")?;
    let end = inner.as_bytes().windows(2).take(NAME_BYTES_MAX).position(|pair| pair == b"}}")?;
    let (name, after) = (inner[..end].trim(), &inner[end + 2..]);
    let part = match name.strip_prefix("secret.") {
        Some(secret) => Part::Secret(SecretName::try_from(secret.to_owned())),
        None if is_variable(name) => Part::Variable(name),
        None => return None,
    };
    Some((part, after))
}

/// How a value is written where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// As it is.
    None,
    /// Within a string of JSON.
    Json,
    /// Within a query or a form.
    Form,
}

impl Escape {
    /// Writes a value.
    pub fn write(self, value: &str, out: &mut String) {
        match self {
            Self::None => out.push_str(value),
            Self::Json => {
                let quoted = serde_json::to_string(value).unwrap_or_default();
                out.push_str(quoted.get(1..quoted.len() - 1).unwrap_or_default());
            }
            Self::Form => out.extend(url::form_urlencoded::byte_serialize(value.as_bytes())),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn references_are_told_from_text() {
        let found: Vec<Part<'_>> = parts("a{{x}}b{{ secret.shop }}{{not one}}{{").collect();
        let secret = Part::Secret(SecretName::try_from("shop".to_owned()));
        assert_eq!(found, [Part::Text("a"), Part::Variable("x"), Part::Text("b"), secret, Part::Text("{{not one}}{{")]);
        assert_eq!(parts("{{{x}}}").collect::<Vec<_>>(), [Part::Text("{"), Part::Variable("x"), Part::Text("}")]);
        assert!(matches!(parts("{{secret.NO}}").next().unwrap(), Part::Secret(Err(_))));
    }

    #[test]
    fn a_value_cannot_leave_the_place_it_stands_in() {
        let written = |escape: Escape, value: &str| {
            let mut out = String::new();
            escape.write(value, &mut out);
            out
        };
        assert_eq!(written(Escape::Json, "a\",\"b\n"), "a\\\",\\\"b\\n");
        assert_eq!(written(Escape::Form, "a&b=c d"), "a%26b%3Dc+d");
    }
}
