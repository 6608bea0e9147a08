//! 风险预警: risk models, their facts and runs, and risk clues.

pub mod risk_clues;
pub mod risk_models;
