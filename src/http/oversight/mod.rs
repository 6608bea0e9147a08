//! 监督与公开: the audit trail, indicators, worklists and the public side.

pub mod audit;
pub mod indicators;
pub mod log;
pub mod public;
pub mod supervision_cases;
pub mod verify;
pub mod worklist;
