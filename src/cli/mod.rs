//! The command line: each command in its file, the flags they share here.

mod admin;
mod calendar;
mod draw_secret;
mod import;
mod keys;
mod serve;
mod verify_audit;
mod verify_draw;
mod verify_figures;

use crate::app::App;
use crate::config::{self, Settings};
use crate::http;
use crate::kernel::error::AppError;
use clap::{Args, Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// 明鉴：县级“互联网+监管”平台后端 (the backend of a county's Internet + Supervision platform).
#[derive(Parser)]
#[command(name = "mingjian", version, about, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Common {
    /// Configuration file (TOML); settings also come from MINGJIAN__SECTION__KEY in the environment.
    #[arg(long, global = true, value_name = "FILE", env = "MINGJIAN_CONFIG")]
    config: Option<PathBuf>,
    /// sqlite://path or postgres://user:password@host/name [default: sqlite://var/mingjian.db]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS")]
    bind: Option<String>,
    /// Log filter, such as `info` or `warn,mingjian=debug`
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API (migrates first).
    Serve,
    /// Serve a made-up county on an embedded database: accounts, data, a finished draw and one in draft.
    Demo,
    /// Bring the database schema up to date and stop.
    Migrate,
    /// Print the OpenAPI document; needs no database.
    Openapi,
    /// Manage accounts where nobody can log in yet.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// End what is over (certificates, suspensions, credit classes, risk models) and bring the lights of clues up to date,
    /// as servers do by themselves.
    Calendar,
    /// Change keys while servers go on.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Import a file (CSV in UTF-8, GBK/GB18030 or UTF-16, XLSX, XLS, ODS, NDJSON), as POST /api/v1/imports does.
    Import(import::ImportArgs),
    /// Make a party's secret for a draw and the commitment to it; needs no database, sends nothing.
    DrawSecret(draw_secret::SecretArgs),
    /// Re-run a draw from its transcript and say what differs; needs no database.
    VerifyDraw(verify_draw::VerifyArgs),
    /// Read the audit trail again against its log, and name the first line that differs, is missing or stands elsewhere.
    VerifyAudit(verify_audit::AuditArgs),
    /// Count every row of behaviours again, and name each figure that is not their sum.
    VerifyFigures,
    /// Read a workbook from standard input within bounds: the service calls itself by it.
    #[command(hide = true)]
    ReadWorkbook { dataset: String },
}

/// Parses the command line, runs the command and reports a failure in one line.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    match Box::pin(execute(cli)).await {
        Ok(code) => code,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "mingjian: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn execute(cli: Cli) -> Result<ExitCode, String> {
    if let Command::ReadWorkbook { dataset } = &cli.command {
        return Ok(crate::service::intake::imports::serve_workbook(dataset));
    }

    let Common { config, database_url, bind, log } = cli.common;
    let given_database = database_url.is_some();
    let overrides = [("database.url", database_url), ("server.bind", bind), ("log.filter", log)];
    let settings = config::load(config.as_deref(), &overrides)?;
    crate::kernel::telemetry::start(&settings.log)?;

    match cli.command {
        Command::Serve => serve::serve(settings).await?,
        Command::Demo => Box::pin(serve::demo(settings, given_database)).await?,
        Command::Migrate => {
            connect(settings).await?;
            say("schema is up to date");
        }
        Command::Openapi => {
            let document = http::api().document().map_err(|error| error.to_string())?;
            let document = document.to_pretty_json().map_err(|error| error.to_string())?;
            say(&document);
        }
        Command::Admin(command) => admin::run(settings, command).await?,
        Command::Calendar => calendar::run(settings).await?,
        Command::Keys(command) => keys::run(settings, command).await?,
        Command::Import(args) => import::run(settings, args).await?,
        Command::DrawSecret(args) => draw_secret::run(&args),
        // Done above, before anything is configured.
        Command::ReadWorkbook { .. } => {}
        Command::VerifyAudit(args) => return verify_audit::run(settings, args).await,
        Command::VerifyFigures => return verify_figures::run(settings).await,
        Command::VerifyDraw(args) => return verify_draw::run(&args),
    }

    Ok(ExitCode::SUCCESS)
}

/// Connects and migrates.
async fn connect(settings: Settings) -> Result<Arc<App>, String> {
    let url = settings.database.url.clone();
    let app = App::new(settings).await.map_err(|error| format!("{}: {}", redact(&url), explain(&error)))?;
    app.migrate().await.map_err(|error| format!("{}: {}", redact(&url), explain(&error)))?;
    Ok(app)
}

/// The sentence and its cause, for an operator.
fn explain(error: &AppError) -> String {
    if let Some(cause) = &error.cause {
        return cause.replace('\n', " ");
    }
    error.errors.iter().fold(error.detail.en.clone(), |text, field| {
        let sign = if text.ends_with('.') { "" } else { "." };
        format!("{text}{sign} {}: {}", field.pointer, field.detail.en)
    })
}

/// A database URL without its password.
fn redact(url: &str) -> String {
    // A password may stand among the parameters too.
    let url = url.split('?').next().unwrap_or_default();
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}

/// A line on standard output.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(super::redact("postgres://app:secret@db/mj"), "postgres://…@db/mj");
        assert_eq!(super::redact("sqlite://var/x.db"), "sqlite://var/x.db");
    }
}
