//! Plans and draws.

mod draw_attacks;
mod draws;
pub mod plans;
mod turns;
