//! 数据归集: imports and jobs.

pub mod imports;
pub mod jobs;
