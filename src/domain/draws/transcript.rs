//! The self-contained record of a draw. Every struct lists its fields in alphabetical order, so that writing it as
//! compact JSON gives its canonical form.

use super::matching::{Team, Unavailable};
use super::pool::{Leaf, Recusal, RosterEntry};
use super::selection::Selected;
use super::strata::Stratum;
use super::{Digest, sha256};
use serde::{Deserialize, Serialize};
use std::io;
use uuid::Uuid;

/// What is handed out: the transcript, its digest, and openings for those who may know which objects were drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedTranscript {
    /// SHA-256 of the transcript's canonical JSON.
    #[serde(with = "super::hex_text")]
    pub digest: Digest,
    /// Not part of the digest: the public record has none.
    #[serde(default)]
    pub openings: Vec<Opening>,
    pub transcript: Transcript,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    pub algorithm: String,
    pub draw: Uuid,
    pub epoch: u32,
    /// RFC 3339, UTC, milliseconds; like every time in the record.
    pub frozen_at: String,
    pub matching: Option<Matching>,
    pub officers_per_object: u32,
    pub outcome: Option<Outcome>,
    pub parties: Vec<Party>,
    pub pool: Vec<Leaf>,
    #[serde(with = "super::hex_text")]
    pub pool_root: Digest,
    /// Earlier epochs of the task: nothing is deleted.
    pub previous: Vec<VoidEpoch>,
    #[serde(with = "super::hex_text")]
    pub recusal_root: Digest,
    pub recusals: Vec<Recusal>,
    pub roster: Vec<RosterEntry>,
    #[serde(with = "super::hex_text")]
    pub roster_root: Digest,
    pub strata: Vec<Stratum>,
    pub task: Uuid,
}

/// A party's commitment, made before the pool was frozen, and its secret once revealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    #[serde(with = "super::hex_text")]
    pub commitment: Digest,
    pub committed_at: String,
    pub party: Uuid,
    pub revealed_at: Option<String>,
    pub secret: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    pub drawn_at: String,
    #[serde(with = "super::hex_text")]
    pub seed: Digest,
    pub selected: Vec<Selected>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    pub matched_at: String,
    pub teams: Vec<Team>,
    pub unavailable: Vec<Unavailable>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidEpoch {
    pub draw: Uuid,
    pub epoch: u32,
    #[serde(with = "super::hex_text")]
    pub pool_root: Digest,
    pub reason: String,
}

/// Shows which object stands behind a reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    pub object: Uuid,
    #[serde(rename = "ref", with = "super::hex_text")]
    pub object_ref: Digest,
    #[serde(with = "super::hex_text")]
    pub salt: [u8; 16],
}

impl Transcript {
    /// SHA-256 of the canonical JSON: keys sorted, no spaces, UTF-8.
    pub fn digest(&self) -> Result<Digest, serde_json::Error> {
        let mut sink = io::BufWriter::with_capacity(1 << 16, HashSink(sha2::Digest::new()));
        serde_json::to_writer(&mut sink, self)?;
        let sink = sink.into_inner().map_err(|error| serde_json::Error::io(error.into_error()))?;
        Ok(sha2::Digest::finalize(sink.0).into())
    }

    /// A `SignedTranscript` as text. A large one is written once: the digest is that of the very bytes it stands before.
    pub fn publish(&self, openings: &[Opening]) -> Result<String, serde_json::Error> {
        let canonical = serde_json::to_string(self)?;
        let digest = hex::encode(sha256(&[canonical.as_bytes()]));
        let openings = serde_json::to_string(openings)?;
        Ok(format!(r#"{{"digest":"{digest}","openings":{openings},"transcript":{canonical}}}"#))
    }
}

struct HashSink(sha2::Sha256);

impl io::Write for HashSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        sha2::Digest::update(&mut self.0, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
