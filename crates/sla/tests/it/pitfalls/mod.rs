//! What went wrong in other tools' engines, each a test of ours, named after its number in the list of 51.
//!
//! The manual's table of them is `docs/*/pitfalls.md`. Two are tested where they could happen: 8 (a date set by hand is
//! shifted: no fact sets a due time here, it is always computed) with the problems' follow-ups, 23 (a feed that needs a zone
//! set by hand) with the rotas' feed. Of 20 and 22 the engine's part is tested here: hours stay on the wall clock, and the
//! notation of an instant is of no account. The "next update" goal of 34 and 35 does not exist yet; that goals do not disturb
//! each other and who starts or stops a response is tested here.

mod availability;
mod calendars;
mod clocks;
mod pauses;
mod responses;
mod table;
