//! The receipt of a freeze: signed by the service and public at once, so that terms that are changed later are found by
//! whoever kept it. Two receipts of one epoch are proof that two records were made.

use super::{Algorithm, Digest};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a receipt is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipted<'a> {
    pub task: Uuid,
    pub epoch: u32,
    pub draw: Uuid,
    pub terms: Digest,
    /// RFC 3339, UTC, milliseconds.
    pub frozen_at: &'a str,
}

impl Receipted<'_> {
    /// The bytes that are signed: six lines of text, each with its end.
    pub fn message(&self) -> String {
        self.lines("receipt", self.frozen_at)
    }

    /// The bytes that are signed when the public value is known that the terms name.
    pub fn message_of_chance(&self, value: &str) -> String {
        self.lines("chance", value)
    }

    fn lines(&self, purpose: &str, last: &str) -> String {
        let (name, terms) = (Algorithm::Three.name(), hex::encode(self.terms));
        format!("{name} {purpose}\n{}\n{}\n{}\n{terms}\n{last}\n", self.task, self.epoch, self.draw)
    }
}

/// Signatures of one receipt. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The service's public key, Ed25519: compare it with the one that is published.
    #[serde(with = "super::text::hexadecimal")]
    pub key: [u8; 32],
    #[serde(with = "super::text::hexadecimal")]
    pub signature: [u8; 64],
    /// Of parties that signed the same bytes with a key of their own, ascending.
    pub signatures: Vec<Countersignature>,
}

/// A party's signature of the receipt. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Countersignature {
    #[serde(deserialize_with = "super::text::id")]
    pub party: Uuid,
    #[serde(with = "super::text::hexadecimal")]
    pub signature: [u8; 64],
}
