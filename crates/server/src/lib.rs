//! The binary: configuration, wiring, sign-in, the embedded console, the sub-commands.
//!
//! No business rule lives here. The halls are hung together in [`app`]; what one hall asks of another goes through
//! [`port`].

use std::process::ExitCode;

use clap::Parser as _;

pub mod ambient;
pub mod app;
pub mod command;
pub mod config;
pub mod definition;
pub mod folder;
pub mod http;
mod log;
pub mod port;
pub mod practice;
pub mod sign_in;
mod work;

/// Reads the command line and runs the command. Exit codes: 0 done, 1 refused or failed, 2 the command line is wrong.
pub fn main() -> ExitCode {
    let line = command::Line::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the runtime cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(command::run(line));
    // Blocking threads that hang (a read of standard input) must not keep the process alive.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {}", command::sentence(&failure));
            ExitCode::FAILURE
        }
    }
}
