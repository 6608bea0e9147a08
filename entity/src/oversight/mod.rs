//! 监督与公开: the audit trail, indicators, worklists and the public side.

pub mod audit_entries;
pub mod log;
pub mod worklist_entries;
