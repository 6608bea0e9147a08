//! `calendar`: what the servers do every hour, at once.

use super::{connect, explain, say};
use crate::config::Settings;
use crate::service::personnel::certificates::follow_the_calendar;

pub async fn run(settings: Settings) -> Result<(), String> {
    let app = connect(settings).await?;
    let done = follow_the_calendar(&app).await.map_err(|error| explain(&error))?;
    say(&format!("{done} certificates ended or resumed by the calendar"));
    Ok(())
}
