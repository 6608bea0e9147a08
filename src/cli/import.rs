//! `import`: the same as the endpoint, with a progress bar.

use super::{connect, explain, say};
use crate::config::Settings;
use crate::http::kernel::extract::{DATASETS, dataset};
use crate::kernel::ctx::Ctx;
use crate::persistence::kernel::tx::write;
use crate::service::intake::imports;
use crate::service::intake::jobs::Progress;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::path::PathBuf;

#[derive(Args)]
pub struct ImportArgs {
    /// As POST /api/v1/imports has them: objects, personnel, checks and so on; another word lists them
    dataset: String,
    /// CSV, XLSX, XLS, ODS or NDJSON file
    file: PathBuf,
}

pub async fn run(settings: Settings, args: ImportArgs) -> Result<(), String> {
    let dataset = dataset(&args.dataset)
        .ok_or_else(|| format!("{}: the data sets are {}", args.dataset, DATASETS.map(|(name, _)| name).join(", ")))?;
    let shown = args.file.display();
    let file = File::open(&args.file).map_err(|error| format!("{shown}: {error}"))?;
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let app = connect(settings).await?;
    let ctx = Ctx::system("import");
    let import =
        write(&app.db, &ctx, async |tx| imports::store_for_command_line(&app, tx, dataset, &name, &file).await)
            .await
            .map_err(|error| explain(&error))?;
    let source = File::open(&args.file).map_err(|error| format!("{shown}: {error}"))?;
    // Drawn on a terminal only.
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of about {len} rows, {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    let done = imports::run(&app, &ctx, import.id, source, &Drawn(&bar)).await.map_err(|error| explain(&error))?;
    bar.finish_and_clear();
    say(&format!(
        "{}: {} rows = {} created + {} updated + {} unchanged + {} rejected + {} skipped; {} findings ({})",
        args.dataset,
        done.rows_total,
        done.rows_created,
        done.rows_updated,
        done.rows_unchanged,
        done.rows_rejected,
        done.rows_skipped,
        done.findings_count,
        done.encoding.as_deref().unwrap_or("empty")
    ));

    Ok(())
}

/// Progress as a bar on the terminal.
struct Drawn<'a>(&'a ProgressBar);

impl Progress for Drawn<'_> {
    async fn tell(&self, done: i64, total: Option<i64>) -> crate::kernel::error::Result<()> {
        self.0.set_length(u64::try_from(total.unwrap_or(done)).unwrap_or(0));
        self.0.set_position(u64::try_from(done).unwrap_or(0));
        Ok(())
    }
}
