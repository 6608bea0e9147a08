//! Use cases: begin, load, decide (domain), save, and hand the change over with its audit lines.

pub mod auth;
pub mod departments;
pub mod passwords;
pub mod regions;
pub mod users;
