//! Visits to enterprises: approved, limited, shown at the door, rated.

mod budget;
mod codes;
mod life;
mod races;
