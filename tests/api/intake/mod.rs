//! Imports, jobs, behaviours, and the catalogue of what is to be gathered.

mod behaviours;
mod cases;
mod data_sets;
mod files;
mod hostile;
mod imports;
mod jobs;
mod lookups;
mod plan_tables;
mod plans;
mod register;
mod row_four;
