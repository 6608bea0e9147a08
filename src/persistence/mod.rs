//! The only layer that knows sea-orm. Every noun has one scoped base query here and no other `find`.

pub mod audit;
pub mod credit;
pub mod db;
pub mod departments;
pub mod draws;
pub mod errors;
pub mod idempotency;
pub mod imports;
pub mod inspections;
pub mod list;
pub mod noun;
pub mod objects;
pub mod personnel;
pub mod plans;
pub mod regions;
pub mod scope;
pub mod spot_check_items;
pub mod tasks;
pub mod tx;
pub mod users;
