//! What an epoch of a draw is made of: who was eligible, what was frozen, what was drawn.

pub mod draw_figures;
pub mod draw_pool;
pub mod draw_recusals;
pub mod draw_roster;
pub mod draw_selections;
pub mod draw_teams;
pub mod task_eligible;
