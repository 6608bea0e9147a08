//! Personal data at rest: authenticated encryption under data keys, which are wrapped by the secret file's keys.
//!
//! A sealed value names its key and is bound to its place (table, column, row): moved elsewhere, it does not open.

use crate::kernel::ctx::{now, random};
use crate::kernel::error::{AppError, Result};
use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, AesGcm, KeyInit, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// SM4-GCM (RFC 8998): 16-byte key, 12-byte nonce, 16-byte tag.
type Sm4Gcm = AesGcm<sm4::Sm4, U12>;

const NONCE: usize = 12;
const TAG: usize = 16;

/// What a data key encrypts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cipher {
    #[default]
    #[serde(rename = "aes-256-gcm")]
    Aes256Gcm,
    #[serde(rename = "sm4-gcm")]
    Sm4Gcm,
}

impl Cipher {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Aes256Gcm => "aes-256-gcm",
            Self::Sm4Gcm => "sm4-gcm",
        }
    }

    pub fn of(code: &str) -> Result<Self> {
        [Self::Aes256Gcm, Self::Sm4Gcm]
            .into_iter()
            .find(|cipher| cipher.code() == code)
            .ok_or_else(|| AppError::internal(format!("unknown cipher {code}")))
    }

    const fn key_bytes(self) -> usize {
        match self {
            Self::Aes256Gcm => 32,
            Self::Sm4Gcm => 16,
        }
    }

    fn seal(self, key: &[u8], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Aes256Gcm => seal_with::<Aes256Gcm>(key, aad, plain),
            Self::Sm4Gcm => seal_with::<Sm4Gcm>(key, aad, plain),
        }
    }

    fn open(self, key: &[u8], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Aes256Gcm => open_with::<Aes256Gcm>(key, aad, sealed),
            Self::Sm4Gcm => open_with::<Sm4Gcm>(key, aad, sealed),
        }
    }
}

/// Where a sealed value lives.
#[derive(Clone, Copy)]
pub struct Place {
    pub table: &'static str,
    pub column: &'static str,
    pub id: Uuid,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}:{}", self.table, self.column, self.id)
    }
}

/// A data key in use or once in use.
pub struct DataKey {
    pub id: String,
    pub cipher: Cipher,
    bytes: Vec<u8>,
}

impl DataKey {
    /// A new key and the form in which it is stored, wrapped under the key-encryption key in use.
    pub fn generate(cipher: Cipher, wrapping: &[(String, [u8; 32])]) -> Result<(Self, String)> {
        let id = hex::encode(random::<8>());
        let bytes = random::<32>()[..cipher.key_bytes()].to_vec();
        let (kek_id, kek) = wrapping.first().ok_or_else(|| AppError::internal("no wrapping key"))?;
        let wrapped = seal_with::<Aes256Gcm>(kek, id.as_bytes(), &bytes)?;
        Ok((Self { id, cipher, bytes }, format!("{kek_id}.{}", BASE64.encode(wrapped))))
    }

    /// The key from its stored form.
    pub fn unwrap(id: &str, cipher: Cipher, wrapped: &str, wrapping: &[(String, [u8; 32])]) -> Result<Self> {
        let (kek_id, sealed) = wrapped.split_once('.').ok_or_else(unreadable)?;
        let kek = wrapping.iter().find(|(known, _)| known == kek_id).map(|(_, key)| key).ok_or_else(|| {
            AppError::internal(format!("data key {id} is wrapped by a secret that is not in the secret file"))
        })?;
        let sealed = BASE64.decode(sealed).map_err(|_| unreadable())?;
        Ok(Self { id: id.to_owned(), cipher, bytes: open_with::<Aes256Gcm>(kek, id.as_bytes(), &sealed)? })
    }
}

/// The keys that this process knows.
#[derive(Default)]
struct Ring {
    active: Option<Arc<DataKey>>,
    all: HashMap<String, Arc<DataKey>>,
    read_at: Option<DateTime<Utc>>,
}

/// Seals and opens with the keys that it was given.
#[derive(Default)]
pub struct Vault(RwLock<Ring>);

impl Vault {
    /// Takes over the stored keys; the newest active one seals from now on.
    pub fn load(&self, keys: Vec<Arc<DataKey>>, active: &str) {
        let mut ring = self.0.write().unwrap_or_else(PoisonError::into_inner);
        ring.all = keys.into_iter().map(|key| (key.id.clone(), key)).collect();
        ring.active = ring.all.get(active).cloned();
        ring.read_at = Some(now());
    }

    /// Whether the keys were read since `time`.
    pub fn is_fresh(&self, time: DateTime<Utc>) -> bool {
        let ring = self.0.read().unwrap_or_else(PoisonError::into_inner);
        ring.active.is_some() && ring.read_at.is_some_and(|read| read >= time)
    }

    pub fn knows(&self, sealed: &str) -> bool {
        let ring = self.0.read().unwrap_or_else(PoisonError::into_inner);
        sealed.split_once('.').is_some_and(|(id, _)| ring.all.contains_key(id))
    }

    /// The id of the key that seals.
    pub fn active(&self) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).active.as_ref().map(|key| key.id.clone())
    }

    pub fn seal(&self, place: Place, plain: &[u8]) -> Result<String> {
        let active = self.0.read().unwrap_or_else(PoisonError::into_inner).active.clone();
        let key = active.ok_or_else(|| AppError::internal("no data key"))?;
        let sealed = key.cipher.seal(&key.bytes, place.to_string().as_bytes(), plain)?;
        Ok(format!("{}.{}", key.id, BASE64.encode(sealed)))
    }

    pub fn open(&self, place: Place, sealed: &str) -> Result<Vec<u8>> {
        let (id, text) = sealed.split_once('.').ok_or_else(unreadable)?;
        let key = self.0.read().unwrap_or_else(PoisonError::into_inner).all.get(id).cloned();
        let key = key.ok_or_else(unreadable)?;
        let bytes = BASE64.decode(text).map_err(|_| unreadable())?;
        key.cipher.open(&key.bytes, place.to_string().as_bytes(), &bytes)
    }
}

/// Bytes of the name of a key, before what it seals.
const KEY_NAME: usize = 16;

impl Vault {
    /// Seals the content of a file: the name of the key, and the sealed bytes.
    pub fn seal_file(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>> {
        let active = self.0.read().unwrap_or_else(PoisonError::into_inner).active.clone();
        let key = active.ok_or_else(|| AppError::internal("no data key"))?;
        let sealed = key.cipher.seal(&key.bytes, place.to_string().as_bytes(), plain)?;
        Ok([key.id.as_bytes(), &sealed].concat())
    }

    /// The content of a file, where nothing of it was changed and it is the one of its place.
    pub fn open_file(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>> {
        let (id, sealed) = sealed.split_at_checked(KEY_NAME).ok_or_else(unreadable)?;
        let id = str::from_utf8(id).map_err(|_| unreadable())?;
        let key = self.0.read().unwrap_or_else(PoisonError::into_inner).all.get(id).cloned();
        let key = key.ok_or_else(unreadable)?;
        key.cipher.open(&key.bytes, place.to_string().as_bytes(), sealed)
    }

    /// Whether the key is known that sealed a file.
    pub fn knows_file(&self, sealed: &[u8]) -> bool {
        let ring = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let id = sealed.get(..KEY_NAME).and_then(|id| str::from_utf8(id).ok());
        id.is_some_and(|id| ring.all.contains_key(id))
    }
}

/// Deliberately tells nothing about why.
fn unreadable() -> AppError {
    AppError::internal("a sealed value does not open")
}

/// Nonce, ciphertext and tag, under a fresh random nonce.
fn seal_with<C: Aead<NonceSize = U12, TagSize = U16> + KeyInit>(
    key: &[u8],
    aad: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>> {
    let nonce: Nonce<U12> = random::<NONCE>().into();
    let cipher = C::new_from_slice(key).map_err(|_| unreadable())?;
    let sealed = cipher.encrypt(&nonce, Payload { msg: plain, aad }).map_err(|_| unreadable())?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn open_with<C: Aead<NonceSize = U12, TagSize = U16> + KeyInit>(
    key: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>> {
    if sealed.len() < NONCE + TAG {
        return Err(unreadable());
    }
    let (nonce, msg) = sealed.split_at(NONCE);
    let nonce: &Nonce<U12> = nonce.try_into().map_err(|_| unreadable())?;
    let cipher = C::new_from_slice(key).map_err(|_| unreadable())?;
    cipher.decrypt(nonce, Payload { msg, aad }).map_err(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        hex::decode(text).unwrap_or_default()
    }

    /// RFC 8998, appendix A.1.
    #[test]
    fn the_published_vector_of_sm4_gcm() {
        let sealed = hex(concat!(
            "00001234567800000000ABCD",
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15",
            "A56834CBCF98C397B4024A2691233B8D83DE3541E4C2B58177E065A9BF7B62EC"
        ));
        let plain = hex(concat!(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD",
            "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
        ));
        let key = hex("0123456789ABCDEFFEDCBA9876543210");
        let aad = hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        assert_eq!(Cipher::Sm4Gcm.open(&key, &aad, &sealed).ok(), Some(plain));
    }

    /// The GCM specification, test case 16.
    #[test]
    fn the_published_vector_of_aes_256_gcm() {
        let sealed = hex(concat!(
            "cafebabefacedbaddecaf888",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838",
            "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
        ));
        let plain = hex(concat!(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72",
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        ));
        let key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        let aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        assert_eq!(Cipher::Aes256Gcm.open(&key, &aad, &sealed).ok(), Some(plain));
    }

    #[test]
    fn a_value_opens_in_its_place_only() {
        for cipher in [Cipher::Aes256Gcm, Cipher::Sm4Gcm] {
            let wrapping = [("kek".to_owned(), [7; 32])];
            let Ok((key, wrapped)) = DataKey::generate(cipher, &wrapping) else { panic!("no key") };
            let id = key.id.clone();
            let again = DataKey::unwrap(&id, cipher, &wrapped, &wrapping);
            assert_eq!(again.ok().map(|key| key.bytes), Some(key.bytes.clone()));
            assert!(DataKey::unwrap(&id, cipher, &wrapped, &[("kek".to_owned(), [8; 32])]).is_err());
            let vault = Vault::default();
            vault.load(vec![Arc::new(key)], &id);
            let place = Place { table: "personnel", column: "id_number", id: Uuid::nil() };
            let sealed = vault.seal(place, "510821199001010013".as_bytes()).unwrap_or_default();
            assert_eq!(vault.open(place, &sealed).ok().as_deref(), Some("510821199001010013".as_bytes()));
            assert!(vault.open(Place { column: "phone", ..place }, &sealed).is_err());
            assert!(vault.open(Place { id: Uuid::max(), ..place }, &sealed).is_err());
            for at in 0..sealed.len() {
                let mut bytes = sealed.clone().into_bytes();
                bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
                let altered = String::from_utf8(bytes).unwrap_or_default();
                // The last character of Base64 has bits that count for nothing, and the decoder refuses them.
                assert!(vault.open(place, &altered).is_err(), "{at}");
            }
        }
    }
}
