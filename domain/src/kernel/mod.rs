//! 内核: what all areas use.

pub mod characters;
pub mod clocks;
pub mod code_list;
pub mod codes;
pub mod elements;
pub mod merkle;
pub mod refusal;
pub mod rules;
pub mod signature;
pub mod stored;
pub mod text;
pub mod versions;
