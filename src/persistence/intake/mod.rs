//! 数据归集: imports, jobs and behaviours.

pub mod behaviour_figures;
pub mod behaviours;
pub mod imports;
pub mod jobs;
