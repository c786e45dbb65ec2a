#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod checking;
mod evaluating;
mod replaying;
