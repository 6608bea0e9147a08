//! Visits to enterprises: approved, limited, shown at the door, rated.

mod allowed;
mod budget;
mod checks;
mod codes;
mod life;
mod offline;
mod races;
mod ways_round;
