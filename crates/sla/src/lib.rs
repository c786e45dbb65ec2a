//! The promise engine: calendars, clocks, availability and attainment.
//!
//! Pure and total. Nothing here reads a file, a database or the ambient clock; nothing panics; every loop has a bound.
//! Time zones come from the tz data built into the binary, so that a figure computed today is computed alike tomorrow
//! on another machine.
//!
//! - [`Calendar`] answers *when is business open*: [`due`] and [`elapsed`] are each other's inverse.
//! - [`clock`] folds what happened to a ticket into the reading of one promise, and explains every second of it.
//! - [`availability`] and [`attainment`] make the two figures that agreements are judged by.
//! - [`intervals`] is the algebra of half-open intervals that the others stand on.

pub mod attainment;
pub mod availability;
pub mod calendar;
pub mod clock;
mod day;
pub mod intervals;
pub mod maintenance;

pub use calendar::{
    Calendar, CalendarDefinition, CalendarError, Due, ExceptionDefinition, HolidaySet, NeverDue, Weekday, WeeklyDefinition,
    WindowDefinition, due, elapsed,
};
