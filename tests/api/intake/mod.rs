//! Imports and jobs.

mod hostile;
mod imports;
mod jobs;
