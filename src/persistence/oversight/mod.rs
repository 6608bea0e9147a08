//! 监督与公开: the audit trail, indicators, worklists and the public side.

pub mod audit;
pub mod behaviour_rows;
pub mod clue_figures;
pub mod coverage;
pub mod indicators;
pub mod log;
pub mod stages;
pub mod supervision_cases;
pub mod worklist;
