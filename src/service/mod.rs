//! Use cases: begin, load, decide (domain), save, and hand the change over with its audit lines.

pub mod auth;
pub mod departments;
pub mod draws;
pub mod implementation_lists;
pub mod imports;
pub mod indicators;
pub mod inspections;
pub mod items;
pub mod legal_clauses;
pub mod mappings;
pub mod objects;
pub mod passwords;
pub mod personnel;
pub mod plans;
pub mod public;
pub mod regions;
pub mod spot_check_items;
pub mod tasks;
pub mod users;
pub mod versions;
pub mod worklist;
