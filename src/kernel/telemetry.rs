//! Logs: to standard error, so that what a command prints stays clean; JSON for machines.

use crate::config::LogSettings;
use std::io;
use tracing_subscriber::EnvFilter;

/// Sets the process's logging up; a bad filter is named in one line.
pub fn start(settings: &LogSettings) -> Result<(), String> {
    let filter = EnvFilter::try_new(&settings.filter).map_err(|error| format!("log.filter: {error}"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = if settings.json { builder.json().try_init() } else { builder.compact().try_init() };
    started.map_err(|error| error.to_string())
}
