//! The binary: configuration, wiring, sign-in, the embedded console, the sub-commands.
//!
//! No business rule lives here. The halls are hung together in [`app`]; what one hall asks of another goes through
//! [`port`].

// A pipe that closes must not panic: see print.rs.
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

use std::process::ExitCode;

use clap::Parser as _;

#[macro_use]
mod print;

pub mod ambient;
pub mod app;
mod blackbox;
pub mod command;
pub mod config;
pub mod definition;
mod fields;
pub mod folder;
pub mod http;
mod log;
pub mod metric_store;
mod outside;
mod own;
pub mod port;
pub mod practice;
mod reload;
mod rules;
mod secret_from;
pub mod sign_in;
mod slos;
mod stop;
#[cfg(test)]
mod testing;
mod work;

/// Reads the command line and runs the command. Exit codes: 0 done, 1 refused or failed, 2 the command line is wrong.
pub fn main() -> ExitCode {
    let line = command::Line::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            note!("error: the runtime cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(command::run(line));
    // Blocking threads that hang (a read of standard input) must not keep the process alive.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match outcome {
        Ok(_) if let Some(error) = print::failed() => {
            note!("error: standard output cannot be written: {error}");
            ExitCode::FAILURE
        }
        Ok(code) => code,
        Err(failure) => {
            note!("error: {}", command::sentence(&failure));
            ExitCode::FAILURE
        }
    }
}

/// Compares a document with the repository's file, or writes the file when `UPDATE_SNAPSHOTS` is set.
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
pub(crate) fn snapshot(path: &str, text: &str) {
    let file = std::path::Path::new("../..").join(path);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == text,
        "{path} is not what the code says; run `UPDATE_SNAPSHOTS=1 cargo test -p evenkeel-server` and look at the difference"
    );
}
