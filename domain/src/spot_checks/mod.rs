//! 双随机抽查: spot-check items, libraries, plans, tasks and draws.

pub mod draws;
pub mod fairness;
pub mod libraries;
pub mod plans;
pub mod spot_check_items;
pub mod tasks;
pub mod wording;
