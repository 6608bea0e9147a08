//! The secret file and the keys derived from it: token signatures, page tokens, blind indexes, key encryption.

use crate::kernel::ctx::random;
use crate::kernel::error::{AppError, Result};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

/// Keys of one deployment. The first line of the secret file is in use; older lines still verify and unwrap.
pub struct Secrets {
    file: Option<PathBuf>,
    keys: RwLock<Arc<Keys>>,
    pub page_key: [u8; 32],
    blind_index_key: [u8; 32],
    /// The seed of the key that signs the transparency log's checkpoints.
    pub log_seed: [u8; 32],
    /// Makes the codes by which an enterprise asks for its place in a pool.
    pub access_key: [u8; 32],
    /// Signs the links to files.
    pub link_key: [u8; 32],
}

/// What changes when a line is added to the file.
pub struct Keys {
    read_at: Option<SystemTime>,
    pub signing: Arc<SigningKey>,
    /// Public keys by `kid`.
    verifying: Vec<(String, DecodingKey)>,
    /// What `/.well-known/jwks.json` serves.
    pub jwks: JwkSet,
    /// Key-encryption keys by their id, the first in use.
    pub wrapping: Vec<(String, [u8; 32])>,
}

pub struct SigningKey {
    pub key: EncodingKey,
    pub kid: String,
}

impl Secrets {
    /// Reads the file, or makes one that only its owner can read.
    pub fn load_or_create(file: &Path) -> Result<Self> {
        if !file.exists() {
            create(file).map_err(|error| AppError::internal(format!("{}: {error}", file.display())))?;
        }
        let lines = read(file)?;
        let mut secrets = Self::from_lines(&lines.iter().map(String::as_str).collect::<Vec<_>>())?;
        secrets.file = Some(file.to_owned());
        secrets.reload()?;
        Ok(secrets)
    }

    /// Keys from the secrets themselves, the first in use.
    pub fn from_lines(lines: &[&str]) -> Result<Self> {
        // These must not change when the secret is rotated, so they hang on the oldest line.
        let oldest = lines.last().copied().unwrap_or_default();
        Ok(Self {
            file: None,
            keys: RwLock::new(Arc::new(keys(lines, None)?)),
            page_key: derive(oldest, "page tokens"),
            blind_index_key: derive(oldest, "blind index"),
            log_seed: derive(oldest, "transparency log"),
            access_key: derive(oldest, "access codes"),
            link_key: derive(oldest, "file links"),
        })
    }

    /// The keys at present.
    pub fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The key that signs.
    pub fn signing(&self) -> Arc<SigningKey> {
        Arc::clone(&self.keys().signing)
    }

    /// The key that verifies; an unknown one may have been added to the file by another process.
    pub fn verifying(&self, kid: &str) -> Option<DecodingKey> {
        let find = |keys: &Keys| keys.verifying.iter().find(|(known, _)| known == kid).map(|(_, key)| key.clone());
        find(&self.keys()).or_else(|| {
            self.reload().ok()?;
            find(&self.keys())
        })
    }

    /// Reads the file again where it has changed.
    pub fn reload(&self) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let modified = std::fs::metadata(file).and_then(|data| data.modified()).map_err(AppError::internal)?;
        if self.keys().read_at == Some(modified) {
            return Ok(());
        }
        let lines = read(file)?;
        let fresh = keys(&lines.iter().map(String::as_str).collect::<Vec<_>>(), Some(modified))?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(())
    }

    /// A keyed digest under which equal values can be found without being stored.
    pub fn blind_index(&self, value: &str) -> String {
        hex::encode(hmac(&self.blind_index_key, value.as_bytes()))
    }
}

/// Puts a new secret before the others; whoever reads the file sees the old one or the new one, never a half.
pub fn rotate(file: &Path) -> Result<String> {
    let lines = read(file)?;
    let fail = |error: std::io::Error| AppError::internal(format!("{}: {error}", file.display()));
    let fresh = hex::encode(random::<32>());
    let aside = file.with_extension(format!("{}.new", hex::encode(random::<8>())));
    let mut handle = private_file(&aside).map_err(fail)?;
    writeln!(handle, "{fresh}\n{}", lines.join("\n")).and_then(|()| handle.sync_all()).map_err(fail)?;
    std::fs::rename(&aside, file).map_err(fail)?;
    Ok(keys(&[&fresh], None)?.signing.kid.clone())
}

fn read(file: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| AppError::internal(format!("secret file {}: {error}", file.display())))?;
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if lines.is_empty() || lines.iter().any(|line| line.len() < 32) {
        let message = format!("secret file {}: each line must have 32 characters or more", file.display());
        return Err(AppError::internal(message));
    }
    Ok(lines)
}

fn keys(lines: &[&str], read_at: Option<SystemTime>) -> Result<Keys> {
    let mut verifying = Vec::new();
    let mut jwks = Vec::new();
    let mut wrapping = Vec::new();
    let mut signing = None;

    for line in lines {
        let key = EncodingKey::from_ed_der(&pkcs8(&derive(line, "token signature")));
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).map_err(AppError::internal)?;
        let public = serde_json::to_vec(&jwk)?;
        let kid = hex::encode(&derive_bytes(&public, "kid")[..8]);
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        verifying.push((kid.clone(), DecodingKey::from_jwk(&jwk).map_err(AppError::internal)?));
        jwks.push(jwk);
        wrapping.push((hex::encode(&derive(line, "wrapping key id")[..8]), derive(line, "key encryption")));
        signing.get_or_insert(SigningKey { key, kid });
    }

    let signing = Arc::new(signing.ok_or_else(|| AppError::internal("no secret"))?);
    Ok(Keys { read_at, signing, verifying, jwks: JwkSet { keys: jwks }, wrapping })
}

fn create(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    // Written aside and linked into place: several processes may start together, and none may read half a file.
    let aside = file.with_extension(format!("{}.new", hex::encode(random::<8>())));
    let mut handle = private_file(&aside)?;
    writeln!(handle, "{}", hex::encode(random::<32>()))?;
    handle.sync_all()?;
    let linked = std::fs::hard_link(&aside, file);
    std::fs::remove_file(&aside)?;

    match linked {
        // Another process was faster; its secret counts.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        outcome => outcome,
    }
}

/// A new file that only its owner can read.
fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A raw Ed25519 seed in PKCS #8 v1 (RFC 8410).
fn pkcs8(seed: &[u8; 32]) -> Vec<u8> {
    let mut der = vec![0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    der.extend_from_slice(seed);
    der
}

fn derive(secret: &str, purpose: &str) -> [u8; 32] {
    derive_bytes(secret.as_bytes(), purpose)
}

fn derive_bytes(secret: &[u8], purpose: &str) -> [u8; 32] {
    hmac(secret, format!("mingjian {purpose}").as_bytes())
}

pub fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac: Hmac<sha2::Sha256> = Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(message);
    mac.finalize().into_bytes().into()
}
