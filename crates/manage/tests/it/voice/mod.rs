//! The voice of the customer: grievances, complaints, surveys, and what is made of them.

pub mod asking;
mod board;
mod complaint;
pub mod grievance;
mod mutual;
