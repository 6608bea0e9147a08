//! What was so: the state of a record at the end of any day is what replaying the trail says it was.

mod versions;

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
