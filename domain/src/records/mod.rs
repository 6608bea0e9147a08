//! 过程记录: what an inspection leaves behind, its evidence and its documents.

pub mod documents;
pub mod dossier;
pub mod evidence;
pub mod sheets;
