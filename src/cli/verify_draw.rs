//! `verify-draw`: anybody can re-run a draw offline.

use super::say;
use clap::Args;
use domain::spot_checks::draws::transcript::SignedTranscript;
use domain::spot_checks::draws::verify::{Difference, verify};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct VerifyArgs {
    /// A transcript, as GET /api/v1/draws/{id}/transcript gives it
    transcript: PathBuf,
    /// The service's published key, hexadecimal: that the receipt is signed by it
    #[arg(long)]
    key: Option<String>,
    /// The terms of the receipt that was kept at the freeze
    #[arg(long)]
    terms: Option<String>,
}

pub fn run(args: &VerifyArgs) -> Result<ExitCode, String> {
    let shown = args.transcript.display();
    let text = std::fs::read(&args.transcript).map_err(|error| format!("{shown}: {error}"))?;
    let signed = SignedTranscript::read(&text).map_err(|error| format!("{shown}: not a transcript: {error}"))?;
    let mut differences = verify(&signed);
    let transcript = &signed.transcript;
    let receipt = transcript.receipt.as_ref().map(|receipt| hex::encode(receipt.key)).unwrap_or_default();
    let kept = [
        ("/transcript/receipt/key", &args.key, receipt),
        ("/transcript/terms", &args.terms, hex::encode(transcript.terms)),
    ];
    for (pointer, known, found) in kept {
        if let Some(expected) = known.as_ref().filter(|known| **known != found) {
            let (pointer, expected) = (pointer.to_owned(), expected.clone());
            differences.push(Difference { pointer, code: "NOT_PUBLISHED", expected, found });
        }
    }

    if differences.is_empty() {
        let drawn = transcript.outcome.as_ref().map_or(0, |outcome| outcome.selected.len());
        let stage = match (&transcript.outcome, &transcript.matching) {
            (None, _) => "frozen, not drawn yet",
            (Some(_), None) => "drawn, officers not matched yet",
            (Some(_), Some(_)) => "drawn and matched",
        };
        say(&format!(
            "valid: draw {} epoch {}: {drawn} of {} objects, {stage}; terms {}, digest {}",
            transcript.draw,
            transcript.epoch,
            transcript.pool.len(),
            hex::encode(transcript.terms),
            hex::encode(signed.digest)
        ));
        return Ok(ExitCode::SUCCESS);
    }

    for difference in &differences {
        say(&format!(
            "{} {}: expected {}, found {}",
            difference.code, difference.pointer, difference.expected, difference.found
        ));
    }

    say(&format!("NOT valid: {} difference(s)", differences.len()));
    Ok(ExitCode::FAILURE)
}
