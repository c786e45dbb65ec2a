//! What tickets of every kind have in common. A kind of ticket (incident, request, …) is a folder of its own beside this
//! one; here is only what is the same for all of them.

pub mod machine;
mod manual;

pub use manual::states;
