//! `serve` and `demo`.

use super::{connect, explain, say};
use crate::app::App;
use crate::config::Settings;
use crate::service::access::clients::usage::write_down;
use crate::{demo, http, jobs};
use actix_web::dev::ServerHandle;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

pub async fn serve(settings: Settings) -> Result<(), String> {
    let bind = settings.server.bind.clone();
    let app = connect(settings).await?;
    let listener = TcpListener::bind(&bind).map_err(|error| format!("server.bind {bind}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    tracing::info!(%address, "serving");
    say(&format!("listening on http://{address} (docs: http://{address}/docs/)"));
    listen(app, listener).await
}

async fn listen(app: Arc<App>, listener: TcpListener) -> Result<(), String> {
    let lanes = jobs::start(&app);
    let server = http::kernel::server::serve(Arc::clone(&app), listener).map_err(|error| explain(&error))?;
    stop_on_signal(&app, server.handle());
    server.await.map_err(|error| error.to_string())?;
    lanes.ended().await;
    write_down(&app).await.map_err(|error| explain(&error))
}

/// A signal to end: work gives back what it holds, streams say so, and requests under way are answered.
fn stop_on_signal(app: &Arc<App>, server: ServerHandle) {
    let app = Arc::clone(app);
    actix_web::rt::spawn(async move {
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        app.stop();
        server.stop(true).await;
    });
}

/// The demo's own database and files, made afresh each time.
const DEMO_DATABASE: &str = "var/demo/county.db";
const DEMO_FILES: &str = "var/demo/files";

pub async fn demo(mut settings: Settings, given_database: bool) -> Result<(), String> {
    let bind = settings.server.bind.clone();
    // Before the data, so that a port in use is said at once, and a demo that runs keeps its database.
    let listener = TcpListener::bind(&bind).map_err(|error| format!("server.bind {bind}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;

    if !given_database {
        settings.database.url = format!("sqlite://{DEMO_DATABASE}");
        for suffix in ["", "-wal", "-shm"] {
            let file = format!("{DEMO_DATABASE}{suffix}");
            if Path::new(&file).exists() {
                std::fs::remove_file(&file).map_err(|error| format!("{file}: {error}"))?;
            }
        }
        DEMO_FILES.clone_into(&mut settings.files.place);
        if Path::new(DEMO_FILES).exists() {
            std::fs::remove_dir_all(DEMO_FILES).map_err(|error| format!("{DEMO_FILES}: {error}"))?;
        }
    }
    settings.server.public_address = format!("http://{address}");

    // Whoever tries a draw out need not wait.
    settings.rules.reveal_wait_minutes = 0;

    let app = connect(settings).await?;
    let county = Box::pin(demo::load(&app)).await.map_err(|error| explain(&error))?;
    say(&county.summary);
    say("");
    say("演示账户 / demo accounts (passwords are made at random and shown once):");

    for account in &county.accounts {
        say(&format!(
            "  {:<18} {:<24} {:<20} {}",
            account.username, account.password, account.role, account.department
        ));
    }

    let lead = county.accounts.iter().find(|account| account.username == "market.lead");
    let password = lead.map_or("", |account| account.password.as_str());
    say("");
    say("试一试 / try:");
    say(&format!(
        "  TOKEN=$(curl -s http://{address}/api/v1/auth/token -H 'content-type: application/json' \
         -d '{{\"username\":\"market.lead\",\"password\":\"{password}\"}}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')"
    ));
    say(&format!("  curl -s http://{address}/api/v1/tasks -H \"authorization: Bearer $TOKEN\""));
    say(&format!("  curl -s 'http://{address}/api/v1/public/inspections?limit=2'"));
    say("");
    say(&format!("接口文档 / docs: http://{address}/docs/   (Ctrl-C stops)"));

    listen(app, listener).await
}
