//! The verifiable draw, format `mingjian-draw/1`, as written down in `docs/verifiable-draw.md`.
//!
//! Nothing here draws luck: the seed comes from secrets that the parties committed to before the pool was frozen.

use super::code_list;

pub mod commitment;
pub mod matching;
pub mod merkle;
pub mod pool;
pub mod selection;
pub mod strata;
pub mod transcript;
pub mod verify;

/// The algorithm's name, part of every hash and of every transcript.
pub const ALGORITHM: &str = "mingjian-draw/1";

/// A SHA-256 value.
pub type Digest = [u8; 32];

code_list! {
    /// 抽取状态. A void epoch stays on record with its reason.
    DrawStatus { Frozen "已冻结", Drawn "已抽取", Matched "已匹配", Void "作废" }
}

/// SHA-256 over the parts, one after another.
pub(crate) fn sha256(parts: &[&[u8]]) -> Digest {
    use sha2::Digest as _;
    let mut hasher = sha2::Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Bytes as lower-case hexadecimal, without an allocation for each: a pool has a million of them.
mod hex_text {
    pub use hex::serde::deserialize;
    use serde::{Serializer, ser::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        let mut buffer = [0; 64];
        let digits = buffer.get_mut(..bytes.len() * 2).ok_or_else(|| S::Error::custom("more than 32 bytes"))?;
        hex::encode_to_slice(bytes, digits).map_err(S::Error::custom)?;
        serializer.serialize_str(std::str::from_utf8(digits).map_err(S::Error::custom)?)
    }
}

/// Reads 64 hexadecimal digits.
pub fn parse_digest(text: &str) -> Option<Digest> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).ok()?;
    (!text.bytes().any(|byte| byte.is_ascii_uppercase())).then_some(digest)
}
