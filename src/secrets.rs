//! The secret file and the keys derived from it: token signatures, page tokens, blind indexes.

use crate::ctx::random;
use crate::error::{AppError, Result};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use std::io::Write;
use std::path::Path;

/// Keys of one deployment. The first line of the secret file is in use; older lines still verify tokens.
pub struct Secrets {
    pub signing: EncodingKey,
    pub signing_kid: String,
    /// Public keys by `kid`.
    pub verifying: Vec<(String, DecodingKey)>,
    /// What `/.well-known/jwks.json` serves.
    pub jwks: JwkSet,
    pub page_key: [u8; 32],
    blind_index_key: [u8; 32],
}

impl Secrets {
    /// Reads the file, or makes one that only its owner can read.
    pub fn load_or_create(file: &Path) -> Result<Self> {
        if !file.exists() {
            create(file).map_err(|error| AppError::internal(format!("{}: {error}", file.display())))?;
        }
        let text = std::fs::read_to_string(file)
            .map_err(|error| AppError::internal(format!("secret file {}: {error}", file.display())))?;
        let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if lines.is_empty() || lines.iter().any(|line| line.len() < 32) {
            let message = format!("secret file {}: each line must have 32 characters or more", file.display());
            return Err(AppError::internal(message));
        }
        Self::from_lines(&lines)
    }

    /// Keys from the secrets themselves, the first in use.
    pub fn from_lines(lines: &[&str]) -> Result<Self> {
        let mut verifying = Vec::new();
        let mut keys = Vec::new();
        let mut signing = None;
        for line in lines {
            let key = EncodingKey::from_ed_der(&pkcs8(&derive(line, "token signature")));
            let mut jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).map_err(AppError::internal)?;
            let public = serde_json::to_vec(&jwk)?;
            let kid = hex::encode(&derive_bytes(&public, "kid")[..8]);
            jwk.common.key_id = Some(kid.clone());
            jwk.common.public_key_use = Some(PublicKeyUse::Signature);
            verifying.push((kid.clone(), DecodingKey::from_jwk(&jwk).map_err(AppError::internal)?));
            keys.push(jwk);
            signing.get_or_insert((key, kid));
        }
        let (signing, signing_kid) = signing.ok_or_else(|| AppError::internal("no secret"))?;
        // These two must not change when the signing secret is rotated, so they hang on the oldest line.
        let oldest = lines.last().copied().unwrap_or_default();
        Ok(Self {
            signing,
            signing_kid,
            verifying,
            jwks: JwkSet { keys },
            page_key: derive(oldest, "page tokens"),
            blind_index_key: derive(oldest, "blind index"),
        })
    }

    /// A keyed digest under which equal values can be found without being stored.
    pub fn blind_index(&self, value: &str) -> String {
        hex::encode(hmac(&self.blind_index_key, value.as_bytes()))
    }
}

fn create(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    // Written aside and linked into place: several processes may start together, and none may read half a file.
    let aside = file.with_extension(format!("{}.new", hex::encode(random::<8>())));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut handle = options.open(&aside)?;
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

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac: Hmac<sha2::Sha256> = Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(message);
    mac.finalize().into_bytes().into()
}
