//! 过程记录: evidence and documents, the dossier, and what becomes of them when their time is over.

pub mod archives;
pub mod documents;
pub mod dossier;
pub mod evidence;
pub mod files;
pub mod links;
