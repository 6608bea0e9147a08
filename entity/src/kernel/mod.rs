//! 内核: what all areas use.

pub mod data_keys;
pub mod history;
pub mod idempotency_keys;
pub mod serials;
pub mod versions;
