//! 投诉举报: their life and clocks, who complained, what became of them together, and what came in a file.

mod allowed;
mod clocks;
mod file;
mod life;
mod models;
mod races;
mod reporter;
