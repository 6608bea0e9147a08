//! 数据归集: imports, jobs and behaviours.

pub mod behaviours;
pub mod imports;
pub mod jobs;
pub mod quality_figures;
