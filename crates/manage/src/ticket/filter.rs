//! Which tickets a list shows.

use std::str::FromStr;

use evenkeel_core::Failure;

use super::machine::Machine;
use crate::refuse;

/// The states that a list asks for: `open`, `ended`, or states parted by commas; empty = any.
///
/// # Errors
/// A refusal that names the words there are.
pub fn states<M>(text: &str, is_open: impl Fn(M::State) -> bool) -> Result<Vec<M::State>, Failure>
where
    M: Machine<State: FromStr<Err = String>>,
{
    let of = |open: bool| M::STATES.iter().copied().filter(|state| is_open(*state) == open).collect();
    match text {
        "" | "all" => Ok(Vec::new()),
        "open" => Ok(of(true)),
        "ended" => Ok(of(false)),
        words => words
            .split(',')
            .map(|word| {
                word.trim().parse().map_err(|detail: String| {
                    let words = M::STATES.iter().map(ToString::to_string);
                    refuse::invalid("state", detail).allowed(["open".to_owned(), "ended".to_owned()].into_iter().chain(words))
                })
            })
            .collect(),
    }
}

/// The most names that a filter takes.
const NAMES_MAX: usize = 20;

/// The names that a list asks for, parted by commas; empty = any.
///
/// # Errors
/// A refusal of too many.
pub fn names(text: Option<&str>) -> Result<Vec<String>, Failure> {
    let names: Vec<String> =
        text.unwrap_or_default().split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    if names.len() > NAMES_MAX || names.iter().any(|name| name.chars().count() > 100) {
        return Err(refuse::invalid("status", format!("name at most {NAMES_MAX}, parted by commas")));
    }
    Ok(names)
}
