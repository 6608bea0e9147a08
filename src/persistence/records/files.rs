//! The file store: a folder or a bucket. It holds sealed bytes under keys that name the day, so that what no record refers to is
//! found without listing everything.

use crate::config::FileStore;
use crate::kernel::error::{AppError, Result};
use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ClientOptions, Error, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long a bucket may take for a megabyte.
const PATIENCE: Duration = Duration::from_secs(5);

/// Files of one deployment.
pub struct Files {
    store: Arc<dyn ObjectStore>,
    prefix: String,
    /// Where the store is a folder.
    folder: Option<PathBuf>,
}

impl Files {
    /// Opens the store; a folder is made, for its owner alone, where it is missing.
    pub fn open(settings: &FileStore) -> Result<Self> {
        let Some(place) = settings.place.strip_prefix("s3://") else {
            make_folder(&settings.place).map_err(|error| unusable(&settings.place, error))?;
            let store = LocalFileSystem::new_with_prefix(&settings.place).map_err(failed)?;
            let store = store.with_fsync(true).with_automatic_cleanup(true);
            let folder = Some(PathBuf::from(&settings.place));
            return Ok(Self { store: Arc::new(store), prefix: String::new(), folder });
        };

        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        // Whoever waits for a change waits for the bucket: it answers in time, or the request says that it does not.
        let patience = RetryConfig { max_retries: 1, retry_timeout: PATIENCE, ..RetryConfig::default() };
        let client = ClientOptions::new().with_timeout(PATIENCE).with_connect_timeout(PATIENCE);
        let mut builder =
            AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(patience).with_client_options(client);
        for (name, value) in &settings.options {
            let key: AmazonS3ConfigKey = name.parse().map_err(|error| unusable(name, error))?;
            builder = builder.with_config(key, value);
        }
        let store = builder.build().map_err(failed)?;
        Ok(Self { store: Arc::new(store), prefix: prefix.trim_matches('/').to_owned(), folder: None })
    }

    fn path(&self, key: &str) -> Path {
        if self.prefix.is_empty() { Path::from(key) } else { Path::from(format!("{}/{key}", self.prefix)) }
    }

    /// Keeps bytes whole or not at all.
    pub async fn put(&self, key: &str, sealed: Vec<u8>) -> Result<()> {
        self.store.put(&self.path(key), PutPayload::from(sealed)).await.map_err(failed)?;
        Ok(())
    }

    /// What is kept under a key; nothing there is an error of the store, since a record refers to it.
    pub async fn get(&self, key: &str) -> Result<Vec<u8>> {
        let found = self.store.get(&self.path(key)).await.map_err(failed)?;
        Ok(found.bytes().await.map_err(failed)?.into())
    }

    /// What is kept under a key, where there is anything.
    pub async fn find(&self, key: &str) -> Result<Option<Vec<u8>>> {
        match self.store.get(&self.path(key)).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(failed)?.into())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Removes what processes that ended had half written to a folder before a moment; a bucket keeps no halves.
    pub fn remove_halves(&self, name: &str, before: SystemTime) -> std::io::Result<()> {
        let Some(days) = self.folder.as_ref().and_then(|folder| std::fs::read_dir(folder.join(name)).ok()) else {
            return Ok(());
        };
        for day in days {
            for file in std::fs::read_dir(day?.path())? {
                let file = file?;
                // The store writes beside the name, behind a `#`, and renames.
                let is_half = file.file_name().to_string_lossy().contains('#');
                if is_half && file.metadata()?.modified()? < before {
                    std::fs::remove_file(file.path())?;
                }
            }
        }

        Ok(())
    }

    /// Removes what is kept under a key; that it is gone already is as good.
    pub async fn delete(&self, key: &str) -> Result<()> {
        match self.store.delete(&self.path(key)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// Keys of a folder and day that were written before a moment.
    pub async fn written_before(&self, folder: &str, day: NaiveDate, before: DateTime<Utc>) -> Result<Vec<String>> {
        let prefix = self.path(&format!("{folder}/{day}"));
        let found: Vec<_> = self.store.list(Some(&prefix)).try_collect().await.map_err(failed)?;
        let old = found.into_iter().filter(|meta| meta.last_modified < before).map(|meta| meta.location.to_string());
        let own = |path: String| path.strip_prefix(&self.prefix).unwrap_or(&path).trim_start_matches('/').to_owned();

        Ok(old.map(own).collect())
    }
}

fn make_folder(place: &str) -> std::io::Result<()> {
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(place)
}

fn unusable(what: &str, error: impl ToString) -> AppError {
    AppError::internal(format!("files.place: {what}: {}", error.to_string()))
}

/// A store that does not answer, or is full, is no fault of the request; one that has lost a file is an error.
fn failed(error: Error) -> AppError {
    if matches!(error, Error::NotFound { .. }) { AppError::corrupt(error) } else { AppError::unavailable(error) }
}
