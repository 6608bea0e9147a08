//! 投诉举报: what people told departments.

pub mod complaints;
