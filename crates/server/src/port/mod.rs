//! What one hall asks of another, implemented over the hall that knows; and the halls as one thing.

mod alerts;
mod analyze;
mod chat;
mod directory;
mod halls;
mod looks;
mod mail;
mod owners;
mod quiet;
mod rules;
pub(crate) mod secrets;
mod services;
mod status;

pub(crate) use directory::ManageDirectory;
pub(crate) use halls::{Halls, blobs, index};
pub(crate) use services::by_name as service_named;
pub(crate) use status::SignedIn;
