//! The versions of the format. Draws are made in the newest; records of an older one verify as they always did.

use super::{Digest, sha256};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// Officers bear their ids, availability is taken at the match.
    #[serde(rename = "mingjian-draw/2")]
    Two,
    /// Everything is fixed at the freeze and receipted; officers are salted references.
    #[serde(rename = "mingjian-draw/3")]
    Three,
}

impl Algorithm {
    pub const NEWEST: Self = Self::Three;

    pub const fn name(self) -> &'static str {
        match self {
            Self::Two => "mingjian-draw/2",
            Self::Three => "mingjian-draw/3",
        }
    }

    /// The algorithm of a record that was written down before.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Two, Self::Three].into_iter().find(|known| known.name() == name)
    }

    /// `SHA-256(name ‖ " " ‖ purpose ‖ "\n" ‖ parts…)`: what is hashed for one purpose is never taken for another.
    pub fn hash(self, purpose: &str, parts: &[&[u8]]) -> Digest {
        let tag = format!("{} {purpose}\n", self.name());
        sha256(&[&[tag.as_bytes()], parts].concat())
    }
}
