//! Logs: to standard error, so that what a command prints stays clean; JSON for machines.

use crate::config::LogSettings;
use std::io::{self, Write};
use tracing_subscriber::EnvFilter;

/// Standard error, where a line that cannot be written is lost and nothing else: a full disk behind the log ends no request.
struct Forgiving;

impl Write for Forgiving {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        Ok(io::stderr().write(line).unwrap_or(line.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush().or(Ok(()))
    }
}

/// Sets the process's logging up; a bad filter is named in one line.
pub fn start(settings: &LogSettings) -> Result<(), String> {
    let filter = EnvFilter::try_new(&settings.filter).map_err(|error| format!("log.filter: {error}"))?;
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).log_internal_errors(false).with_writer(|| Forgiving);
    let started = if settings.json { builder.json().try_init() } else { builder.compact().try_init() };
    started.map_err(|error| error.to_string())
}
