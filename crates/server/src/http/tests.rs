#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! What holds for every operation of the document.

mod apart;
mod blackbox;
mod definition;
mod denial;
mod heartbeat;
mod idempotency;
mod limits;
mod sample;
mod shape;
mod stream;
mod surface;
