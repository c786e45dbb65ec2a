//! Refusals that several nouns share, with what, where and what to do.

use evenkeel_core::{ErrorCode, Failure, Id, id::Kind};
use evenkeel_store::StoreError;

/// A definition points at something that does not exist.
pub(crate) fn dangling<K: Kind>(noun: &str, name: &str, place: &str, id: impl std::borrow::Borrow<Id<K>>) -> StoreError {
    let kind = K::NAME;
    Failure::new(
        ErrorCode::Invalid,
        format!("{noun} {name:?} names a {kind} that does not exist ({}); declare the {kind} first or correct the reference", id.borrow()),
    )
    .at(place)
    .into()
}

/// Something is to go that others still refer to.
pub(crate) fn in_use(noun: &str, users: &[String]) -> StoreError {
    const SHOWN: usize = 10;
    let mut shown = users.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if users.len() > SHOWN {
        shown.push_str(", …");
    }
    Failure::new(ErrorCode::Invalid, format!("this {noun} is still in use by {shown}; change or retire those first")).into()
}

/// A value that is not acceptable.
pub(crate) fn invalid(place: &str, detail: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::Invalid, detail).at(place)
}
