//! Probes (拨测): looks at services from outside.
//!
//! A look goes: [`schedule`] says when, [`kind`] looks, [`uplink`] says whether our own line stood, [`verdict`] decides,
//! [`quorum`] says what several [`vantage`] points say
//! together, [`worker`] writes what changed. Nothing but transitions goes to the database; every look's measurements go to the
//! sample store.

pub mod address;
pub(crate) mod evidence;
pub mod kind;
pub mod lateness;
pub mod look;
pub mod model;
pub mod network;
pub mod quorum;
pub(crate) mod routes;
pub mod schedule;
pub mod secret;
pub mod store;
pub mod table;
pub mod template;
pub mod trouble;
pub mod uplink;
pub mod vantage;
pub mod verdict;
pub mod worker;

pub use model::ProbeDefinition;
pub use store::{Put, probe_id, put_probe, retire_probe};
pub use worker::{Hub, ProbeOptions};
