//! Plans and draws.

mod after_freeze;
mod binding;
mod bodies;
mod chance;
mod corrections;
mod draws;
mod figures;
mod libraries;
pub mod plans;
mod turns;
