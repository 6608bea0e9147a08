//! Imports, jobs and behaviours.

mod behaviours;
mod cases;
mod files;
mod hostile;
mod imports;
mod jobs;
mod lookups;
mod plan_tables;
mod plans;
