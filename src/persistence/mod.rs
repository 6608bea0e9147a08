//! The database: every noun has one scoped base query here, and there is one list mechanism and one write path. Only `db`
//! knows which database it is.

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
