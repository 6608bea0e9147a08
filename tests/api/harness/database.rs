//! An empty database for one test: a file, or a database on the server that `TEST_POSTGRES_URL` names.

use sea_orm::{ConnectionTrait, Database as Connection};
use std::path::PathBuf;

pub struct Database {
    pub url: String,
    folder: tempfile::TempDir,
}

impl Database {
    pub async fn create() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match std::env::var("TEST_POSTGRES_URL") {
            Err(_) => format!("sqlite://{}", folder.path().join("test.db").display()),
            Ok(server) => {
                let name = format!("t_{}", mingjian::ctx::new_id().simple());
                let admin = Connection::connect(&server).await.unwrap();
                admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
                format!("{}/{name}", server.rsplit_once('/').unwrap().0)
            }
        };
        Self { url, folder }
    }

    /// The secret file that all servers on this database share.
    pub fn secret_file(&self) -> PathBuf {
        self.folder.path().join("secret.key")
    }
}
