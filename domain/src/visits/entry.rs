//! 入企码: what officers show at the door. Anybody verifies it offline with the service's public key (docs/entry-code.md).
//!
//! `MJE1.<payload>.<signature>`: both base64url without padding; the payload is JSON, the signature Ed25519 over
//! `mingjian-entry/1`, a line feed, and the payload as it stands in the code.

use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::signature;
use crate::kernel::text::text;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

const MARK: &str = "MJE1";
const SIGNED_AS: &str = "mingjian-entry/1";
/// The longest code that one QR picture holds, bytes.
pub const LONGEST: usize = 2_900;
/// The longest time that a code is valid, days.
pub const DAYS: u64 = 7;

/// What the code says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryCode {
    /// 入企检查编号
    pub visit: String,
    pub object: String,
    pub uscc: Option<String>,
    pub bodies: Vec<EntryBody>,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub nonce: String,
}

/// Who comes, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryBody {
    pub body: String,
    /// 检查事项
    pub items: Vec<String>,
    /// 行政执法证号
    pub certificates: Vec<String>,
}

/// The payload of a code, and the text that is signed.
pub fn payload(code: &EntryCode) -> Result<(String, String), serde_json::Error> {
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(code)?);
    let signed = format!("{SIGNED_AS}\n{payload}");
    Ok((payload, signed))
}

pub fn assemble(payload: &str, signature: &[u8; 64]) -> String {
    format!("{MARK}.{payload}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// What a code says, where this key signed it and it holds at a moment.
pub fn open(code: &str, key: &[u8; 32], at: DateTime<Utc>) -> Result<EntryCode, Refusal> {
    let refused = |zh: &str, en: &str| Refusal::new(Code::EntryCodeInvalid, text!("{zh}", "{en}"));
    let forged = || {
        refused(
            "入企码无效：不是本平台签发，或已被改动。",
            "The entry code is not one of this platform, or was altered.",
        )
    };
    let (payload, signature) = parts(code).ok_or_else(forged)?;
    if !signature::verifies(key, &format!("{SIGNED_AS}\n{payload}"), &signature) {
        return Err(forged());
    }
    let bytes = URL_SAFE_NO_PAD.decode(payload).map_err(|_| forged())?;
    let said: EntryCode = serde_json::from_slice(&bytes).map_err(|_| forged())?;
    if at >= said.expires_at {
        return Err(refused("入企码已过期，请检查人员重新出示。", "The entry code has expired; ask for another."));
    }

    Ok(said)
}

fn parts(code: &str) -> Option<(&str, [u8; 64])> {
    let mut parts = code.trim().split('.');
    let (mark, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?;
    (mark == MARK && parts.next().is_none()).then_some((payload, signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};

    fn said() -> EntryCode {
        let at = |day: i64| DateTime::from_timestamp(1_780_000_000 + day * 86_400, 0).unwrap_or_default();

        EntryCode {
            visit: "V51082120260622001".to_owned(),
            object: "旺苍县某餐饮店".to_owned(),
            uscc: Some("91510821MA00000000".to_owned()),
            bodies: vec![EntryBody {
                body: "旺苍县市场监督管理局".to_owned(),
                items: vec!["食品经营检查".to_owned()],
                certificates: vec!["23080200001".to_owned(), "23080200002".to_owned()],
            }],
            from: NaiveDate::from_ymd_opt(2026, 6, 22).unwrap_or_default(),
            to: NaiveDate::from_ymd_opt(2026, 6, 26).unwrap_or_default(),
            issued_at: at(0),
            expires_at: at(7),
            nonce: "00".repeat(16),
        }
    }

    #[test]
    fn a_code_is_whole_or_refused() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let public = key.verifying_key().to_bytes();
        let (payload, text) = payload(&said()).unwrap_or_default();
        let code = assemble(&payload, &key.sign(text.as_bytes()).to_bytes());
        let at = said().issued_at;
        assert_eq!(open(&code, &public, at).ok(), Some(said()));
        assert!(code.len() < LONGEST);

        let refused = |code: &str, key: &[u8; 32], at| open(code, key, at).map_err(|refusal| refusal.code);
        assert_eq!(refused(&code, &public, said().expires_at), Err(Code::EntryCodeInvalid), "it has expired");
        assert_eq!(
            refused(&code, &SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes(), at),
            Err(Code::EntryCodeInvalid)
        );
        for at_byte in (0..code.len()).step_by(7) {
            let mut altered = code.clone().into_bytes();
            altered[at_byte] = if altered[at_byte] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap_or_default();
            // The last letter of base64 has bits that say nothing; what they decode to is the same.
            if altered != code {
                assert!(open(&altered, &public, at).is_err(), "letter {at_byte}");
            }
        }
        assert!(open(&format!("{code}.x"), &public, at).is_err() && open("", &public, at).is_err());
    }
}
