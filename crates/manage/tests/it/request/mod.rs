//! The catalogue and requests.

mod approving;
mod automated;
mod form;
mod kit;
mod reach;
mod whole;
