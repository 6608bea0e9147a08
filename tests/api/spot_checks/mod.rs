//! Plans and draws.

mod after_freeze;
mod draw_attacks;
mod draw_proofs;
mod draws;
mod former;
pub mod plans;
mod turns;
