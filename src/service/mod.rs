//! Use cases: begin, load, decide (domain), save, and hand the change over with its audit lines.

pub mod auth;
pub mod departments;
pub mod draws;
pub mod imports;
pub mod inspections;
pub mod objects;
pub mod passwords;
pub mod personnel;
pub mod plans;
pub mod public;
pub mod regions;
pub mod spot_check_items;
pub mod tasks;
pub mod users;
