//! Relabelling rules of a file: defaults and checks, as Prometheus makes them.

use serde_saphyr::Spanned;

use super::{
    finding::nearest,
    raw,
    source::{Found, Source},
};
use crate::scrape::{
    labels::is_legacy_name,
    relabel::{Action, Pattern, Rule},
};

/// The rules of a list; those that are wrong are found and left out.
pub fn rules(source: &Source<'_>, found: &mut Found, list: Option<&Vec<Spanned<raw::Relabel>>>, utf8: bool) -> Vec<Rule> {
    list.into_iter().flatten().filter_map(|entry| rule(source, found, entry, utf8)).collect()
}

fn rule(source: &Source<'_>, found: &mut Found, entry: &Spanned<raw::Relabel>, utf8: bool) -> Option<Rule> {
    let raw = &entry.value;
    let errors = found.errors.len();
    let action = match &raw.action {
        None => Action::Replace,
        Some(word) => action(source, found, word)?,
    };
    let name = action.as_str();
    let regex = match Pattern::new(raw.regex.as_ref().map_or(Pattern::ALL, |regex| &regex.value)) {
        Ok(regex) => regex,
        Err(error) => {
            let at = raw.regex.as_ref().map_or(entry.referenced, |regex| regex.referenced);
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            source.wrong(
                found,
                at,
                format!("this regular expression cannot be read: {why}"),
                "correct it; RE2 syntax, anchored at both ends",
            );
            return None;
        }
    };
    let mut refuse = |what: String, fix: &str| source.wrong(found, entry.referenced, what, fix);
    let target = raw.target_label.as_ref().map_or("", |target| target.value.as_str());
    let is_name = |text: &str| if utf8 { !text.is_empty() } else { is_legacy_name(text) };
    let needs_target =
        matches!(action, Action::Replace | Action::HashMod | Action::Lowercase | Action::Uppercase | Action::KeepEqual | Action::DropEqual);
    if needs_target && target.is_empty() {
        refuse(format!("action {name} needs target_label"), "add target_label");
    } else if needs_target && !is_name(target) && !(action == Action::Replace && is_template(target)) {
        refuse(format!("target_label {target:?} is no name of a label"), "use letters, digits and _, not beginning with a digit");
    }
    if action == Action::HashMod && raw.modulus.unwrap_or(0) == 0 {
        refuse("action hashmod needs a modulus that is not 0".to_owned(), "add modulus");
    }
    let replacement = raw.replacement.as_ref().map_or("$1", |replacement| replacement.value.as_str());
    if action == Action::LabelMap && !is_name(replacement) && !is_template(replacement) {
        refuse(format!("replacement {replacement:?} is no name of a label"), "use letters, digits, _ and references such as $1");
    }
    if matches!(action, Action::Lowercase | Action::Uppercase) && replacement != "$1" {
        refuse(format!("action {name} takes no replacement"), "remove replacement");
    }
    let extra = raw.modulus.is_some() || raw.separator.is_some() || raw.replacement.is_some();
    if matches!(action, Action::KeepEqual | Action::DropEqual) && (extra || raw.regex.is_some()) {
        refuse(format!("action {name} takes source_labels and target_label only"), "remove the other keys");
    }
    if matches!(action, Action::LabelDrop | Action::LabelKeep) && (extra || raw.source_labels.is_some() || raw.target_label.is_some()) {
        refuse(format!("action {name} takes regex only"), "remove the other keys");
    }
    (found.errors.len() == errors).then(|| Rule {
        source_labels: raw.source_labels.clone().unwrap_or_default(),
        separator: raw.separator.clone().unwrap_or_else(|| ";".to_owned()),
        regex,
        modulus: raw.modulus.unwrap_or(0),
        target_label: target.to_owned(),
        replacement: replacement.to_owned(),
        action,
    })
}

fn action(source: &Source<'_>, found: &mut Found, word: &raw::Word) -> Option<Action> {
    let action = Action::parse(&word.value);
    if action.is_none() {
        let known: Vec<&str> = Action::ALL.iter().map(|(word, _)| *word).collect();
        let near = nearest(&word.value, &known).map_or(String::new(), |near| format!("did you mean {near:?}? "));
        source.wrong(found, word.referenced, format!("there is no action {:?}", word.value), format!("{near}Known: {}", known.join(", ")));
    }
    action
}

/// Whether a text is a label's name once its references (`$1`, `${name}`) are filled in.
fn is_template(text: &str) -> bool {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        plain.push_str(before);
        let (name, left) = match after.strip_prefix('{') {
            Some(braced) => match braced.split_once('}') {
                Some(parts) => parts,
                None => return false,
            },
            None => after.split_at(after.bytes().take_while(|byte| *byte == b'_' || byte.is_ascii_alphanumeric()).count()),
        };
        if name.is_empty() || !name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
            return false;
        }
        plain.push('x');
        rest = left;
    }
    plain.push_str(rest);
    is_legacy_name(&plain)
}
