//! Plans and draws.

mod draw_attacks;
mod draw_proofs;
mod draws;
mod former;
pub mod plans;
mod turns;
