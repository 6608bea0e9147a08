//! What an inspection leaves behind.

mod allowed;
mod archives;
mod documents;
mod dossier;
mod evidence;
mod history;
