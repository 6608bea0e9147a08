//! 离线作业: what was done without a network comes later, in any order, twice, from two phones.

mod phones;
mod records;

use crate::harness::World;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

/// A visit of market regulation that may be made, two officers with accounts, and each with a pass.
struct Offline {
    world: World,
    visit: String,
    inspection: String,
    item: Value,
    passes: Vec<Value>,
}

const OFFICERS: [&str; 2] = ["market.first", "market.second"];

impl Offline {
    async fn county() -> Self {
        let mut world = World::county().await;
        let team = world.team("51082103").await;
        for (username, member) in OFFICERS.iter().zip(team.as_array().unwrap()) {
            world.make_user(username, "OFFICER", "51082103", member["personnel_id"].clone()).await;
        }
        let object = world.get("market.lead", "/api/v1/objects?limit=1&registration_status=ACTIVE").await.expect(200);
        let visit = world.daily_visit("market", &object["items"][0]["id"]).await;
        world.walk_visit("market", &visit, 3).await;
        let made = world.get("market.admin", &visit).await.expect(200);
        let inspection = format!("/api/v1/inspections/{}", made["parts"][0]["inspection_ids"][0].as_str().unwrap());
        let item = world.items_of("51082103").await.remove(0);
        let mut passes = Vec::new();
        for (at, username) in OFFICERS.iter().enumerate() {
            let body = json!({ "device": format!("执法终端 {at}") });
            let taken = world.post(username, "/api/v1/offline-passes").json(&body).send().await.expect(201);
            world.assert_audit("offline-passes", taken["id"].as_str().unwrap(), "CREATED", username).await;
            passes.push(taken);
        }
        // What happens with a pass happens after it was taken.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        Self { world, visit, inspection, item, passes }
    }

    /// So many milliseconds after the last pass was taken.
    fn at(&self, millis: i64) -> DateTime<Utc> {
        let issued: DateTime<Utc> = serde_json::from_value(self.passes[1]["pass"]["issued_at"].clone()).unwrap();
        issued + Duration::milliseconds(millis)
    }

    fn record(&self, action: &str, millis: i64) -> Value {
        let subject = if action == "RECORD_RESULT" { &self.inspection } else { &self.visit };
        json!({
            "id": mingjian::kernel::ctx::random_id(), "action": action, "subject_id": subject.rsplit('/').next().unwrap(), "at": self.at(millis),
        })
    }

    /// A result that was got on site.
    fn result(&self, summary: &str, millis: i64) -> Value {
        let mut record = self.record("RECORD_RESULT", millis);
        record["result"] = json!({
            "inspected_on": crate::harness::today(), "verify_ways": ["1"], "result_codes": ["1"],
            "points": [World::point(&self.item, "1")], "summary": summary,
        });
        record
    }

    async fn send(&self, officer: usize, records: &[&Value]) -> Value {
        let path = format!("/api/v1/offline-passes/{}/records", self.passes[officer]["id"].as_str().unwrap());
        let body = json!({ "sent_at": mingjian::kernel::ctx::now(), "records": records });
        self.world.post(OFFICERS[officer], &path).json(&body).send().await.expect(200)
    }

    /// The same, as the states of the records.
    async fn states(&self, officer: usize, records: &[&Value]) -> Vec<String> {
        let sent = self.send(officer, records).await;
        sent["items"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap().to_owned()).collect()
    }

    async fn state_of(&self, record: &Value) -> Value {
        let path = format!("/api/v1/offline-records/{}", record["id"].as_str().unwrap());
        self.world.get("market.admin", &path).await.expect(200)
    }
}

fn path_of(record: &Value) -> String {
    format!("/api/v1/offline-records/{}", record["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_pass_has_all_that_is_needed_without_a_network() {
    let county = Offline::county().await;
    let (world, taken) = (&county.world, &county.passes[0]);
    assert_eq!(taken["visits"][0]["visit"]["id"], county.visit.rsplit('/').next().unwrap());
    let code = taken["visits"][0]["entry_code"]["code"].as_str().unwrap();
    assert!(code.starts_with("MJE1."), "{code}");
    let one = &taken["inspections"][0];
    assert_eq!(one["inspection"]["id"], county.inspection.rsplit('/').next().unwrap());
    assert_eq!(one["check_points"]["items"][0]["spot_check_item_id"], county.item);
    assert_eq!(one["check_points"]["items"][0]["points"][0]["number"], 1);

    // An administrator of the department is no officer, and sees what its officers took.
    let refused =
        world.post("market.admin", "/api/v1/offline-passes").json(&json!({ "device": "台式机" })).send().await;
    refused.expect_problem(409, "STATE_CONFLICT");
    let list = |who: &'static str| async move {
        world.get(who, "/api/v1/offline-passes?total=exact").await.expect(200)["page"]["total"].clone()
    };
    assert_eq!(
        (list("market.admin").await, list(OFFICERS[0]).await, list("emergency.admin").await),
        (json!(2), json!(1), json!(0))
    );

    // Another's pass is not sent with; a lost one takes nothing any more.
    let theirs = format!("/api/v1/offline-passes/{}", county.passes[1]["id"].as_str().unwrap());
    let body = json!({ "sent_at": county.at(50), "records": [county.record("ENTER", 10)] });
    let path = format!("{theirs}/records");
    world.post(OFFICERS[0], &path).json(&body).send().await.expect_problem(404, "NOT_FOUND");
    let reason = json!({ "reason": "终端遗失" });
    world.act("market.admin", &theirs, "revoke", Some(reason)).await.expect(200);
    let id = theirs.rsplit('/').next().unwrap();
    world.assert_audit("offline-passes", id, "REVOKED", "market.admin").await;
    world.post(OFFICERS[1], &path).json(&body).send().await.expect_problem(409, "STATE_CONFLICT");
}
