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
