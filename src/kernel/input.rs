//! What the bodies of several use cases share. A use case's input type is its request body: the service names the
//! fields and their bounds once, and the published schema enforces them.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

/// RFC 7396 for `Option<Option<T>>` with `#[serde(default)]`: absent is `None` (keep), `null` is `Some(None)` (clear).
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// A moment as it is kept and shown: milliseconds.
pub fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    DateTime::deserialize(deserializer).map(|at: DateTime<Utc>| at.trunc_subsecs(3))
}

/// The same where there may be none; with `#[serde(default)]`.
pub fn moment_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    Option::deserialize(deserializer).map(|at: Option<DateTime<Utc>>| at.map(|at| at.trunc_subsecs(3)))
}

/// 理由
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"reason": "材料不全，请补充检查依据"})))]
pub struct ReasonBody {
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// A broken rule of a whole body: where, in Chinese and in English.
pub fn rule(pointer: &'static str, zh: &str, en: &str) -> ValidationError {
    let mut error = ValidationError::new("RULE").with_message(format!("{zh}|{en}").into());
    error.add_param("pointer".into(), &pointer);
    error
}
