//! The self-contained record of a draw. Every struct lists its fields in alphabetical order, so that writing it as
//! compact JSON gives its canonical form.

use super::eligibility::Eligibility;
use super::matching::{Team, Unavailable};
use super::pool::{Leaf, Recusal, RosterEntry};
use super::selection::Selected;
use super::strata::Stratum;
use super::{ALGORITHM, Digest, sha256};
use serde::{Deserialize, Serialize};
use std::io;
use uuid::Uuid;

/// What is handed out: the transcript, its digest, and openings for those who may know which objects were drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedTranscript {
    /// SHA-256 of the transcript's canonical JSON.
    #[serde(with = "super::text::hexadecimal")]
    pub digest: Digest,
    /// Not part of the digest: the public record has none.
    pub openings: Vec<Opening>,
    pub transcript: Transcript,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    pub algorithm: String,
    #[serde(deserialize_with = "super::text::id")]
    pub draw: Uuid,
    pub eligibility: Eligibility,
    pub epoch: u32,
    /// RFC 3339, UTC, milliseconds; like every time in the record.
    #[serde(deserialize_with = "super::text::time")]
    pub frozen_at: String,
    pub matching: Option<Matching>,
    pub officers_per_object: u32,
    pub outcome: Option<Outcome>,
    pub parties: Vec<Party>,
    pub pool: Vec<Leaf>,
    #[serde(with = "super::text::hexadecimal")]
    pub pool_root: Digest,
    /// Earlier epochs of the task: nothing is deleted.
    pub previous: Vec<VoidEpoch>,
    #[serde(with = "super::text::hexadecimal")]
    pub recusal_root: Digest,
    pub recusals: Vec<Recusal>,
    pub roster: Vec<RosterEntry>,
    #[serde(with = "super::text::hexadecimal")]
    pub roster_root: Digest,
    pub strata: Vec<Stratum>,
    #[serde(deserialize_with = "super::text::id")]
    pub task: Uuid,
    /// SHA-256 of everything that is fixed at the freeze: [`Transcript::terms_digest`].
    #[serde(with = "super::text::hexadecimal")]
    pub terms: Digest,
}

/// A party's commitment, made before the pool was frozen, and its secret once revealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    #[serde(with = "super::text::hexadecimal")]
    pub commitment: Digest,
    #[serde(deserialize_with = "super::text::time")]
    pub committed_at: String,
    #[serde(deserialize_with = "super::text::id")]
    pub party: Uuid,
    #[serde(deserialize_with = "super::text::time_or_null")]
    pub revealed_at: Option<String>,
    pub secret: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    #[serde(deserialize_with = "super::text::time")]
    pub drawn_at: String,
    #[serde(with = "super::text::hexadecimal")]
    pub seed: Digest,
    pub selected: Vec<Selected>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    #[serde(deserialize_with = "super::text::time")]
    pub matched_at: String,
    pub teams: Vec<Team>,
    pub unavailable: Vec<Unavailable>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidEpoch {
    #[serde(deserialize_with = "super::text::id")]
    pub draw: Uuid,
    pub epoch: u32,
    #[serde(with = "super::text::hexadecimal")]
    pub pool_root: Digest,
    pub reason: String,
}

/// Shows which object stands behind a reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    #[serde(deserialize_with = "super::text::id")]
    pub object: Uuid,
    #[serde(rename = "ref", with = "super::text::hexadecimal")]
    pub object_ref: Digest,
    #[serde(with = "super::text::hexadecimal")]
    pub salt: [u8; 16],
}

/// What is fixed at the freeze. Fields in alphabetical order.
#[derive(Serialize)]
struct Terms<'a> {
    algorithm: &'a str,
    draw: Uuid,
    eligibility: &'a Eligibility,
    epoch: u32,
    frozen_at: &'a str,
    officers_per_object: u32,
    parties: Vec<Committed<'a>>,
    #[serde(with = "super::text::hexadecimal")]
    pool_root: Digest,
    previous: &'a [VoidEpoch],
    #[serde(with = "super::text::hexadecimal")]
    recusal_root: Digest,
    #[serde(with = "super::text::hexadecimal")]
    roster_root: Digest,
    strata: &'a [Stratum],
    task: Uuid,
}

/// A party before it reveals.
#[derive(Serialize)]
struct Committed<'a> {
    #[serde(with = "super::text::hexadecimal")]
    commitment: Digest,
    committed_at: &'a str,
    party: Uuid,
}

impl SignedTranscript {
    /// Reads a document that is spelled as `docs/verifiable-draw.md` says, and in no other way.
    pub fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        super::shape::check(json)?;
        serde_json::from_slice(json)
    }
}

impl Transcript {
    /// What the public may read of a draw with several strata: up to the draw. Officers are named alike in every transcript, so
    /// teams would tell which objects are of one stratum, and so of one credit class.
    pub fn withhold_teams(&mut self) {
        if self.strata.len() > 1 {
            self.matching = None;
        }
    }

    /// SHA-256 of `mingjian-draw/2 terms\n` and the canonical JSON of what is fixed at the freeze: who takes part and what
    /// each committed to, the rules, the roots, earlier epochs. Known to everybody before any secret is, and the seed is made of it.
    pub fn terms_digest(&self) -> Result<Digest, serde_json::Error> {
        let parties = self.parties.iter().map(|party| Committed {
            commitment: party.commitment,
            committed_at: &party.committed_at,
            party: party.party,
        });
        let terms = Terms {
            algorithm: &self.algorithm,
            draw: self.draw,
            eligibility: &self.eligibility,
            epoch: self.epoch,
            frozen_at: &self.frozen_at,
            officers_per_object: self.officers_per_object,
            parties: parties.collect(),
            pool_root: self.pool_root,
            previous: &self.previous,
            recusal_root: self.recusal_root,
            roster_root: self.roster_root,
            strata: &self.strata,
            task: self.task,
        };

        Ok(sha256(&[ALGORITHM.as_bytes(), b" terms\n", &serde_json::to_vec(&terms)?]))
    }

    /// The record as it was when another copy was taken: without what has been added since. A stage that never was is none: a
    /// secret is taken away only where it was revealed after those that the copy has.
    #[must_use]
    pub fn as_of(&self, earlier: &Self) -> Self {
        let mut then = self.clone();
        let last = earlier.parties.iter().filter_map(|party| party.revealed_at.as_deref()).max();
        if earlier.outcome.is_none() {
            then.outcome = None;
        }
        if earlier.matching.is_none() {
            then.matching = None;
        }
        for party in &mut then.parties {
            let missing = earlier.parties.iter().any(|old| old.party == party.party && old.secret.is_none());
            let later = last.is_none_or(|last| party.revealed_at.as_deref().is_none_or(|at| at >= last));
            if missing && later && earlier.outcome.is_none() {
                (party.secret, party.revealed_at) = (None, None);
            }
        }
        then
    }

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
