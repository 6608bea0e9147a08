//! `/docs` in a real browser: nothing leaves the host, a token authorises, a call is executed.
//!
//! Ignored by default: `tests/run.sh` runs it where Chromium is installed (`DOCS_TEST` names the script).

use crate::harness::{World, artefacts};
use std::process::Command;

#[tokio::test]
#[ignore = "needs Chromium; tests/run.sh runs it"]
async fn the_documentation_page_works_by_itself() {
    let script = std::env::var("DOCS_TEST").expect("DOCS_TEST names the script");
    let world = World::bare().await;
    let status = Command::new("node")
        .arg(&script)
        .env("BASE_URL", &world.server.url)
        .env("TOKEN", world.token("market.reviewer"))
        .env("OUT", artefacts().join("docs.png"))
        .status()
        .unwrap();
    assert!(status.success(), "{script}: {status}");
}
