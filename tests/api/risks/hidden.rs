//! The credit class of an enterprise is for those who hold `credit:read`, and for nobody else: not in public, not in other
//! roles' answers, not in the log, not in the metrics.

use crate::contract::openapi::{committed, operations};
use crate::credit::strategy;
use crate::harness::World;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What would tell a class: its codes, its names, and the members that carry it.
const TELLING: [&str; 11] = [
    "TRUSTWORTHY",
    "DISHONEST",
    "UNCLASSIFIED",
    "\"KEY\"",
    "守法诚信",
    "重点监管",
    "违法失信",
    "class_levels",
    "CLASS_LEVELS",
    "credit_",
    "strategy_id",
];

fn telling(text: &str) -> Option<&'static str> {
    TELLING.into_iter().find(|word| text.contains(word))
}

#[tokio::test]
async fn no_class_leaves_the_circle_of_those_who_may_know_it() {
    let log = std::env::temp_dir().join(format!("mingjian-log-{}", mingjian::kernel::ctx::new_id()));
    let settings =
        [("MINGJIAN__LOG__FILTER", "debug,sqlx=off,hyper=off"), ("MINGJIAN_TEST_LOG", log.to_str().unwrap())];
    let mut world = World::county_with(&settings).await;
    // Classes at work: a strategy, a draw, a model that looks at classes, and a clue that it raised.
    let made =
        world.post("market.lead", "/api/v1/credit-strategies").json(&strategy("HIDDEN")).send().await.expect(201);
    let id = made["id"].as_str().unwrap();
    world.act("coordinator", &format!("/api/v1/credit-strategies/{id}"), "activate", None).await.expect(200);
    let mut body = world.task_body("保密抽查", &["51082103"]).await;
    body["strata"] = json!([]);
    body["strategy_id"] = json!(id);
    body["pool_filter"] = json!({ "township_codes": ["510821100"] });
    let task = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    world.model("CLASS-FALL", "HIDDEN", 5).await;
    let page =
        world.get("market.lead", "/api/v1/objects?township_code=510821100&local_class=TRUSTWORTHY&limit=1").await;
    let object = page.expect(200)["items"][0].clone();
    let uscc = object["uscc"].as_str().unwrap();
    let batch = format!("统一社会信用代码,分类体系,信用等级,评价批次,下发来源\n{uscc},2,D,202609,3\n");
    world.import("credit-classifications", batch.into_bytes()).await;
    assert_eq!(world.run_models("market.lead", false).await["raised"], 1);
    let clue = world.get("market.admin", "/api/v1/risk-clues?source=MODEL").await.expect(200)["items"][0].clone();
    assert_eq!(clue["trace"]["values"]["risen"], 3, "those who may know do");
    let clue = format!("/api/v1/risk-clues/{}", clue["id"].as_str().unwrap());
    world.act("market.admin", &clue, "sign", None).await.expect(200);
    let officer = json!({ "user_id": world.user_id("market.officer").await });
    world.act("market.admin", &clue, "assign", Some(officer)).await.expect(200);
    world
        .make_partner(
            &["objects:read", "inspections:read", "risk-clues:read", "indicators:read", "items:read", "personnel:read"],
            "510821100",
        )
        .await;
    // Every public operation.
    let document = committed();
    let mut asked = 0;
    let task = task.rsplit('/').next().unwrap();
    let draw =
        world.get("market.lead", &format!("/api/v1/draws?task_id={task}")).await.expect(200)["items"][0]["id"].clone();
    let inspection = world.get("market.lead", &format!("/api/v1/inspections?task_id={task}&limit=1")).await.expect(200);
    let records = [
        ("draws", draw.as_str().unwrap()),
        ("inspections", inspection["items"][0]["id"].as_str().unwrap()),
        ("objects", object["id"].as_str().unwrap()),
        ("risk-clues", clue.rsplit('/').next().unwrap()),
        ("tasks", task),
    ];
    let said = visited(&world, &object["id"]).await;
    let filled = |path: &str| {
        let noun = path.trim_start_matches("/api/v1/").trim_start_matches("public/").split('/').next().unwrap();
        let record = records.iter().find(|(known, _)| *known == noun);
        let path = path.replace("{id}", record.map_or("01930000-0000-7000-8000-000000000000", |(_, id)| id));
        path.replace("{code}", "8")
    };
    for (id, method, path, operation) in operations(&document) {
        if !operation["x-permission"].is_null() || !path.contains("/public/") {
            continue;
        }
        let path = filled(&path);
        let answer = if method == "GET" {
            world.anonymous(Method::GET, &path).send().await
        } else if id == "prove_own_inclusion" {
            let body = json!({ "object_id": object["id"], "access_code": "0".repeat(32) });
            world.anonymous(Method::POST, &path).json(&body).send().await
        } else if let Some(body) = said.get(id.as_str()) {
            world.anonymous(Method::POST, &path).json(body).send().await
        } else {
            let transcript = format!("/api/v1/public/draws/{}/transcript", draw.as_str().unwrap());
            let transcript = world.anonymous(Method::GET, &transcript).send().await;
            world.anonymous(Method::POST, &path).raw("application/json", transcript.text.into_bytes()).send().await
        };
        assert!(answer.status == 200 || answer.status == 404, "{id}: {}", answer.text);
        assert_eq!(telling(&answer.text), None, "{id} is public");
        asked += 1;
    }
    assert!(asked >= 8, "{asked} public operations");
    // Every list and record that a role without credit:read may ask for; code tables and own permissions name codes only.
    let without = [
        ("market.officer", "officer"),
        ("donghe.township", "township"),
        ("partner", "partner"),
        ("auditor", "auditor"),
    ];
    for (who, _) in without.iter().filter(|(who, _)| *who != "auditor") {
        let mut seen = 0;
        for (id, method, path, _) in operations(&document) {
            let reference = path.contains("/dictionaries") || path.contains("/me") || path.contains("/events");
            if method != "GET" || reference || !path.starts_with("/api/v1/") {
                continue;
            }
            let answer = world.get(who, &filled(&path)).await;
            if answer.status == 200 {
                assert_eq!(telling(&answer.text), None, "{id} tells {who}: {}", answer.text);
                seen += 1;
            }
        }
        assert!(seen >= 5, "{who} saw {seen}");
        world.get(who, "/api/v1/objects?local_class=DISHONEST").await.expect_problem(403, "FORBIDDEN");
        world.get(who, "/api/v1/objects?local_class[ne]=GENERAL").await.expect_problem(403, "FORBIDDEN");
    }
    for resource in ["objects", "credit-classifications", "risk-clues"] {
        let path = format!("/api/v1/audit/entries?resource={resource}&limit=50");
        let trail = world.get("auditor", &path).await;
        assert!(!trail.expect(200)["items"].as_array().unwrap().is_empty(), "{resource}");
        for member in ["local_class", "trace", "\"level\":\"D\""] {
            assert!(!trail.text.contains(member), "{resource}: {member} is in the trail");
        }
    }
    let metrics = world.anonymous(Method::GET, "/metrics").send().await;
    assert!(!metrics.text.is_empty());
    assert_eq!(telling(&metrics.text), None, "the metrics tell");
    let kept = std::fs::read_to_string(&log).unwrap();
    assert!(!kept.is_empty(), "the log was kept");
    let told: Vec<_> = kept.lines().filter(|line| telling(line).is_some()).take(3).collect();
    assert!(told.is_empty(), "the log tells: {told:?}");
    std::fs::remove_file(log).unwrap();
}

/// What an enterprise sends when it is visited: the code that it was shown, and what it thinks.
async fn visited(world: &World, object: &Value) -> BTreeMap<&'static str, Value> {
    let visit = world.daily_visit("market", object).await;
    world.walk_visit("market", &visit, 4).await;
    let code = world.get("market.admin", &format!("{visit}/entry-code")).await.expect(200)["code"].clone();
    let scan = json!({ "code": code });
    let scanned = world.anonymous(Method::POST, "/api/v1/public/visits/scan").json(&scan).send().await.expect(200);
    let rating = json!({ "token": scanned["feedback_token"], "score": 5 });
    let path = format!("/api/v1/objects/{}/statement-tokens", object.as_str().unwrap());
    let grant = world.post("market.lead", &path).json(&json!({ "purpose": "企业申请", "days": 30 }));
    let own = json!({ "token": grant.send().await.expect(201)["token"] });
    BTreeMap::from([("scan_entry_code", scan), ("give_visit_feedback", rating), ("read_enterprise_statement", own)])
}
