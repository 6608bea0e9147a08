//! `verify-audit`: a whole database read again against its log.

use super::{explain, say};
use crate::app::App;
use crate::config::Settings;
use crate::persistence::kernel::db::sqlite_file;
use crate::service::oversight::log::{Difference, known_checkpoint, verify};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct AuditArgs {
    /// Notes of checkpoints that were kept elsewhere, as GET /api/v1/public/log/checkpoint gives them
    #[arg(value_name = "NOTE")]
    notes: Vec<PathBuf>,
}

pub async fn run(settings: Settings, args: AuditArgs) -> Result<ExitCode, String> {
    // Nothing is made or changed here: what is not there cannot be verified.
    let files = [sqlite_file(&settings.database.url), Some(settings.security.secret_file.clone())];
    if let Some(file) = files.iter().flatten().find(|file| !file.exists()) {
        return Err(format!("{} is not there", file.display()));
    }
    let app = App::new(settings).await.map_err(|error| explain(&error))?;
    let mut witnessed = Vec::new();
    for path in &args.notes {
        let shown = path.display();
        let note = std::fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
        let checkpoint = known_checkpoint(&app, &note).map_err(|error| explain(&error))?;
        witnessed.push(checkpoint.ok_or_else(|| format!("{shown}: no checkpoint signed by this log's key"))?);
    }

    let verdict = verify(&app, &witnessed).await.map_err(|error| explain(&error))?;
    let Some(difference) = verdict.difference else {
        say(&format!(
            "unaltered: {} lines, {} waiting, {} checkpoints; root {}",
            verdict.lines,
            verdict.waiting,
            verdict.checkpoints,
            hex::encode(verdict.root)
        ));
        return Ok(ExitCode::SUCCESS);
    };

    say(&match difference {
        Difference::Altered { place, entry } => format!("ALTERED: line {place}, audit entry {entry}"),
        Difference::Unreadable { place } => format!("UNREADABLE: line {place} is nothing that this service writes"),
        Difference::Lost { checkpoint } => format!("LOST: checkpoint {checkpoint}, which the trail tells of"),
        Difference::NoLog => "NO LOG: this database has none, or it was taken away".to_owned(),
        Difference::Missing { place, entry } => format!("MISSING: line {place}, audit entry {entry}"),
        Difference::Misplaced { place } => {
            format!("MISPLACED: what stands at line {place} is not what was logged there")
        }
        Difference::Unlogged { entry } => format!("UNLOGGED: audit entry {entry} was never logged"),
        Difference::Emptied { entry } => {
            format!(
                "EMPTIED: audit entry {entry} says nothing any more, and no line says that its record was destroyed"
            )
        }
        Difference::Tile { level, number } => {
            format!("TILE: hashes {number} of level {level} are not what the lines give")
        }
        Difference::Checkpoint { size } => {
            format!("REWRITTEN: the log is not the one of the checkpoint of {size} lines")
        }
        Difference::Signature { size } => {
            format!("SIGNATURE: the checkpoint of {size} lines is not signed by this log")
        }
    });
    Ok(ExitCode::FAILURE)
}
