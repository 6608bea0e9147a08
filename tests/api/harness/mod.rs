//! A county in a database of its own, behind a real server.

mod accounts;
pub mod beacon;
mod client;
mod database;
mod issuer;
mod nouns;
mod partner;
pub mod record;
mod server;
mod template;
pub mod workbook;
mod world;

pub use accounts::{INITIAL, PASSWORD};
pub use client::Answer;
pub use database::Database;
pub use issuer::Issuer;
pub use nouns::{LONG_AGO, PARTIES, destroyed, elements, photo, rules_of, secret, today, witness};
pub use partner::{KEY_ID, Partner, Signer, activate, ask};
pub use server::{Server, Witness, command, run};
pub use world::World;

/// `sqlite` or `postgres`.
pub fn backend() -> &'static str {
    if std::env::var_os("TEST_POSTGRES_URL").is_some() { "postgres" } else { "sqlite" }
}

/// The id at the end of a path.
pub fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// A file of the repository.
pub fn repo_file(path: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Published data kept beside the repository, where it is there.
pub fn shared_data(name: &str) -> Option<Vec<u8>> {
    std::fs::read(repo_file("../shared/data").join(name)).ok()
}

/// The files of a shared case, in the order of their names.
pub fn shared_case(name: &str) -> Vec<Vec<u8>> {
    let Ok(folder) = std::fs::read_dir(repo_file("../shared/cases").join(name)) else { return Vec::new() };
    let mut files: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ext| ext != "md" && ext != "txt"));
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// A folder under `target/` for what a run leaves behind.
pub fn artefacts() -> std::path::PathBuf {
    let folder = repo_file("target/artefacts");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
