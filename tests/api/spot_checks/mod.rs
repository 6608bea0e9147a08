//! Plans and draws.

mod after_freeze;
mod binding;
mod bodies;
mod chance;
mod corrections;
mod draw_attacks;
mod draw_proofs;
mod draws;
mod figures;
mod flood;
mod former;
pub mod plans;
mod turns;
