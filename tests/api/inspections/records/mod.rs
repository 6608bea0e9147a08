//! What an inspection leaves behind.

mod allowed;
mod documents;
mod dossier;
mod evidence;
mod history;
