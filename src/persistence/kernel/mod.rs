//! 内核: what all areas use.

pub mod change;
pub mod db;
pub mod edit;
pub mod errors;
pub mod idempotency;
pub mod list;
pub mod noun;
pub mod once;
pub mod scope;
pub mod sealed;
pub mod serials;
pub mod tx;
pub mod versions;
