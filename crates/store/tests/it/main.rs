//! One suite for both databases. Run with `EVENKEEL_TEST_POSTGRES` set (see scripts/postgres.sh) to include PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod blob;
mod consumer;
mod kit;
mod lease;
mod ledger;
mod migration;
mod outbox;
mod substring;
mod timer;
mod turn;
mod wake;
