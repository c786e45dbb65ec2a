//! The hall's behaviour over HTTP, consumers and timers, on every database.

mod clocks;
mod house;
mod reports;
mod verify;
