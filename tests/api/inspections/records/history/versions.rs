//! What has versions: items, their lists, and plans.

use crate::harness::{World, id_of};
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

/// Versions: what was in force, by what was known of it. Approved thirty days ago; ten days ago another, in force for five.
#[tokio::test]
async fn a_version_that_was_approved_later_was_not_known_before() {
    let world = World::county().await;
    let item = world.to_claim("51082103", 1).await.remove(0);
    let list = world.approve_item("market", &item).await;
    world.approve_list("market", &list).await;
    let today = crate::harness::today();
    let days = |days: u64| today - Days::new(days);
    for (path, next) in [(&item, today + Days::new(3)), (&list, today + Days::new(3))] {
        world.act("market.admin", path, "change", None).await.expect(200);
        world.act("market.admin", path, "submit", None).await.expect(200);
        let on = json!({ "effective_on": next.to_string() });
        world.act("market.reviewer", path, "approve", Some(on)).await.expect(200);
    }

    for path in [&item, &list] {
        let id = world.database.id(id_of(path));
        let when = |days_ago: u64| format!("{} 04:00:00+00:00", days(days_ago));
        let moved = [
            format!(
                "UPDATE versions SET effective_from = '{}', effective_to = '{}', decided_at = '{}', updated_at = '{}' WHERE resource_id = {id} AND number = 1",
                days(30),
                days(5),
                when(30),
                when(10)
            ),
            format!(
                "UPDATE versions SET effective_from = '{}', decided_at = '{}', updated_at = '{}' WHERE resource_id = {id} AND number = 2",
                days(5),
                when(10),
                when(10)
            ),
            format!(
                "UPDATE history SET since = '{}', until_at = '{}' WHERE resource = 'versions' AND record_id IN (SELECT id FROM versions WHERE resource_id = {id})",
                when(30),
                when(10)
            ),
            // What the record itself was is not in question here.
            format!("DELETE FROM history WHERE record_id = {id}"),
        ];
        for sql in moved {
            world.database.execute(&sql).await;
        }
        let table = if path == &item { "items" } else { "implementation_lists" };
        world.database.execute(&format!("UPDATE {table} SET updated_at = '{}' WHERE id = {id}", when(30))).await;
    }

    for path in [&item, &list] {
        let shown = async |query: String| world.get("market.admin", &format!("{path}?{query}")).await;
        let number = async |query: String| shown(query).await.expect(200)["content_version"].clone();
        assert_eq!(number(format!("as_of={today}")).await, 2);
        assert_eq!(number(format!("as_of={}", days(6))).await, 1, "{path}");
        assert_eq!(number(format!("as_of={today}&known_at={}", days(10))).await, 2);
        assert_eq!(number(format!("as_of={today}&known_at={}", days(11))).await, 1, "nobody knew of another: {path}");
        let then = shown(format!("known_at={}", days(11))).await.expect(200);
        assert_eq!((&then["content_version"], &then["effective_to"]), (&json!(1), &Value::Null));
        assert_eq!(then["allowed_actions"], json!([]), "nothing is done to what was");
        shown(format!("known_at={}", today + Days::new(1))).await.expect_problem(404, "NOT_FOUND");
        let now = shown(format!("as_of={}&known_at={today}", days(6))).await.expect(200);
        assert_eq!((&now["content_version"], &now["effective_to"]), (&json!(1), &json!(days(5).to_string())));
        shown(format!("as_of={}&known_at={today}", days(31))).await.expect_problem(404, "NOT_FOUND");
        shown(format!("known_at={}", days(31))).await.expect_problem(404, "NOT_FOUND");
    }
}

/// Plans: the edition that was in force at the end of a day, while a new one is worked on.
#[tokio::test]
async fn a_plan_is_the_edition_that_was_in_force() {
    let world = World::county().await;
    let item = world.items_of("51082103").await.remove(0);
    let line = |ratio: &str| {
        json!({
            "spot_check_item_id": item, "category": "食品安全", "item_name": "食品销售监督检查", "targets": "食品销售企业", "item_kind": "GENERAL",
            "executing_unit": "食品股", "ratio_text": ratio, "period_text": "全年",
        })
    };
    let year = chrono::Datelike::year(&crate::harness::today());
    let body = json!({ "year": year, "name": "年度抽查计划", "kind": "ANNUAL", "lines": [line("5%")] });
    let plan = world.post("market.admin", "/api/v1/plans").json(&body).send().await.expect(201);
    let plan = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
    let published = world.publish_plan("market.admin", &plan).await;
    world.act("market.admin", &plan, "amend", Some(json!({ "reason": "增加抽查比例" }))).await.expect(200);
    let version = world.get("market.admin", &plan).await.expect(200)["version"].as_i64().unwrap();
    let mut changed = line("8%");
    changed["id"] = published["lines"][0]["id"].clone();
    let body = json!({ "year": year, "name": "调整后的计划", "kind": "ANNUAL", "lines": [changed] });
    let call = world.request(reqwest::Method::PUT, "market.admin", &plan).if_match(version).json(&body);
    call.send().await.expect(200);
    world.act("market.admin", &plan, "submit", None).await.expect(200);
    world.act("market.reviewer", &plan, "approve", Some(World::legal_review())).await.expect(200);
    world.act("justice", &plan, "file", Some(json!({ "filing_no": "旺司备〔2026〕99号" }))).await.expect(200);

    // It was made forty days ago, published thirty days ago, amended ten days ago, and filed again the day before yesterday.
    let today = crate::harness::today();
    let days = |days: u64| today - Days::new(days);
    let when = |days_ago: u64| format!("{} 04:00:00+00:00", days(days_ago));
    let id = world.database.id(id_of(&plan));
    let version = published["version"].as_i64().unwrap();
    let mut moved = vec![
        format!("UPDATE plans SET created_at = '{}', updated_at = '{}' WHERE id = {id}", when(40), when(2)),
        format!("UPDATE plan_editions SET published_at = '{}' WHERE plan_id = {id}", when(30)),
        "UPDATE seaql_migrations SET applied_at = 1000000000".to_owned(),
    ];
    for (of, since, until) in
        [(format!("< {version}"), 40, 30), (format!("= {version}"), 30, 10), (format!("> {version}"), 10, 2)]
    {
        moved.push(format!(
            "UPDATE history SET since = '{}', until_at = '{}' WHERE record_id = {id} AND version {of}",
            when(since),
            when(until)
        ));
    }
    for sql in moved {
        world.database.execute(&sql).await;
    }

    // What is worked on is none of what was in force.
    let shown = async |day: NaiveDate| world.get("market.admin", &format!("{plan}?as_of={day}")).await;
    for (ago, status) in [(30, "PUBLISHED"), (11, "PUBLISHED"), (5, "AMENDED"), (1, "FILED")] {
        let then = shown(days(ago)).await.expect(200);
        assert_eq!((&then["status"], &then["edition"]), (&json!(status), &json!(1)), "{ago} days ago");
        assert_eq!((&then["name"], &then["lines"][0]["ratio_text"]), (&json!("年度抽查计划"), &json!("5%")));
        assert_eq!((&then["filing_no"], &then["allowed_actions"]), (&published["filing_no"], &json!([])));
    }
    let now = world.get("market.admin", &plan).await.expect(200);
    assert_eq!((&now["name"], &now["lines"][0]["ratio_text"]), (&json!("调整后的计划"), &json!("8%")));
    let draft = shown(days(31)).await.expect_problem(404, "NOT_FOUND");
    assert!(draft["detail"].as_str().unwrap().contains("尚未公示"), "{draft}");
    shown(days(41)).await.expect_problem(404, "NOT_FOUND");
    let later = shown(today + Days::new(1)).await.expect_problem(404, "NOT_FOUND");
    assert!(later["detail"].as_str().unwrap().contains("晚于今天"), "{later}");
}
