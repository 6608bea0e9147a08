//! National codes: identifiers with their check digits, regions and code tables.

pub mod citizen_id;
pub mod region;
pub mod uscc;
