//! National codes: identifiers with their check digits, regions and code tables.

pub mod citizen_id;
pub mod industry;
pub mod region;
pub mod registration_no;
pub mod uscc;
