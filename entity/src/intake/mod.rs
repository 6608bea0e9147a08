//! 数据归集: imports, jobs, behaviours, and the catalogue of what is to be gathered.

pub mod behaviour_batches;
pub mod behaviour_figures;
pub mod behaviours;
pub mod data_set_arrivals;
pub mod data_sets;
pub mod findings;
pub mod import_chunks;
pub mod imports;
pub mod jobs;
