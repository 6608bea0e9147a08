//! 入企检查: visits, what limits them, and what enterprises say of them.

pub mod offline_passes;
pub mod offline_records;
pub mod visit_counts;
pub mod visit_feedback;
pub mod visit_feedback_tokens;
pub mod visit_figures;
pub mod visit_parts;
pub mod visit_rules;
pub mod visit_scores;
pub mod visits;
