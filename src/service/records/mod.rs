//! 过程记录: evidence and documents.

pub mod documents;
pub mod evidence;
pub mod files;
pub mod links;
