//! 监督与公开: the audit trail, indicators, worklists and the public side.

pub mod audit_entries;
pub mod log;
pub mod supervision_cases;
pub mod supervision_papers;
pub mod supervision_subjects;
pub mod worklist_entries;
