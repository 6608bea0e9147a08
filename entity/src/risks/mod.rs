//! 风险预警: risk models, their facts and runs, and risk clues.

pub mod risk_changes;
pub mod risk_clue_measures;
pub mod risk_clues;
pub mod risk_facts;
pub mod risk_hits;
pub mod risk_model_versions;
pub mod risk_models;
pub mod risk_runs;
