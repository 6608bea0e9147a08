//! Plans and draws.

mod draws;
pub mod plans;
mod turns;
