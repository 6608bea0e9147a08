//! Plans and draws.

mod draw_attacks;
mod draw_proofs;
mod draws;
pub mod plans;
mod turns;
