//! Legal clocks (rules of the trade §12): the calendar of working days, and the one engine that counts every deadline.

pub mod calendar;
pub mod legal;
mod words;

#[cfg(test)]
mod legal_tests;

pub use legal::{Clock, Due, Flag, Term, TermUnit};
