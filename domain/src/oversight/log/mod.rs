//! 存证日志: every line of the audit trail is a leaf of one tree that only grows (docs/transparency-log.md). Who keeps a
//! checkpoint can tell later whether a line was changed, taken out, put in or moved.

pub mod note;

use crate::kernel::merkle::{Digest, leaf, sha256};
use serde::Serialize;
use serde_json::{Number, Value};
use std::fmt::Write as _;

/// What begins the content of every leaf of a line of the trail.
const AUDIT: &[u8] = b"mingjian-log/1 audit\n";

/// A line of the trail as it is hashed. Names in order, so that the compact JSON is canonical.
#[derive(Serialize)]
pub struct AuditLine<'a> {
    pub action: &'a str,
    pub actor_id: Option<String>,
    pub actor_name: &'a str,
    pub actor_role: &'a str,
    /// SHA-256 of the canonical JSON of what was after, in hexadecimal; null where there was nothing.
    pub after: Option<String>,
    /// RFC 3339 in UTC, milliseconds.
    pub at: String,
    pub before: Option<String>,
    pub department_id: Option<String>,
    pub id: String,
    pub on_behalf_of: Option<String>,
    pub reason: Option<&'a str>,
    pub request_id: &'a str,
    pub resource: &'a str,
    pub resource_id: String,
}

impl AuditLine<'_> {
    /// `H(0x00 ‖ "mingjian-log/1 audit\n" ‖ salt ‖ canonical JSON)`. The salt is sixteen bytes of chance: whoever knows all but
    /// one of a line's fields cannot try what that one says.
    pub fn leaf(&self, salt: &[u8; 16]) -> Digest {
        let text = serde_json::to_string(self).unwrap_or_default();
        leaf(&[AUDIT, salt, text.as_bytes()])
    }
}

/// SHA-256 of a value's canonical JSON, in hexadecimal.
pub fn digest(value: &Value) -> String {
    let mut text = String::new();
    canonical(value, &mut text);
    hex::encode(sha256(&[text.as_bytes()]))
}

/// Names in the order of their bytes, no blanks, numbers in one spelling: what a database gives back is what it was given.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| name.as_bytes());
            out.push('{');
            for (at, (name, member)) in members.into_iter().enumerate() {
                let comma = if at == 0 { "" } else { "," };
                let _ = write!(out, "{comma}{}:", Value::from(name.as_str()));
                canonical(member, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                canonical(item, out);
            }
            out.push(']');
        }
        Value::Number(number) => out.push_str(&spelt(number)),
        Value::Null | Value::Bool(_) | Value::String(_) => {
            let _ = write!(out, "{value}");
        }
    }
}

/// `1.0` and `1` are one number, as are `-0.0` and `0`.
fn spelt(number: &Number) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(value) if !number.is_i64() && !number.is_u64() && value.fract() == 0.0 && value.abs() < EXACT => {
            format!("{:.0}", value + 0.0)
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn one_value_has_one_spelling() {
        let text = |value: Value| {
            let mut out = String::new();
            canonical(&value, &mut out);
            out
        };
        assert_eq!(
            text(json!({ "b": [1.0, -0.0, 0.5, 12, null], "a": { "乙\"": "行\n", "甲": true } })),
            r#"{"a":{"乙\"":"行\n","甲":true},"b":[1,0,0.5,12,null]}"#
        );
        assert_eq!(digest(&json!({ "x": 1, "y": 2.0 })), digest(&json!({ "y": 2, "x": 1.0 })));
    }

    fn line(text: &str, which: usize) -> Digest {
        let of = |at: usize| if at == which { text } else { "一" };
        let some = |at: usize| Some(of(at).to_owned());
        AuditLine {
            action: of(0),
            actor_id: some(1),
            actor_name: of(2),
            actor_role: of(3),
            after: some(4),
            at: of(5).to_owned(),
            before: some(6),
            department_id: some(7),
            id: of(8).to_owned(),
            on_behalf_of: some(9),
            reason: Some(of(10)),
            request_id: of(11),
            resource: of(12),
            resource_id: of(13).to_owned(),
        }
        .leaf(&[7; 16])
    }

    proptest! {
        /// Each field is in the leaf, and no two fields can be taken for one another.
        #[test]
        fn every_field_counts(text in "[^一]{0,9}", which in 0usize..14, other in 0usize..14) {
            prop_assert_ne!(line(&text, which), line("一", 99));
            prop_assert_eq!(line(&text, which) == line(&text, other), which == other);
        }
    }
}
