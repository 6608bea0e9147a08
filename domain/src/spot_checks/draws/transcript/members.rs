//! What a transcript consists of. Fields in alphabetical order.

use super::text;
use crate::kernel::code_list::code_list;
use crate::spot_checks::draws::chance::{Chance, ChanceValue};
use crate::spot_checks::draws::changes::Changes;
use crate::spot_checks::draws::matching::{Team, Unavailable};
use crate::spot_checks::draws::selection::Selected;
use crate::spot_checks::draws::{Digest, DrawStatus, EpochVoidCause};
use crate::spot_checks::libraries::LibraryKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A party's commitment, made before the pool was frozen, and its secret once revealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    #[serde(with = "text::hexadecimal")]
    pub commitment: Digest,
    #[serde(deserialize_with = "text::time")]
    pub committed_at: String,
    #[serde(deserialize_with = "text::id")]
    pub party: Uuid,
    #[serde(deserialize_with = "text::time_or_null")]
    pub revealed_at: Option<String>,
    #[serde(deserialize_with = "text::nullable")]
    pub secret: Option<String>,
    /// Who the party is (since `mingjian-draw/3`).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::present")]
    pub who: Option<Who>,
}

/// Who a party is. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Who {
    pub duty: PartyDuty,
    /// The topmost department above it, itself where there is none: parties of one house are one interest.
    #[serde(deserialize_with = "text::id")]
    pub house: Uuid,
    /// Its own published key, by which it may sign the receipt: Ed25519, 64 hexadecimal digits.
    #[serde(deserialize_with = "text::nullable")]
    pub key: Option<String>,
    pub name: String,
}

code_list! {
    /// What a party is to the task.
    PartyDuty "封存方身份" { Lead "发起部门", Cooperating "配合部门", Witness "见证（司法行政部门）" }
}

/// What is fixed at the freeze beside pool, roster and rules. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditions {
    /// The public value that the draw waits for, where it waits for one.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::present")]
    pub chance: Option<Chance>,
    /// What changed since the first commitment.
    pub changes: Changes,
    /// Objects of credit classes that the task leaves out, as one sum, where it leaves some out.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::present")]
    pub left_out: Option<LeftOut>,
    /// Editions of the libraries that pool and roster were made from, where they were made from any: ascending by code.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::present")]
    pub libraries: Option<Vec<NamedLibrary>>,
    /// Why a stratum has one object only, which is drawn whatever the chance.
    #[serde(deserialize_with = "text::nullable")]
    pub lone_object_reason: Option<String>,
    /// No secret is revealed before: time to note the terms.
    #[serde(deserialize_with = "text::time")]
    pub reveal_from: String,
}

/// An edition of a library: [`members_text`](crate::spot_checks::libraries::members_text) hashes to `digest`. Fields in
/// alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedLibrary {
    #[serde(deserialize_with = "text::code")]
    pub code: String,
    #[serde(with = "text::hexadecimal")]
    pub digest: Digest,
    pub edition: u32,
    pub kind: LibraryKind,
    pub members: u32,
    pub name: String,
}

/// What is not drawn from, and why: never 重点监管 nor 违法失信. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    pub objects: u32,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// What was published, where the terms name a public value.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::present")]
    pub chance: Option<ChanceValue>,
    #[serde(deserialize_with = "text::time")]
    pub drawn_at: String,
    #[serde(with = "text::hexadecimal")]
    pub seed: Digest,
    pub selected: Vec<Selected>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    #[serde(deserialize_with = "text::time")]
    pub matched_at: String,
    pub teams: Vec<Team>,
    /// `mingjian-draw/2` only: since then who can be sent is fixed at the freeze.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::present")]
    pub unavailable: Option<Vec<Unavailable>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidEpoch {
    #[serde(deserialize_with = "text::id")]
    pub draw: Uuid,
    /// How it ended (since `mingjian-draw/3`).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::present")]
    pub ended: Option<Ended>,
    pub epoch: u32,
    #[serde(with = "text::hexadecimal")]
    pub pool_root: Digest,
    pub reason: String,
}

/// How an epoch ended. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// Null for what was void before causes were kept.
    #[serde(deserialize_with = "text::nullable")]
    pub cause: Option<EpochVoidCause>,
    /// How many secrets were public: with all of them the result was known.
    pub revealed: u32,
    /// `FROZEN`, `DRAWN` or `MATCHED`.
    pub stage: DrawStatus,
}

/// Shows which object stands behind a reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    #[serde(deserialize_with = "text::id")]
    pub object: Uuid,
    #[serde(rename = "ref", with = "text::hexadecimal")]
    pub object_ref: Digest,
    #[serde(with = "text::hexadecimal")]
    pub salt: [u8; 16],
}

/// Shows which officer stands behind a reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficerOpening {
    #[serde(deserialize_with = "text::id")]
    pub person: Uuid,
    #[serde(rename = "ref", with = "text::hexadecimal")]
    pub officer_ref: Digest,
    #[serde(with = "text::hexadecimal")]
    pub salt: [u8; 16],
}
