//! A later public value in a draw: every secret is public before it is known, so that nobody can refuse for what comes out.

use crate::harness::{Answer, World, beacon, command};
use chrono::{Duration, SecondsFormat};
use domain::spot_checks::draws::transcript::SignedTranscript;
use domain::spot_checks::draws::verify::verify;
use mingjian::kernel::ctx::{new_id, now};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PARTIES: [(&str, &str); 2] = [("market.lead", "51082103"), ("justice", "51082104")];

async fn enter(world: &World, who: &str, task: &str, value: &str) -> Answer {
    world.act(who, task, "chance", Some(json!({ "value": value }))).await
}

async fn transcript(world: &World, task: &str) -> (String, Value) {
    let id = task.rsplit('/').next().unwrap();
    let draws = world.anonymous(Method::GET, &format!("/api/v1/public/draws?task_id={id}")).send().await.expect(200);
    let path = format!("/api/v1/public/draws/{}/transcript", draws["items"][0]["id"].as_str().unwrap());
    (draws["items"][0]["id"].as_str().unwrap().to_owned(), world.anonymous(Method::GET, &path).send().await.expect(200))
}

/// What the command says of a record.
fn verified(world: &World, record: &Value) -> String {
    let file = tempfile(record);
    let output = command(&world.database, &["verify-draw", file.to_str().unwrap()]).output().unwrap();
    std::fs::remove_file(file).unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn tempfile(record: &Value) -> std::path::PathBuf {
    let file = std::env::temp_dir().join(format!("{}.json", mingjian::kernel::ctx::new_id()));
    std::fs::write(&file, record.to_string()).unwrap();
    file
}

#[tokio::test]
async fn two_parties_say_which_numbers_were_published() {
    let world = World::county().await;
    let task = world
        .past_chance(&json!({ "source": "LOTTERY", "name": "双色球第2026136期", "form": "dd dd dd" }), &PARTIES)
        .await;
    let id = task.rsplit('/').next().unwrap();
    let wait = "/api/v1/worklist?kind=CHANCE_TO_ENTER";
    for (who, _) in PARTIES {
        let waits = world.get(who, wait).await.expect(200);
        assert_eq!(waits["items"][0]["resource_id"], id, "{who}");
    }
    world.act("market.lead", &task, "draw", None).await.expect_problem(409, "CHANCE_PENDING");
    // One spelling, one seed.
    for wrong in ["３ 7", "3 7 12", "030712", "03 07 12 25"] {
        let body = enter(&world, "market.lead", &task, wrong).await.expect_problem(422, "INVALID_BODY");
        assert_eq!(body["errors"][0]["pointer"], "/value");
    }

    let said = enter(&world, "market.lead", &task, "03 07 12").await.expect(200);
    assert_eq!((&said["chance"]["value"], &said["chance"]["entered"][0]["value"]), (&Value::Null, &json!("03 07 12")));
    world.assert_audit("tasks", id, "CHANCE_ENTERED", "market.lead").await;
    world.act("market.lead", &task, "draw", None).await.expect_problem(409, "CHANCE_PENDING");
    // Somebody was wrong: both look again, and whoever was enters it anew.
    let differs = enter(&world, "justice", &task, "03 07 15").await.expect(200);
    assert_eq!(differs["chance"]["value"], Value::Null, "{differs}");
    world.act("market.lead", &task, "draw", None).await.expect_problem(409, "CHANCE_PENDING");
    let settled = enter(&world, "market.lead", &task, "03 07 15").await.expect(200);
    assert_eq!(settled["chance"]["value"], "03 07 15");
    assert_eq!(settled["chance"]["entered"].as_array().unwrap().len(), 2);
    assert_eq!(world.get("justice", wait).await.expect(200)["items"], json!([]), "nobody has to enter it any more");
    enter(&world, "justice", &task, "03 07 15").await.expect_problem(409, "CHANCE_SETTLED");

    let drawn = world.act("market.lead", &task, "draw", None).await.expect(200);
    assert_eq!(drawn["status"], "MATCHED");
    let (draw, record) = transcript(&world, &task).await;
    let outcome = &record["transcript"]["outcome"];
    assert_eq!(outcome["chance"]["value"], "03 07 15");
    let signed = SignedTranscript::read(record.to_string().as_bytes()).unwrap();
    assert_eq!(verify(&signed), []);
    assert!(verified(&world, &record).starts_with("valid: "));
    let view = world.anonymous(Method::GET, &format!("/api/v1/public/draws/{draw}")).send().await.expect(200);
    assert_eq!(view["chance_value"], "03 07 15");
    assert_eq!(view["conditions"]["chance"]["name"], "双色球第2026136期");
    let acts = world.anonymous(Method::GET, &format!("/api/v1/public/log/acts?record_id={id}&limit=50")).send().await;
    let acts = acts.expect(200);
    let entered = acts["items"].as_array().unwrap().iter().filter(|act| act["action"] == "CHANCE_ENTERED");
    assert_eq!(entered.count(), 3, "every word of a party is public: {acts}");

    // Other numbers give another draw, and nobody but the service can sign them.
    let mut other = record.clone();
    other["transcript"]["outcome"]["chance"]["value"] = json!("03 07 12");
    let answer = world.anonymous(Method::POST, "/api/v1/public/draws/verify").json(&other).send().await.expect(200);
    let found = answer["differences"].to_string();
    assert!(found.contains("SEED_DIFFERS") && found.contains("/transcript/outcome/chance/signature"), "{found}");
    assert_eq!((&answer["consistent"], &answer["published"]), (&json!(false), &json!("NO")));
}

#[tokio::test]
async fn a_beacon_vouches_for_itself() {
    let world = World::county().await;
    let task = world.past_chance(&json!({ "source": "BEACON" }), &PARTIES).await;
    let shown = world.get("justice", &task).await.expect(200);
    let round = u32::try_from(shown["chance"]["round"].as_u64().unwrap()).unwrap();
    let signature = beacon::signature(round);

    for wrong in [beacon::signature(round + 1), "03 07".to_owned(), signature[2..].to_owned()] {
        let refused = enter(&world, "justice", &task, &wrong).await.expect_problem(422, "INVALID_BODY");
        assert_eq!(refused["errors"][0]["pointer"], "/value", "{refused}");
    }
    let settled = enter(&world, "justice", &task, &signature).await.expect(200);
    assert_eq!(settled["chance"]["value"], signature, "one party is enough");
    world.act("market.lead", &task, "draw", None).await.expect(200);

    let (_, record) = transcript(&world, &task).await;
    assert!(verified(&world, &record).starts_with("valid: "));
    let mut other = record.clone();
    other["transcript"]["outcome"]["chance"]["value"] = json!(beacon::signature(round + 1));
    assert!(verified(&world, &other).contains("CHANCE_NOT_SIGNED /transcript/outcome/chance/value"));
}

#[tokio::test]
async fn what_a_task_names_is_of_a_later_moment() {
    let world = World::county().await;
    let mut body = world.task_body("公开数值", &["51082103"]).await;
    for (chance, pointer) in [
        (json!({ "source": "BEACON", "at": "2026-11-01T12:00:00Z" }), "/chance/at"),
        (json!({ "source": "BEACON", "at": "2028-01-01T12:00:00Z" }), "/chance/at"),
        (json!({ "source": "BEACON", "at": "2027-11-01T12:00:00Z", "name": "某信标" }), "/chance/name"),
        (json!({ "source": "LOTTERY", "at": "2027-11-01T12:00:00Z", "form": "dd" }), "/chance/name"),
        (json!({ "source": "LOTTERY", "at": "2027-11-01T12:00:00Z", "name": "某号码" }), "/chance/form"),
        (json!({ "source": "BEACON", "at": "2027-11-01T12:00:00Z", "form": "dd" }), "/chance/form"),
    ] {
        body["chance"] = chance;
        let refused = world.post("market.lead", "/api/v1/tasks").json(&body).send().await;
        assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], pointer);
    }

    body["chance"] = json!({ "source": "BEACON", "at": "2027-11-01T12:00:00Z" });
    let task = world.frozen(&body, &PARTIES).await;
    enter(&world, "market.lead", &task, "03").await.expect_problem(409, "SECRETS_MISSING");
    world.reveal(&task, 1, &PARTIES).await;
    enter(&world, "market.lead", &task, "03").await.expect_problem(409, "CHANCE_PENDING");
    world.act("market.lead", &task, "draw", None).await.expect_problem(409, "CHANCE_PENDING");
    let plain = world.ready_to_draw(&world.task_body("无公开数值", &["51082103"]).await, &PARTIES).await;
    enter(&world, "market.lead", &plain, "03").await.expect_problem(409, "STATE_CONFLICT");
}

/// A secret counts when it has come whole: headers in time and a body that is held back until the value is known are too late.
#[tokio::test]
async fn a_secret_whose_body_is_held_back_is_not_taken() {
    let world = World::county().await;
    for seconds in [3, 6, 12, 24] {
        let at = now() + Duration::seconds(seconds);
        let mut body = world.task_body("待公开数值", &["51082103"]).await;
        body["chance"] = json!({ "source": "BEACON", "at": at.to_rfc3339_opts(SecondsFormat::Millis, true) });
        let Some(task) = world.before_chance(&body, &PARTIES, &PARTIES[..1]).await else { continue };
        let secret = world.reveal_body(&task, 1, "justice").await.to_string();
        let version = world.get("justice", &task).await.expect(200)["version"].clone();

        let url = world.server.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(url).await.unwrap();
        let head = format!(
            "POST {task}/reveal HTTP/1.1\r\nhost: {url}\r\nauthorization: Bearer {}\r\nif-match: \"{version}\"\r\n\
             idempotency-key: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            world.token("justice"),
            new_id(),
            secret.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&secret.as_bytes()[..1]).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        // On a slow machine the moment has passed already: a later one is enough.
        if now() >= at {
            continue;
        }
        tokio::time::sleep((at - now()).to_std().unwrap_or_default()).await;
        stream.write_all(&secret.as_bytes()[1..]).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 409") && answer.contains("CHANCE_KNOWN"), "{answer}");
        return;
    }
    panic!("no secret began to come in time");
}

/// Whoever holds the database puts another value where the settled one was: nothing is drawn with it.
#[tokio::test]
async fn a_value_that_was_changed_in_the_database_is_not_drawn_with() {
    let world = World::county().await;
    let task = world.past_chance(&json!({ "source": "LOTTERY", "name": "某号码", "form": "dd dd" }), &PARTIES).await;
    for (who, _) in PARTIES {
        enter(&world, who, &task, "03 07").await.expect(200);
    }
    for change in ["chance = REPLACE(chance, '03 07', '03 08')", "chance = NULL"] {
        let change = if crate::harness::backend() == "postgres" {
            change.replace("REPLACE(chance, '03 07', '03 08')", "REPLACE(chance::text, '03 07', '03 08')::jsonb")
        } else {
            change.to_owned()
        };
        world.database.execute(&format!("UPDATE draws SET {change}")).await;
        let refused = world.act("market.lead", &task, "draw", None).await;
        assert!(
            ["FROZEN_RECORD_CHANGED", "CHANCE_PENDING"].contains(&refused.json()["code"].as_str().unwrap()),
            "{refused:?}"
        );
    }
    world.database.execute("UPDATE tasks SET chance = NULL").await;
    world.act("market.lead", &task, "draw", None).await.expect_problem(409, "CHANCE_PENDING");
}

/// Whoever waits with its secret until the value is known has waited too long; the next epoch waits for another value.
#[tokio::test]
async fn a_secret_that_comes_after_the_value_is_not_taken() {
    let world = World::county().await;
    let task = world.past_chance(&json!({ "source": "BEACON" }), &PARTIES).await;
    // As it would be had the justice bureau kept silent.
    let id = task.rsplit('/').next().unwrap();
    let shown = world.get("justice", &task).await.expect(200);
    let own = |made: &&Value| made["department_id"] == world.departments["51082104"].as_str();
    let own = shown["commitments"].as_array().unwrap().iter().find(own).unwrap()["commitment"].clone();
    let silent = "UPDATE commitments SET secret = NULL, revealed_at = NULL WHERE commitment = ";
    world.database.execute(&format!("{silent}'{}'", own.as_str().unwrap())).await;
    let late = world.reveal_body(&task, 1, "justice").await;
    world.act("justice", &task, "reveal", Some(late)).await.expect_problem(409, "CHANCE_KNOWN");
    assert!(!world.get("justice", &task).await.expect(200)["allowed_actions"].to_string().contains("REVEAL"));

    // Nothing can be drawn any more, so nobody has to agree: who kept silent could else hold the task for ever.
    let body = Some(json!({ "cause": "PARTY_REFUSED", "reason": "一方未启封" }));
    let redrawn = world.act("market.lead", &task, "redraw", body).await.expect(200);
    assert_eq!((&redrawn["status"], &redrawn["epoch"]), (&json!("DRAFT"), &json!(2)));
    let early = Some(json!({ "commitment": "ab".repeat(32) }));
    world.act("market.lead", &task, "commit", early).await.expect_problem(409, "CHANCE_KNOWN");
    let mut body = world.task_body("待公开数值", &["51082103"]).await;
    body["chance"] = json!({ "source": "BEACON", "at": "2027-11-01T12:00:00Z" });
    let shown = world.get("market.lead", &task).await.expect(200);
    let change = world.request(Method::PUT, "market.lead", &task).if_match(shown["version"].as_i64().unwrap());
    change.json(&body).send().await.expect(200);
    world.commit(&task, 2, &PARTIES).await;
    world.act("market.lead", &task, "freeze", None).await.expect(200);
    world.assert_audit("tasks", id, "FROZEN", "market.lead").await;
}
