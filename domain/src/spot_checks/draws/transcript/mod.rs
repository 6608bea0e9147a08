//! The self-contained record of a draw. Every struct lists its fields in alphabetical order, so that writing it as
//! compact JSON gives its canonical form.

mod members;
mod shape;
pub(super) mod text;

pub use members::{
    Conditions, Ended, LeftOut, Matching, NamedLibrary, OfficerOpening, Opening, Outcome, Party, PartyDuty, VoidEpoch,
    Who,
};

use crate::spot_checks::draws::eligibility::Eligibility;
use crate::spot_checks::draws::pool::{Leaf, Officer, Recusal, RosterEntry};
use crate::spot_checks::draws::receipt::{Receipt, Receipted};
use crate::spot_checks::draws::strata::Stratum;
use crate::spot_checks::draws::{Algorithm, Digest, sha256};
use serde::{Deserialize, Serialize};
use std::io;
use uuid::Uuid;

/// What is handed out: the transcript, its digest, and openings for those who may know which objects were drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedTranscript {
    /// SHA-256 of the transcript's canonical JSON.
    #[serde(with = "text::hexadecimal")]
    pub digest: Digest,
    /// Which officers stand behind the references of the roster (since `mingjian-draw/3`); like `openings`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::present")]
    pub officer_openings: Option<Vec<OfficerOpening>>,
    /// Not part of the digest: the public record has none.
    pub openings: Vec<Opening>,
    pub transcript: Transcript,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    pub algorithm: Algorithm,
    /// What else was fixed (since `mingjian-draw/3`).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::present")]
    pub conditions: Option<Conditions>,
    #[serde(deserialize_with = "text::id")]
    pub draw: Uuid,
    pub eligibility: Eligibility,
    pub epoch: u32,
    /// RFC 3339, UTC, milliseconds; like every time in the record.
    #[serde(deserialize_with = "text::time")]
    pub frozen_at: String,
    #[serde(deserialize_with = "text::nullable")]
    pub matching: Option<Matching>,
    pub officers_per_object: u32,
    #[serde(deserialize_with = "text::nullable")]
    pub outcome: Option<Outcome>,
    pub parties: Vec<Party>,
    pub pool: Vec<Leaf>,
    #[serde(with = "text::hexadecimal")]
    pub pool_root: Digest,
    /// Earlier epochs of the task: nothing is deleted.
    pub previous: Vec<VoidEpoch>,
    /// Signatures of the terms (since `mingjian-draw/3`).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::present")]
    pub receipt: Option<Receipt>,
    #[serde(with = "text::hexadecimal")]
    pub recusal_root: Digest,
    pub recusals: Vec<Recusal>,
    pub roster: Vec<RosterEntry>,
    #[serde(with = "text::hexadecimal")]
    pub roster_root: Digest,
    pub strata: Vec<Stratum>,
    #[serde(deserialize_with = "text::id")]
    pub task: Uuid,
    /// SHA-256 of everything that is fixed at the freeze: [`Transcript::terms_digest`].
    #[serde(with = "text::hexadecimal")]
    pub terms: Digest,
}

/// What is fixed at the freeze. Fields in alphabetical order.
#[derive(Serialize)]
struct Terms<'a> {
    algorithm: Algorithm,
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions: Option<&'a Conditions>,
    draw: Uuid,
    eligibility: &'a Eligibility,
    epoch: u32,
    frozen_at: &'a str,
    officers_per_object: u32,
    parties: Vec<Committed<'a>>,
    #[serde(with = "text::hexadecimal")]
    pool_root: Digest,
    previous: &'a [VoidEpoch],
    #[serde(with = "text::hexadecimal")]
    recusal_root: Digest,
    #[serde(with = "text::hexadecimal")]
    roster_root: Digest,
    strata: &'a [Stratum],
    task: Uuid,
}

/// A party before it reveals.
#[derive(Serialize)]
struct Committed<'a> {
    #[serde(with = "text::hexadecimal")]
    commitment: Digest,
    committed_at: &'a str,
    party: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<&'a Who>,
}

impl SignedTranscript {
    /// Reads a document that is spelled as `docs/verifiable-draw.md` says, and in no other way.
    pub fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        shape::check(json)?;
        let signed: Self = serde_json::from_slice(json)?;
        let newer = signed.transcript.algorithm == Algorithm::Three;
        if signed.officer_openings.is_some() != newer || !signed.transcript.is_of_its_version() {
            use serde::de::Error;
            let name = signed.transcript.algorithm.name();
            return Err(serde_json::Error::custom(format!("members that are not those of {name}")));
        }

        Ok(signed)
    }
}

impl Transcript {
    /// Whether it has the members of its version and no others.
    fn is_of_its_version(&self) -> bool {
        let newer = self.algorithm == Algorithm::Three;
        let named = |officer: &Officer| officer.is_of(self.algorithm);
        let matching = self.matching.as_ref();
        let mut teams = matching.into_iter().flat_map(|matching| &matching.teams);

        self.conditions.is_some() == newer
            && self.receipt.is_some() == newer
            && self.parties.iter().all(|party| party.who.is_some() == newer)
            && self.previous.iter().all(|old| old.ended.is_some() == newer)
            && matching.is_none_or(|matching| matching.unavailable.is_some() != newer)
            && self.roster.iter().all(|entry| named(&entry.officer))
            && self.recusals.iter().all(|pair| named(&pair.officer))
            && teams.all(|team| named(&team.leader) && team.officers.iter().all(named))
            && matching
                .and_then(|matching| matching.unavailable.as_ref())
                .is_none_or(|away| away.iter().all(|one| named(&one.officer)))
    }

    /// What the public may read of a draw of `mingjian-draw/2` with several strata: up to the draw. Its officers are named alike
    /// in every transcript, so teams would tell which objects are of one stratum, and so of one credit class.
    pub fn withhold_teams(&mut self) {
        if self.algorithm == Algorithm::Two && self.strata.len() > 1 {
            self.matching = None;
        }
    }

    /// What a receipt is over.
    pub fn receipted(&self) -> Receipted<'_> {
        let Self { task, epoch, draw, terms, frozen_at, .. } = self;
        Receipted { task: *task, epoch: *epoch, draw: *draw, terms: *terms, frozen_at }
    }

    /// `H("… terms\n" ‖ canonical JSON)` of what is fixed at the freeze: who takes part and what
    /// each committed to, the rules, the roots, earlier epochs. Known to everybody before any secret is, and the seed is made of it.
    pub fn terms_digest(&self) -> Result<Digest, serde_json::Error> {
        let parties = self.parties.iter().map(|party| Committed {
            commitment: party.commitment,
            committed_at: &party.committed_at,
            party: party.party,
            who: party.who.as_ref(),
        });
        let terms = Terms {
            algorithm: self.algorithm,
            conditions: self.conditions.as_ref(),
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

        Ok(self.algorithm.hash("terms", &[&serde_json::to_vec(&terms)?]))
    }

    /// The record as it was when another copy was taken: without what has been added since. A stage that never was is none: a
    /// secret is taken away only where it was revealed after those that the copy has.
    #[must_use]
    pub fn as_of(&self, earlier: &Self) -> Self {
        let mut then = self.clone();
        let last = earlier.parties.iter().filter_map(|party| party.revealed_at.as_deref()).max();
        // Objects and officers are drawn in one step since the newer format: half of it never was.
        let whole = self.algorithm == Algorithm::Three;
        let before = |stage: bool| if whole { earlier.outcome.is_none() && earlier.matching.is_none() } else { stage };
        if before(earlier.outcome.is_none()) {
            then.outcome = None;
        }
        if before(earlier.matching.is_none()) {
            then.matching = None;
        }

        for party in &mut then.parties {
            let missing = earlier.parties.iter().any(|old| old.party == party.party && old.secret.is_none());
            let later = last.is_none_or(|last| party.revealed_at.as_deref().is_none_or(|at| at >= last));
            if missing && later && earlier.outcome.is_none() {
                (party.secret, party.revealed_at) = (None, None);
            }
        }

        // A signature comes with the secret.
        let revealed: Vec<_> =
            then.parties.iter().filter(|party| party.secret.is_some()).map(|party| party.party).collect();
        if let Some(receipt) = &mut then.receipt {
            receipt.signatures.retain(|signed| revealed.contains(&signed.party));
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
    pub fn publish(&self, openings: &[Opening], officers: &[OfficerOpening]) -> Result<String, serde_json::Error> {
        let canonical = serde_json::to_string(self)?;
        let digest = hex::encode(sha256(&[canonical.as_bytes()]));
        let openings = serde_json::to_string(openings)?;
        let officers = match self.algorithm {
            Algorithm::Two => String::new(),
            Algorithm::Three => format!(r#""officer_openings":{},"#, serde_json::to_string(officers)?),
        };
        Ok(format!(r#"{{"digest":"{digest}",{officers}"openings":{openings},"transcript":{canonical}}}"#))
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
