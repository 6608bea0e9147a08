//! A dossier that is taken along is signed: whoever has it can tell that it is what the platform said, and when.

use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::service::oversight::log::{sign as sign_text, verifier_key};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// 签名: of the text that stands in `signed`
#[derive(Clone, Serialize, ToSchema)]
pub struct Proof {
    /// SHA-256 of the dossier's canonical JSON (RFC 8785), hexadecimal
    pub sha256: String,
    /// 被签名的文本
    pub signed: String,
    /// Ed25519, hexadecimal
    pub signature: String,
    /// The log's key, hexadecimal; also at `/api/v1/public/log/checkpoint`
    pub public_key: String,
    /// 密钥名称
    pub key_name: String,
}

/// The canonical text of a dossier, and its signature; what is signed names the enterprise, the days and the moment.
pub fn sign(app: &App, dossier: &Value, generated_at: DateTime<Utc>) -> Result<(String, Proof)> {
    let canonical = serde_json_canonicalizer::to_string(dossier).map_err(AppError::internal)?;
    let sha256 = hex::encode(Sha256::digest(&canonical));
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let signed = format!(
        "mingjian dossier\n{}\n{}\n{}\n{}\n{sha256}\n",
        text(&dossier["object"]["id"]),
        text(&dossier["as_of"]),
        text(&dossier["known_at"]),
        generated_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
    );

    let (key, signature) = sign_text(app, &signed)?;
    let proof = Proof {
        sha256,
        signature: hex::encode(signature),
        public_key: hex::encode(key),
        key_name: verifier_key(app)?.name,
        signed,
    };
    Ok((canonical, proof))
}
