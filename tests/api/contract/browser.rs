//! `/docs` in a real browser: nothing leaves the host, a token authorises, a call is executed.
//!
//! Ignored by default: `tests/run.sh` runs it where Chromium is installed (`DOCS_TEST` names the script).

use crate::harness::{World, artefacts};
use reqwest::Method;
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

/// A citizen's check of a draw, from the page that is served and from the page that was saved.
#[tokio::test]
#[ignore = "needs Chromium; tests/run.sh runs it"]
async fn the_offline_page_verifies_draws_in_a_browser() {
    let script = std::env::var("VERIFY_TEST").expect("VERIFY_TEST names the script");
    let world = World::county().await;
    let parties = [("market.lead", "51082103"), ("justice", "51082104")];
    let task = world.ready_to_draw(&world.task_body("离线复算", &["51082103"]).await, &parties).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let get = async |path: &str| world.anonymous(Method::GET, &format!("/api/v1/public/{path}")).send().await;
    let draws = get(&format!("draws?task_id={}", task.rsplit('/').next().unwrap())).await.expect(200);
    let transcript = get(&format!("draws/{}/transcript", draws["items"][0]["id"].as_str().unwrap())).await;
    let rows = format!("/api/v1/inspections?task_id={}&limit=1", task.rsplit('/').next().unwrap());
    let object = world.get("market.lead", &rows).await.expect(200)["items"][0]["object_id"].clone();
    let of = format!(
        "/api/v1/draws/{}/inclusion?object_id={}",
        draws["items"][0]["id"].as_str().unwrap(),
        object.as_str().unwrap()
    );
    let hat = world.get("justice", &of).await;
    // Lines get their places within a second or two; a checkpoint that is read after the place covers it.
    let act = loop {
        let act = get("log/acts?action=FROZEN").await.expect(200)["items"][0].clone();
        if act["place"].is_u64() {
            break act;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    let checkpoint = get("log/checkpoint").await;
    let said = checkpoint.json();
    let proof = get(&format!("log/proof?place={}&size={}", act["place"], said["size"])).await;
    proof.expect(200);
    let keep = |name: &str, text: &str| {
        let file = artefacts().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };

    let status = Command::new("node")
        .arg(&script)
        .env("BASE_URL", &world.server.url)
        .env("TRANSCRIPT", keep("verify-transcript.json", &transcript.text))
        .env("CHECKPOINT", keep("verify-checkpoint.json", &checkpoint.text))
        .env("PROOF", keep("verify-proof.json", &proof.text))
        .env("HAT", keep("verify-inclusion.json", &hat.text))
        .env("ACT", keep("verify-act.json", &act.to_string()))
        .env("KEY", said["key"].as_str().unwrap())
        .env("TERMS", draws["items"][0]["terms"].as_str().unwrap())
        .env("OUT", artefacts().join("verify"))
        .status()
        .unwrap();
    assert!(status.success(), "{script}: {status}");
}
