//! An empty database for one test: a file, or a database on the server that `TEST_POSTGRES_URL` names.

use sea_orm::{ConnectionTrait, Database as Connection};
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone)]
pub struct Database {
    pub url: String,
    folder: Arc<tempfile::TempDir>,
}

/// A database that no server uses, to copy from: the content of the folder, and the database of PostgreSQL.
pub struct Stored {
    files: Vec<(PathBuf, Vec<u8>)>,
    postgres: Option<String>,
}

impl Stored {
    pub async fn copy(&self) -> Database {
        let copy = Database::copy_of(self.postgres.as_deref()).await;
        for (name, content) in &self.files {
            std::fs::write(copy.folder.path().join(name), content).unwrap();
        }
        copy
    }
}

impl Database {
    pub async fn create() -> Self {
        Self::copy_of(None).await
    }

    async fn copy_of(template: Option<&str>) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let url = match std::env::var("TEST_POSTGRES_URL") {
            Err(_) => format!("sqlite://{}", folder.path().join("test.db").display()),
            Ok(server) => {
                let name = format!("t_{}", mingjian::kernel::ctx::new_id().simple());
                let admin = Connection::connect(&server).await.unwrap();
                let template = template.map(|name| format!(" TEMPLATE {name}")).unwrap_or_default();
                admin.execute_unprepared(&format!("CREATE DATABASE {name}{template}")).await.unwrap();
                format!("{}/{name}", server.rsplit_once('/').unwrap().0)
            }
        };
        Self { url, folder }
    }

    /// Kept to be copied, once its server has stopped.
    pub fn store(self) -> Stored {
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        // What is kept in the file store is none of the database's.
        let files = files.filter(|path| path.is_file());
        let files = files.map(|path| (path.file_name().unwrap().into(), std::fs::read(&path).unwrap())).collect();
        let postgres = self.url.starts_with("postgres").then(|| self.url.rsplit_once('/').unwrap().1.to_owned());
        Stored { files, postgres }
    }

    /// Everything that is stored: the files of SQLite with its log, every row of PostgreSQL.
    pub async fn dump(&self) -> Vec<(String, Vec<u8>)> {
        if !self.url.starts_with("postgres") {
            let files = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
            let files = files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("test.db"));
            return files.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect();
        }
        let connection = Connection::connect(&self.url).await.unwrap();
        let rows = async |sql: String| {
            let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql);
            let rows = connection.query_all_raw(statement).await.unwrap();
            rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect::<Vec<_>>()
        };
        let tables =
            rows("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'".to_owned());
        let mut dump = Vec::new();
        for table in tables.await {
            let lines = rows(format!("SELECT t::text FROM \"{table}\" t")).await;
            dump.push((table, lines.join("\n").into_bytes()));
        }
        dump
    }

    /// A statement as somebody with the database in hand would send it.
    pub async fn execute(&self, sql: &str) {
        Connection::connect(&self.url).await.unwrap().execute_unprepared(sql).await.unwrap();
    }

    /// How an id stands in a statement: SQLite keeps its bytes.
    pub fn id(&self, id: &str) -> String {
        if self.url.starts_with("postgres") { format!("'{id}'") } else { format!("x'{}'", id.replace('-', "")) }
    }

    /// The columns of a table.
    pub async fn columns(&self, table: &str) -> Vec<String> {
        let connection = Connection::connect(&self.url).await.unwrap();
        let sql = if self.url.starts_with("postgres") {
            format!("SELECT column_name::text AS c FROM information_schema.columns WHERE table_name = '{table}'")
        } else {
            format!("SELECT name AS c FROM pragma_table_info('{table}')")
        };
        let statement = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
        let rows = connection.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get("", "c").unwrap()).collect()
    }

    /// The folder of files that all servers on this database share.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// The secret file that all servers on this database share.
    pub fn secret_file(&self) -> PathBuf {
        self.folder.path().join("secret.key")
    }
}
