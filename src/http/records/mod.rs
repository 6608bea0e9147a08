//! 过程记录.

pub mod documents;
pub mod evidence;
pub mod files;
