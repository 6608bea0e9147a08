//! 监管行为: the exchange of rows, what is wrong with them, and what a row about a person tells.

mod exchange;
mod figures;
mod files;
mod person;
mod quality;
mod races;
