//! Inhibition: alerts that keep others from being told while they fire.
//!
//! Invariants: a rule is a definition; which alerts are its sources is kept in a table under the values of its `equal`
//! labels, so that asking whether an alert is inhibited costs one look a rule, however many fire; an alert that both sides
//! of a rule match is not inhibited by another such alert, nor by itself, as in Alertmanager.

mod index;
mod store;
mod table;

pub use index::{Index, key};
pub(crate) use store::{Inhibitor, forget, inhibitor, note, rules};
pub use store::{KIND, put, retire};
pub use table::MIGRATIONS;
