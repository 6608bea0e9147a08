//! Use cases: begin, load, decide (domain), save, and hand the change over with its audit lines.

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
