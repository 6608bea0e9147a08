//! What was so: the state of a record at the end of any day is what replaying the trail says it was.

use crate::harness::World;
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use domain::kernel::clocks::calendar::{local_date, start_of};
use domain::oversight::audit::AuditAction;
use domain::register::objects::RegistrationStatus;
use entity::oversight::audit_entries;
use mingjian::app::App;
use mingjian::config::Settings;
use mingjian::kernel::ctx::Ctx;
use mingjian::persistence::kernel::tx::write;
use mingjian::service::register::objects;
use mingjian::service::register::objects::{ObjectBody, ObjectPatch};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ColumnTrait, Database, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

async fn app(world: &World) -> Arc<App> {
    let mut settings = Settings::default();
    settings.database.url.clone_from(&world.database.url);
    settings.security.secret_file = world.database.secret_file();
    App::new(settings).await.unwrap()
}

fn at(moment: DateTime<Utc>) -> Ctx {
    Ctx { now: moment, ..Ctx::system("history") }
}

/// A moment of ten years, often the last or the first of a day in Asia/Shanghai.
fn moment(random: &mut StdRng) -> DateTime<Utc> {
    let first = NaiveDate::from_ymd_opt(2016, 1, 1).unwrap();
    let midnight = start_of(first + Days::new(random.random_range(0..3_650)));
    let offset = [0, -1, 1, 43_200_000][random.random_range(0..4)];
    midnight + Duration::milliseconds(offset)
}

fn change(random: &mut StdRng, step: usize) -> ObjectPatch {
    let mut patch: ObjectPatch = serde_json::from_value(json!({})).unwrap();
    match random.random_range(0..4) {
        0 => patch.name = Some(format!("旺苍县时光第{step}店")),
        1 => patch.business_scope = Some(Some(format!("经营范围第{step}版"))),
        2 => patch.tags = Some(vec![format!("标签{step}")]),
        _ => {
            let status = [RegistrationStatus::Active, RegistrationStatus::Cancelled][step % 2];
            patch.registration_status = Some(status);
        }
    }
    patch
}

/// The record as the trail says it was at the end of a day.
fn replayed(trail: &[audit_entries::Model], day: NaiveDate) -> Option<Value> {
    let done = trail.iter().filter(|entry| local_date(entry.at) <= day);
    done.max_by_key(|entry| entry.after.as_ref().unwrap()["version"].as_i64()).and_then(|entry| entry.after.clone())
}

#[tokio::test]
async fn the_state_of_every_boundary_day_of_ten_years_is_what_the_trail_says() {
    let world = World::county().await;
    let app = app(&world).await;
    let database = Database::connect(&world.database.url).await.unwrap();
    world.database.execute("UPDATE seaql_migrations SET applied_at = 1000000000").await;
    let mut compared = 0;

    for seed in 0..6_u64 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut moments: Vec<_> = (0..40).map(|_| moment(&mut random)).collect();
        moments.sort();
        let body = json!({ "name": format!("旺苍县时光{seed}号店"), "object_type": "1", "region_code": "510821" });
        let body: ObjectBody = serde_json::from_value(body).unwrap();
        let made = write(&app.db, &at(moments[0]), async |tx| objects::create(&app, tx, body.clone()).await).await;
        let id: Uuid = made.unwrap().id;
        for (step, moment) in moments.iter().enumerate().skip(1) {
            let patch = change(&mut random, step);
            let version = i32::try_from(step).unwrap();
            let ctx = at(*moment);
            let update = async |tx: &_| objects::update(&app, tx, id, version, patch.clone()).await;
            let changed = write(&app.db, &ctx, async |tx| update(tx).await).await.unwrap();
            assert_eq!(changed.version, version + 1);
        }

        let trail = audit_entries::Entity::find()
            .filter(audit_entries::Column::ResourceId.eq(id))
            .filter(
                audit_entries::Column::Action
                    .is_in([AuditAction::Created, AuditAction::Updated].map(AuditAction::code)),
            )
            .all(&database)
            .await
            .unwrap();
        assert_eq!(trail.len(), 40);
        let days: BTreeSet<_> = moments
            .iter()
            .flat_map(|moment| {
                let day = local_date(*moment);
                [day - Days::new(1), day, day + Days::new(1)]
            })
            .collect();
        for day in days {
            let answer = world.get("market.lead", &format!("/api/v1/objects/{id}?as_of={day}")).await;
            let Some(then) = replayed(&trail, day) else {
                answer.expect_problem(404, "NOT_FOUND");
                continue;
            };
            let shown = answer.expect(200);
            for field in ["version", "name", "business_scope", "registration_status", "tags", "created_at"] {
                assert_eq!(shown[field], then[field], "{field} of seed {seed} on {day}");
            }
            if compared % 5 == 0 {
                let path = format!("/api/v1/objects/{id}/dossier?as_of={day}");
                assert_eq!(world.get("market.lead", &path).await.expect(200)["object"], shown, "seed {seed} on {day}");
            }
            compared += 1;
        }
    }
    assert!(compared > 400, "{compared}");
}

/// What was known: a class that was pushed later was not known before.
#[tokio::test]
async fn what_was_known_then_is_not_what_is_known_now() {
    let world = World::county().await;
    let object = world.get("market.lead", "/api/v1/objects?local_class=KEY&limit=1").await.expect(200);
    let path = format!("/api/v1/objects/{}", object["items"][0]["id"].as_str().unwrap());
    let today = crate::harness::today();
    let class = async |query: &str| world.get("market.lead", &format!("{path}/credit-class?{query}")).await.expect(200);
    let now = class(&format!("as_of={today}")).await;
    assert_eq!(now["local_class"], "KEY");
    let yesterday = today - Days::new(1);
    let before = class(&format!("as_of={today}&known_at={yesterday}")).await;
    assert_eq!((&before["local_class"], &before["classification"]), (&json!("UNCLASSIFIED"), &Value::Null));

    let gone = world.get("market.lead", &format!("{path}?known_at={yesterday}")).await;
    let problem = gone.expect_problem(404, "NOT_FOUND");
    assert!(problem["detail"].as_str().unwrap().contains("尚未入库"), "{problem}");
}

/// A certificate ends by the calendar, on the day that is asked for.
#[tokio::test]
async fn a_certificate_is_what_it_was_on_the_day() {
    let world = World::county().await;
    let tomorrow = crate::harness::today() + Days::new(20);
    let query = format!(
        "/api/v1/certificates?department_id={}&status=ACTIVE&valid_until[gte]={tomorrow}&limit=1",
        world.departments["51082103"]
    );
    let held = world.get("justice", &query).await.expect(200)["items"][0].clone();
    let path = format!("/api/v1/certificates/{}", held["id"].as_str().unwrap());
    let on = async |day: NaiveDate| world.get("justice", &format!("{path}?as_of={day}")).await.expect(200);
    let last: NaiveDate = held["valid_until"].as_str().unwrap().parse().unwrap();
    assert_eq!(on(last).await["status"], "ACTIVE", "its last day is a day of it");
    assert_eq!(on(last + Days::new(1)).await["status"], "EXPIRED");

    let until = crate::harness::today() + Days::new(10);
    let suspend = json!({ "reason": "年审未通过", "until": until });
    let call = world.post("justice", &format!("{path}/suspend")).if_match(held["version"].as_i64().unwrap()).keyed();
    call.json(&suspend).send().await.expect(200);
    assert_eq!(on(until).await["status"], "SUSPENDED");
    assert_eq!(on(until + Days::new(1)).await["status"], "ACTIVE", "a suspension ends by itself");
    world.get("agri.admin", &path).await.expect_problem(404, "NOT_FOUND");
}

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
        let id = world.database.id(path.rsplit('/').next().unwrap());
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
    let id = world.database.id(plan.rsplit('/').next().unwrap());
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

/// Servers' clocks differ: one that is behind writes, over midnight, a state that seems to end before it began.
#[tokio::test]
async fn states_come_one_after_the_other_whatever_the_clocks_say() {
    let world = World::county().await;
    let app = app(&world).await;
    world.database.execute("UPDATE seaql_migrations SET applied_at = 1000000000").await;
    let midnight = start_of(NaiveDate::from_ymd_opt(2026, 3, 2).unwrap());
    let before = midnight - Duration::hours(6);
    // Made in the evening; changed just after midnight; changed again by a clock that shows the evening still.
    let clocks = [before, midnight + Duration::seconds(5), midnight - Duration::seconds(2)];
    let body: ObjectBody =
        serde_json::from_value(json!({ "name": "旺苍县零点1店", "object_type": "1", "region_code": "510821" }))
            .unwrap();
    let made = write(&app.db, &at(clocks[0]), async |tx| objects::create(&app, tx, body.clone()).await).await;
    let id: Uuid = made.unwrap().id;
    for (version, clock) in (1..).zip(&clocks[1..]) {
        let mut patch: ObjectPatch = serde_json::from_value(json!({})).unwrap();
        patch.name = Some(format!("旺苍县零点{}店", version + 1));
        let update = async |tx: &_| objects::update(&app, tx, id, version, patch.clone()).await;
        write(&app.db, &at(*clock), async |tx| update(tx).await).await.unwrap();
    }

    let name = async |day: &str| {
        let path = format!("/api/v1/objects/{id}?as_of={day}");
        world.get("market.lead", &path).await.expect(200)["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        name("2026-03-01").await,
        "旺苍县零点1店",
        "the second came after midnight, and the third after the second"
    );
    assert_eq!(name("2026-03-02").await, "旺苍县零点3店");
    assert_eq!(name("2026-03-03").await, "旺苍县零点3店");
    let path = format!("/api/v1/objects/{id}/dossier?as_of=2026-03-01");
    assert_eq!(world.get("market.lead", &path).await.expect(200)["object"]["name"], "旺苍县零点1店");
}
