//! The only layer that knows HTTP. `routes.rs` lists every operation; each noun's folder has its handlers.

pub mod access;
pub mod credit;
pub mod inspections;
pub mod intake;
pub mod items;
pub mod kernel;
pub mod officers;
pub mod oversight;
pub mod register;
pub mod risks;
pub mod spot_checks;
pub mod visits;

pub mod routes;
