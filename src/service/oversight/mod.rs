//! 监督与公开: the audit trail, supervision of enforcement, indicators, worklists and the public side.

pub mod escalations;
pub mod indicators;
pub mod log;
pub mod public;
pub mod supervision_cases;
pub mod worklist;
