//! `calendar`: what the servers do with the time, at once.

use super::{connect, explain, say};
use crate::config::Settings;
use crate::service::credit;
use crate::service::intake::data_sets;
use crate::service::officers::personnel::certificates::follow_the_calendar;
use crate::service::oversight::escalations;
use crate::service::records::archives::disposal;
use crate::service::risks::{risk_clues, risk_models};

pub async fn run(settings: Settings) -> Result<(), String> {
    let app = connect(settings).await?;
    let certificates = follow_the_calendar(&app).await.map_err(|error| explain(&error))?;
    let classes = credit::expire(&app).await.map_err(|error| explain(&error))?;
    let models = risk_models::expire(&app).await.map_err(|error| explain(&error))?;
    let clues = risk_clues::sweep(&app).await.map_err(|error| explain(&error))?;
    let sets = data_sets::sweep(&app).await.map_err(|error| explain(&error))?;
    let late = escalations::sweep(&app).await.map_err(|error| explain(&error))?;
    let lists = disposal::draw_up(&app).await.map_err(|error| explain(&error))?;
    let files = disposal::carry_on(&app).await.map_err(|error| explain(&error))?;
    say(&format!("{certificates} certificates ended or resumed by the calendar"));
    say(&format!("{classes} credit classes ended, {models} risk models ended, {clues} clues with another light"));
    say(&format!("{sets} data sets with other findings"));
    say(&format!("{late} late entries of the worklist were told to somebody else"));
    say(&format!("{lists} lists of files whose time is over were drawn up, {files} files had their outcome"));
    Ok(())
}
