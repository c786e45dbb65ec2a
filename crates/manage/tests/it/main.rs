//! The manage hall through its routes and its consumers, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::too_many_lines, missing_docs)]

mod access;
mod alerts;
mod automation;
mod automation_request;
mod behaviour;
mod change;
mod definitions;
mod desk;
mod document;
mod erasing;
mod finding;
mod follow_up;
mod import;
mod knowledge;
mod lifecycle;
mod maintenance;
mod major;
mod merge;
mod notes;
mod problem;
mod queue;
mod request;
mod review;
mod sequences;
mod silences;
mod status;
mod status_page;
mod suppression;
mod survey;
mod upgrade;
mod voice;
mod world;
mod writers;
