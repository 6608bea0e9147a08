//! `verify-figures`: every row counted again, against the sums that are kept.

use super::{explain, say};
use crate::app::App;
use crate::config::Settings;
use crate::persistence::kernel::db::sqlite_file;
use crate::service::intake::behaviours::figures;
use std::process::ExitCode;

pub async fn run(settings: Settings) -> Result<ExitCode, String> {
    // Nothing is made here: what is not there cannot be verified.
    if let Some(file) = sqlite_file(&settings.database.url).filter(|file| !file.exists()) {
        return Err(format!("{} is not there", file.display()));
    }
    let app = App::new(settings).await.map_err(|error| explain(&error))?;
    let wrong = figures::verify(&app).await.map_err(|error| explain(&error))?;
    if wrong.is_empty() {
        say("every figure is what its rows give");
        return Ok(ExitCode::SUCCESS);
    }

    for figures::Deviation { kept, recounted } in wrong {
        let (department, kind) = (kept.department_id, kept.kind.code());
        let (township, month) = (&kept.township_code, kept.month.format("%Y-%m"));
        let sums = kept.sums();
        say(&format!("DIFFERS: {department} {kind} {township:?} {month}: kept {sums:?}, the rows give {recounted:?}"));
    }
    Ok(ExitCode::FAILURE)
}
