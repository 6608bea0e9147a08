//! 名录库, their editions and members.

pub mod libraries;
pub mod library_editions;
pub mod library_members;
