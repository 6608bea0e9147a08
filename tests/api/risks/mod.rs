//! Clues worked on, and models that raise them.

mod backtests;
mod clue_races;
mod clues;
mod dispatch;
mod figures;
mod hidden;
mod hostile;
mod models;
mod penalties;
