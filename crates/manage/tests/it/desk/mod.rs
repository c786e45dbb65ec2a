//! The desk: its queue, views of it, acts on many, and what keeps colleagues from each other's feet.

mod attention;
mod bulk;
mod queue;
mod time;
mod views;
mod waiting;
