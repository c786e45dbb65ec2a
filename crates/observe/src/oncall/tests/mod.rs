#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod keeping;
mod rota;
mod schedule;
mod swapping;
