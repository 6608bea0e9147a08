//! Imports and jobs.

mod imports;
mod jobs;
