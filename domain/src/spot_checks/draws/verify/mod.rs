//! Re-running a draw from its transcript and saying what differs.

mod conditions;
mod frozen;
mod results;

use super::Digest;
use super::transcript::{SignedTranscript, Transcript};
use serde::Serialize;

/// One place where the record and the re-run disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// JSON pointer into the document that was verified.
    pub pointer: String,
    pub code: &'static str,
    pub expected: String,
    pub found: String,
}

/// Differences that are named; a record with so many is beyond comparing.
const MAX_DIFFERENCES: usize = 1_000;
/// Characters of each side of a difference.
const MAX_TEXT: usize = 200;

struct Findings(Vec<Difference>);

impl Findings {
    fn add(&mut self, pointer: impl Into<String>, code: &'static str, expected: impl ToString, found: impl ToString) {
        // What anybody may send must not be answered with more than it is.
        if self.0.len() >= MAX_DIFFERENCES {
            return;
        }
        let short = |text: String| text.chars().take(MAX_TEXT).collect();
        let (expected, found) = (short(expected.to_string()), short(found.to_string()));
        self.0.push(Difference { pointer: pointer.into(), code, expected, found });
    }

    fn expect(&mut self, holds: bool, pointer: impl Into<String>, code: &'static str, expected: &str, found: &str) {
        if !holds {
            self.add(pointer, code, expected, found);
        }
    }

    /// Strictly ascending: in order, and nothing twice.
    fn ascending<T, K: Ord>(&mut self, pointer: &str, list: &[T], key: impl Fn(&T) -> K) {
        for (index, pair) in list.windows(2).enumerate() {
            if key(&pair[0]) >= key(&pair[1]) {
                self.add(format!("{pointer}/{}", index + 1), "NOT_ASCENDING", "strictly ascending entries", "");
            }
        }
    }

    fn equal(&mut self, pointer: &str, code: &'static str, expected: &Digest, found: &Digest) {
        self.expect(expected == found, pointer, code, &hex::encode(expected), &hex::encode(found));
    }
}

/// Every difference; none means that the record is consistent from commitment to match.
pub fn verify(signed: &SignedTranscript) -> Vec<Difference> {
    verify_within(signed, usize::MAX)
}

/// Whether what was frozen is still what its terms say.
pub fn verify_frozen(transcript: &Transcript) -> Vec<Difference> {
    let mut findings = Findings(Vec::new());
    frozen::check(transcript, &mut findings);
    findings.0
}

/// The same as [`verify`], where no more than so many tickets of officers are computed: for documents that anybody may send.
pub fn verify_within(signed: &SignedTranscript, tickets: usize) -> Vec<Difference> {
    let mut findings = Findings(Vec::new());
    let transcript = &signed.transcript;
    match transcript.digest() {
        Ok(digest) => findings.equal("/digest", "DIGEST_DIFFERS", &digest, &signed.digest),
        Err(error) => findings.add("/transcript", "DIGEST_DIFFERS", "canonical JSON", error),
    }
    frozen::check(transcript, &mut findings);
    results::check(transcript, tickets, &mut findings);
    results::check_openings(signed, &mut findings);
    results::check_officer_openings(signed, &mut findings);

    findings.0
}
