//! 数据归集: imports, jobs, behaviours, and the catalogue of what is to be gathered.

pub mod behaviours;
pub mod data_sets;
pub mod imports;
pub mod jobs;
pub mod quality_figures;
