//! 双随机抽查: spot-check items, plans, tasks and draws.

pub mod commitments;
mod drawn;
pub mod draws;
mod library;
pub mod plan_editions;
pub mod plan_lines;
pub mod plans;
pub mod spot_check_items;
pub mod task_departments;
pub mod task_items;
pub mod task_plan_lines;
pub mod tasks;

pub use drawn::{draw_figures, draw_pool, draw_recusals, draw_roster, draw_selections, draw_teams, task_eligible};
pub use library::{libraries, library_editions, library_members};
