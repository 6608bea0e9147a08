//! The trade: life cycles, draws, deadlines, codes and refusals, as pure functions and tables.
//!
//! No async, no database, no HTTP, no clock and no randomness: time and chance come in as values.

pub mod access;
pub mod complaints;
pub mod credit;
pub mod inspections;
pub mod intake;
pub mod items;
pub mod kernel;
pub mod officers;
pub mod oversight;
pub mod records;
pub mod register;
pub mod risks;
pub mod spot_checks;
pub mod visits;
