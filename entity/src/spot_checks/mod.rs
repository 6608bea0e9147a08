//! 双随机抽查: spot-check items, plans, tasks and draws.

pub mod commitments;
pub mod draw_pool;
pub mod draw_recusals;
pub mod draw_roster;
pub mod draw_selections;
pub mod draw_teams;
pub mod draws;
pub mod plan_lines;
pub mod plans;
pub mod spot_check_items;
pub mod task_departments;
pub mod task_items;
pub mod tasks;
