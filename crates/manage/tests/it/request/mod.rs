//! The catalogue and requests.

mod approving;
mod automated;
mod form;
pub mod kit;
mod reach;
mod whole;
