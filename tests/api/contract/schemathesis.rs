//! Hands a request that must succeed for every operation, and the server, to schemathesis.
//!
//! Ignored by default: `tests/run.sh` runs it where schemathesis is installed (`SCHEMATHESIS` names the program).

use crate::harness::{World, artefacts, backend, repo_file};
use serde_json::Value;
use std::process::Command;

#[tokio::test]
#[ignore = "needs schemathesis; tests/run.sh runs it"]
async fn all_phases_of_schemathesis() {
    let program = std::env::var("SCHEMATHESIS").expect("SCHEMATHESIS names the program");
    let env =
        [("MINGJIAN__SECURITY__ACCESS_TOKEN_SECONDS", "7200"), ("MINGJIAN__SECURITY__LOCKOUT_ATTEMPTS", "1000000")];
    let world = World::county_with_issuer(&env).await;
    let seeds = crate::seeds::all(&world).await;
    let file = artefacts().join(format!("seeds-{}.json", backend()));
    std::fs::write(&file, Value::Object(seeds).to_string()).unwrap();
    let status = Command::new(program)
        .args(["run", &format!("{}/openapi.json", world.server.url)])
        .current_dir(repo_file("tests/contract"))
        .env("SEEDS_FILE", &file)
        .env("TOKEN", world.token("root"))
        .env("STATUS_FILE", artefacts().join(format!("statuses-{}.json", backend())))
        .status()
        .unwrap();
    assert!(status.success(), "schemathesis: {status}");
}
