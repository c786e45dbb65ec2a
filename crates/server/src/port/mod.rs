//! What one hall asks of another, implemented over the hall that knows; and the halls as one thing.

mod directory;
mod halls;
mod mail;
mod owners;

pub(crate) use halls::Halls;
