//! 数据归集: imports, jobs and behaviours.

pub mod behaviour_batches;
pub mod behaviour_figures;
pub mod behaviours;
pub mod findings;
pub mod import_chunks;
pub mod imports;
pub mod jobs;
