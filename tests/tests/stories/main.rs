//! Stories across the halls, told with the real binary, on SQLite and on PostgreSQL.
//! Build it first (`cargo build --bin evenkeel`); `make test` does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, missing_docs)]

mod alertmanager;
mod browser_push;
mod change;
mod chat;
mod clocks;
mod command_line;
mod desk_rules;
mod erasure;
mod faults;
mod fifty_kills;
mod gateway;
mod import_history;
mod kit;
mod knowledge;
mod mail;
mod metrics;
mod metrics_file;
mod receivers;
mod release;
mod remote;
mod request;
mod review;
mod rules;
mod status_page;
mod storm;
mod the_loop_closes;
mod vantages;
mod voice;
mod watcher;
