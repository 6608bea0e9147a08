//! 过程记录: evidence and documents.

pub mod documents;
pub mod dossier;
pub mod evidence;
pub mod files;
pub mod links;
