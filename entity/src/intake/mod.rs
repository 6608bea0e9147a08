//! 数据归集: imports and jobs.

pub mod findings;
pub mod import_chunks;
pub mod imports;
pub mod jobs;
