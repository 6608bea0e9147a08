//! What every operation has in common: problems, preconditions, lists, limits.

use crate::harness::{World, repo_file};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn every_failure_is_a_problem() {
    let world = World::county().await;
    let wrong_method = world.request(Method::DELETE, "market.lead", "/api/v1/objects").send().await;
    wrong_method.expect_problem(405, "METHOD_NOT_ALLOWED");
    let allow: BTreeSet<_> = wrong_method.header("allow").split(", ").collect();
    assert_eq!(allow, BTreeSet::from(["GET", "POST"]));
    world.get("market.lead", "/api/v1/nothing").await.expect_problem(404, "NOT_FOUND");
    world.get("market.lead", "/api/v1/objects/not-a-uuid").await.expect_problem(400, "INVALID_PARAMETER");
    let missing = "/api/v1/objects/01930000-0000-7000-8000-000000000000";
    world.get("market.lead", missing).await.expect_problem(404, "NOT_FOUND");
    let call = world.post("market.lead", "/api/v1/objects").raw("text/plain", b"{}".to_vec());
    call.send().await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    let call = world.post("market.lead", "/api/v1/objects").raw("application/json", vec![b' '; 5 << 20]);
    call.send().await.expect_problem(413, "PAYLOAD_TOO_LARGE");
    let english = world.request(Method::GET, "market.lead", missing).header("accept-language", "en").send().await;
    assert_eq!(english.json()["title"], "Not found");
    assert_eq!(english.header("content-language"), "en");
    let traced = world.request(Method::GET, "market.lead", missing).header("x-request-id", "my-own-id.1").send().await;
    assert_eq!((traced.header("x-request-id"), &traced.json()["trace_id"]), ("my-own-id.1", &json!("my-own-id.1")));
}

#[tokio::test]
async fn bodies_without_surprises() {
    let world = World::county().await;
    for bad in [
        r#"{"name":"a","name":"b","object_type":"1","region_code":"510821"}"#,
        "{\"name\":\"a\\u0000b\",\"object_type\":\"1\",\"region_code\":\"510821\"}",
        r#"{"name":"a","object_type":"1","region_code":"510821","unknown":1}"#,
        r#"["a","1"]"#,
        r#"{"name":"a","object_type":"1","region_code":"510821","registered_capital_fen":9007199254740993}"#,
        r#"{"name":"a""#,
        "",
        "null",
    ] {
        let call = world.post("market.lead", "/api/v1/objects").raw("application/json", bad.as_bytes().to_vec());
        call.send().await.expect_problem(400, "MALFORMED_REQUEST");
    }
    let deep = format!("{{\"name\":{}", "[".repeat(500));
    let call = world.post("market.lead", "/api/v1/objects").raw("application/json", deep.into_bytes());
    call.send().await.expect_problem(400, "MALFORMED_REQUEST");
    let body = json!({ "name": "", "object_type": "99", "uscc": "x", "region_code": "1", "established_on": "昨天", "tags": [""] });
    let problem =
        world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect_problem(422, "INVALID_BODY");
    let pointers: BTreeSet<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap().to_owned())
        .collect();
    let expected = ["/established_on", "/name", "/object_type", "/region_code", "/tags/0", "/uscc"].map(str::to_owned);
    assert_eq!(pointers, BTreeSet::from(expected), "every bad field at once");
}

#[tokio::test]
async fn changes_need_the_version_they_are_based_on() {
    let world = World::county().await;
    let object = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0].clone();
    let path = format!("/api/v1/objects/{}", object["id"].as_str().unwrap());
    let body = json!({ "name": "改名" });
    let patch = || world.request(Method::PATCH, "market.lead", &path).json(&body);
    patch().send().await.expect_problem(428, "PRECONDITION_REQUIRED");
    patch().header("if-match", "\"99\"").send().await.expect_problem(412, "STALE");
    patch().header("if-match", "*").send().await.expect_problem(412, "STALE");
    let answer = patch().if_match(object["version"].as_i64().unwrap()).send().await;
    assert_eq!(answer.expect(200)["name"], "改名");
    let etag = answer.header("etag").to_owned();
    let unchanged = world.request(Method::GET, "market.lead", &path).header("if-none-match", &etag).send().await;
    assert_eq!((unchanged.status, unchanged.text.as_str()), (304, ""));
    world.assert_audit("objects", object["id"].as_str().unwrap(), "UPDATED", "market.lead").await;
    // null clears, absent keeps.
    let clear = world.request(Method::PATCH, "market.lead", &path).header("if-match", &etag);
    let cleared = clear.json(&json!({ "business_scope": null })).send().await.expect(200);
    assert_eq!((&cleared["business_scope"], &cleared["name"]), (&Value::Null, &json!("改名")));
    let null_name = world.request(Method::PATCH, "market.lead", &path).if_match(cleared["version"].as_i64().unwrap());
    null_name.json(&json!({ "name": null })).send().await.expect_problem(422, "INVALID_BODY");
    let act = world.post("root", &format!("{path}/history"));
    act.send().await.expect_problem(405, "METHOD_NOT_ALLOWED");
    let plan = world.post("market.lead", "/api/v1/plans/01930000-0000-7000-8000-000000000000/submit").if_match(1);
    plan.send().await.expect_problem(400, "IDEMPOTENCY_KEY_REQUIRED");
}

#[tokio::test]
async fn lists_take_what_is_declared_and_nothing_else() {
    let world = World::county().await;
    let get = |query: &str| {
        let path = format!("/api/v1/objects?{query}");
        let world = &world;
        async move { world.get("market.lead", &path).await }
    };
    get("nonsense=1").await.expect_problem(400, "UNKNOWN_PARAMETER");
    get("name[gt]=a").await.expect_problem(400, "UNKNOWN_PARAMETER");
    get("sort=business_scope").await.expect_problem(400, "INVALID_PARAMETER");
    get("limit=0").await.expect_problem(400, "INVALID_PARAMETER");
    get("limit=201").await.expect_problem(400, "INVALID_PARAMETER");
    get("local_class=BEST").await.expect_problem(400, "INVALID_PARAMETER");
    get("limit=1&limit=2").await.expect_problem(400, "INVALID_PARAMETER");
    get("page=100000").await.expect_problem(400, "INVALID_PARAMETER");
    get("page=10000&limit=50").await.expect_problem(422, "PAGE_NOT_AVAILABLE");
    get("fields=password").await.expect_problem(422, "FIELD_NOT_IN_VIEW");
    let page = get("total=none&limit=1").await.expect(200);
    assert_eq!(page["page"]["total"], Value::Null);
    let page = get("total=exact&limit=3&fields=id,name&sort=name,id").await.expect(200);
    assert_eq!(page["page"]["total"], 400);
    assert_eq!(page["items"][0].as_object().unwrap().len(), 2);
    let named = get("name[contains]=%25").await.expect(200);
    assert_eq!(named["page"]["total"], 0, "a per cent sign is a per cent sign");
    let tagged = get("tag=餐饮服务&total=exact&limit=200").await.expect(200);
    assert!(tagged["page"]["total"].as_i64().unwrap() > 10);
    for object in tagged["items"].as_array().unwrap() {
        assert!(object["tags"].as_array().unwrap().contains(&json!("餐饮服务")));
    }
    let second = get("page=2&limit=50&sort=name").await.expect(200);
    let first = get("page=1&limit=50&sort=name").await.expect(200);
    assert_ne!(first["items"][0], second["items"][0]);
}

#[tokio::test]
async fn walking_all_pages_meets_every_row_once_while_others_write() {
    let world = World::county().await;
    for sort in ["name", "-name", "created_at", "-created_at", "id", "-id"] {
        let mut seen = BTreeSet::new();
        let mut names = Vec::new();
        let mut path = format!("/api/v1/objects?limit=37&sort={sort}&total=none");
        let mut round = 0;
        loop {
            let answer = world.get("market.lead", &path).await;
            let page = answer.expect(200);
            for object in page["items"].as_array().unwrap() {
                assert!(seen.insert(object["id"].as_str().unwrap().to_owned()), "{sort}: twice");
                names.push(object["name"].as_str().unwrap().to_owned());
            }
            let Some(cursor) = page["page"]["next_cursor"].as_str() else { break };
            assert!(answer.header("link").contains("rel=\"next\""));
            round += 1;
            let body =
                json!({ "name": format!("旺苍县插入{sort}{round}店"), "object_type": "1", "region_code": "510821" });
            world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect(201);
            path = format!("/api/v1/objects?limit=37&sort={sort}&total=none&cursor={cursor}");
        }
        assert!(seen.len() >= 400, "{sort}: {}", seen.len());
        if sort == "name" {
            assert!(names.is_sorted(), "byte order on both databases");
        }
    }
    let page = world.get("market.lead", "/api/v1/objects?limit=5&sort=name").await.expect(200);
    let cursor = page["page"]["next_cursor"].as_str().unwrap();
    for (who, query) in [
        ("market.admin", format!("limit=5&sort=name&cursor={cursor}")),
        ("market.lead", format!("limit=5&sort=-name&cursor={cursor}")),
        ("market.lead", format!("limit=5&sort=name&object_type=1&cursor={cursor}")),
        ("market.lead", format!("limit=5&sort=name&cursor={cursor}x")),
    ] {
        let answer = world.get(who, &format!("/api/v1/objects?{query}")).await;
        answer.expect_problem(422, "PAGE_NOT_AVAILABLE");
    }
}

#[tokio::test]
async fn what_a_role_may_not_see_is_not_there() {
    let world = World::county().await;
    let seen =
        world.get("market.admin", "/api/v1/objects?local_class=KEY&limit=1").await.expect(200)["items"][0].clone();
    let path = format!("/api/v1/objects/{}", seen["id"].as_str().unwrap());
    let hidden = world.get("market.officer", &path).await.expect(200);
    assert_eq!((&hidden["local_class"], &hidden["local_class_batch"]), (&Value::Null, &Value::Null));
    world.get("market.officer", "/api/v1/objects?local_class=KEY").await.expect_problem(403, "FORBIDDEN");
    let history = world.get("market.officer", &format!("{path}/history")).await;
    assert!(!history.text.contains("local_class"), "{}", history.text);
    assert!(world.get("market.admin", &format!("{path}/history")).await.text.contains("local_class"));
    // A person's certificate number is masked before anything is stored.
    let body = json!({ "name": "某自然人", "object_type": "2", "region_code": "510821", "cert_type": "111", "cert_no": "510821199001010013" });
    let made = world.post("market.lead", "/api/v1/objects").json(&body).send().await;
    assert_eq!(made.expect(201)["cert_no"], "****13");
    world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect_problem(409, "DUPLICATE");
    let trail = world.get("auditor", "/api/v1/audit/entries?resource=objects&action=CREATED").await;
    assert!(!trail.text.contains("510821199001010013"));
}

#[tokio::test]
async fn too_many_requests_are_told_to_wait() {
    let limits = [("MINGJIAN__LIMITS__REQUESTS_PER_SECOND", "20"), ("MINGJIAN__LIMITS__REQUEST_BURST", "40")];
    let world = World::bare_with(&limits).await;
    let mut refused = None;
    for _ in 0..200 {
        let answer = world.get("market.reviewer", "/api/v1/me").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("200 requests in a row are too many");
    refused.expect_problem(429, "RATE_LIMITED");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    // Another client is not affected.
    world.get("agri.reviewer", "/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn codes_and_calendar_explain_themselves() {
    let world = World::bare().await;
    let table = world.get("agri.admin", "/api/v1/dictionaries/spot-result").await.expect(200);
    assert_eq!(table["values"][0]["label_zh"], "未发现违法行为");
    let all = world.get("agri.admin", "/api/v1/dictionaries").await.expect(200);
    for entry in all["items"].as_array().unwrap() {
        let path = format!("/api/v1/dictionaries/{}", entry["name"].as_str().unwrap());
        world.get("agri.admin", &path).await.expect(200);
    }
    let festival = world.get("agri.admin", "/api/v1/calendar?from=2026-02-16&working_days=1").await.expect(200);
    assert_eq!((&festival["is_working_day"], &festival["due_on"]), (&json!(false), &json!("2026-02-24")));
    assert_eq!(festival["notice"], "国办发明电〔2025〕7号");
    world.get("agri.admin", "/api/v1/calendar?from=2026-02-31").await.expect_problem(400, "INVALID_PARAMETER");
    let regions = world.get("agri.admin", "/api/v1/regions").await.expect(200);
    assert_eq!(regions["items"].as_array().unwrap().len(), 32);
    let lines = std::fs::read_to_string(repo_file("data/regions.csv")).unwrap().lines().count();
    assert_eq!(lines, 33);
}
