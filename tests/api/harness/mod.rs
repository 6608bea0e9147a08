//! A county in a database of its own, behind a real server.

mod accounts;
mod client;
mod database;
mod issuer;
mod items;
mod partner;
pub mod record;
mod risks;
mod server;
mod tasks;
mod template;
mod world;

pub use accounts::{INITIAL, PASSWORD};
pub use client::Answer;
pub use database::Database;
pub use issuer::Issuer;
pub use items::elements;
pub use partner::{KEY_ID, Partner, Signer, activate, ask};
pub use server::Server;
pub use server::{command, run};
pub use tasks::PARTIES;
pub use world::World;

/// `sqlite` or `postgres`.
pub fn backend() -> &'static str {
    if std::env::var_os("TEST_POSTGRES_URL").is_some() { "postgres" } else { "sqlite" }
}

/// A file of the repository.
pub fn repo_file(path: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Published data kept beside the repository, where it is there.
pub fn shared_data(name: &str) -> Option<Vec<u8>> {
    std::fs::read(repo_file("../shared/data").join(name)).ok()
}

/// A folder under `target/` for what a run leaves behind.
pub fn artefacts() -> std::path::PathBuf {
    let folder = repo_file("target/artefacts");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
