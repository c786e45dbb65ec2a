#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acknowledging;
mod behaviour;
mod contract;
mod escalating;
mod house;
mod mail;
mod smtp;
mod webhook;
