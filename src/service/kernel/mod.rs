//! 内核: what all areas use.

pub mod sealed;
pub mod table;
pub mod versions;
