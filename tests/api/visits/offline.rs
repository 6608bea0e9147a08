//! 离线作业: what was done without a network comes later, in any order, twice, from two phones.

use crate::harness::{Server, World};
use chrono::{DateTime, Duration, Utc};
use futures::future::join_all;
use reqwest::Method;
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

#[tokio::test]
async fn records_come_in_any_order_and_twice() {
    let county = Offline::county().await;
    let world = &county.world;
    let (enter, result, mut leave) =
        (county.record("ENTER", 10), county.result("未发现问题", 20), county.record("LEAVE", 30));
    // Finer than what is kept: it is the same record when it comes again.
    leave["at"] = json!(county.at(30) + Duration::microseconds(400));

    assert_eq!(county.states(0, &[&leave, &result]).await, ["WAITING", "WAITING"], "nobody has entered");
    let waits = world.get(OFFICERS[0], "/api/v1/worklist?kind=OFFLINE_TO_SETTLE&total=exact").await.expect(200);
    assert_eq!(waits["page"]["total"], 2);
    let others = world.get(OFFICERS[1], "/api/v1/worklist?kind=OFFLINE_TO_SETTLE&total=exact").await.expect(200);
    assert_eq!(others["page"]["total"], 0, "what one has sent is not another's to settle");

    // The entry is on the other phone: it sets all free.
    assert_eq!(county.states(1, &[&enter]).await, ["APPLIED"]);
    for (record, officer) in [(&enter, 1), (&result, 0), (&leave, 0)] {
        let now = county.state_of(record).await;
        assert_eq!(now["status"], "APPLIED", "{now}");
        assert_eq!(now["device_at"], now["happened_at"], "the clocks agree");
        assert!(now["arrived_at"].as_str() > now["device_at"].as_str());
        world.assert_audit("offline-records", now["id"].as_str().unwrap(), "RECEIVED", OFFICERS[officer]).await;
        world.assert_audit("offline-records", now["id"].as_str().unwrap(), "ADOPTED", OFFICERS[officer]).await;
    }
    let visit = world.get("market.admin", &county.visit).await.expect(200);
    assert_eq!((&visit["status"], &visit["entry_mode"]), (&json!("LEFT"), &json!("MAKE_UP")));
    assert_eq!((&visit["entered_at"], &visit["left_at"]), (&json!(county.at(10)), &json!(county.at(30))));
    let inspection = world.get("market.admin", &county.inspection).await.expect(200);
    assert_eq!((&inspection["status"], &inspection["summary"]), (&json!("ENTERED"), &json!("未发现问题")));
    assert_eq!(inspection["started_at"], json!(county.at(20)));
    let id = county.inspection.rsplit('/').next().unwrap();
    world.assert_audit("inspections", id, "RECORDED", OFFICERS[0]).await;
    let waits = world.get(OFFICERS[0], "/api/v1/worklist?kind=OFFLINE_TO_SETTLE&total=exact").await.expect(200);
    assert_eq!(waits["page"]["total"], 0);

    // All of it again, in another order: the same answers, and nothing done.
    let trail = "/api/v1/audit/entries?limit=1&total=exact";
    let before = world.get("auditor", trail).await.expect(200)["page"]["total"].clone();
    assert_eq!(county.states(0, &[&result, &leave]).await, ["APPLIED", "APPLIED"]);
    assert_eq!(county.states(1, &[&enter]).await, ["APPLIED"]);
    assert_eq!(world.get("auditor", trail).await.expect(200)["page"]["total"], before);

    // An id stands for one record.
    let mut other = leave.clone();
    other["reason"] = json!("企业负责人不在");
    let path = format!("/api/v1/offline-passes/{}/records", county.passes[0]["id"].as_str().unwrap());
    let new = county.record("LEAVE", 40);
    let body = json!({ "sent_at": mingjian::kernel::ctx::now(), "records": [new, other] });
    let refused = world.post(OFFICERS[0], &path).json(&body).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/records/1/id"), &json!("ID_REUSED"))
    );
    world.get(OFFICERS[0], &path_of(&new)).await.expect_problem(404, "NOT_FOUND");

    // What another has done already is not done again.
    assert_eq!(
        county.states(0, &[&county.record("ENTER", 15), &county.record("LEAVE", 45)]).await,
        ["DUPLICATE", "DUPLICATE"]
    );
}

#[tokio::test]
async fn two_phones_that_disagree_are_named_and_a_person_decides() {
    let county = Offline::county().await;
    let world = &county.world;
    let first = county.result("未发现问题", 20);
    assert_eq!(county.states(0, &[&county.record("ENTER", 10), &first]).await, ["APPLIED", "APPLIED"]);
    assert_eq!(county.states(1, &[&county.result("未发现问题", 25)]).await, ["DUPLICATE"], "word for word");

    // The same phone may think better of it; what it wrote before comes too late.
    let (older, newer) = (county.result("查看了后厨", 30), county.result("查看了后厨和库房", 40));
    assert_eq!(county.states(0, &[&newer]).await, ["APPLIED"]);
    assert_eq!(county.states(0, &[&older]).await, ["OVERTAKEN"]);

    let other = county.result("库房未查看", 50);
    let sent = county.send(1, &[&other]).await;
    assert_eq!(sent["items"][0]["status"], "CONFLICT");
    let problem = sent["items"][0]["problem"]["message_zh"].as_str().unwrap();
    assert!(problem.contains(OFFICERS[0]), "{problem}");
    let summary = async || world.get("market.admin", &county.inspection).await.expect(200)["summary"].clone();
    assert_eq!(summary().await, "查看了后厨和库房");
    let waits = world.get(OFFICERS[1], "/api/v1/worklist?kind=OFFLINE_TO_SETTLE").await.expect(200);
    assert_eq!(waits["items"][0]["resource_id"], other["id"], "{waits}");

    // What stands has changed since the conflict was named: it is named anew, and asked again.
    let mut put_right = county.result("查看了后厨和库房，账册齐全", 0)["result"].clone();
    put_right["points"][0]["checks"][0]["fact"] = json!("账册齐全");
    world.act("market.admin", &county.inspection, "record-result", Some(put_right)).await.expect(200);
    let again = world.act(OFFICERS[1], &path_of(&other), "apply", None).await.expect(200);
    assert_eq!(again["status"], "CONFLICT", "{again}");
    assert!(again["problem"]["message_zh"].as_str().unwrap().contains("market.admin"), "{again}");
    assert_eq!(summary().await, "查看了后厨和库房，账册齐全");

    // One is applied over it, another given up; neither is lost.
    world.get(OFFICERS[0], &path_of(&other)).await.expect_problem(404, "NOT_FOUND");
    let applied = world.act(OFFICERS[1], &path_of(&other), "apply", None).await.expect(200);
    assert_eq!((&applied["status"], &applied["allowed_actions"]), (&json!("APPLIED"), &json!([])));
    world.assert_audit("offline-records", other["id"].as_str().unwrap(), "ADOPTED", OFFICERS[1]).await;
    assert_eq!(summary().await, "库房未查看");
    let late = county.result("再看一次", 60);
    assert_eq!(county.states(0, &[&late]).await, ["CONFLICT"], "the other's stands now");
    let reason = json!({ "reason": "以第二人记录为准" });
    let discarded = world.act(OFFICERS[0], &path_of(&late), "discard", Some(reason.clone())).await.expect(200);
    assert_eq!(discarded["discarded_reason"], reason["reason"]);
    world.assert_audit("offline-records", late["id"].as_str().unwrap(), "DISCARDED", OFFICERS[0]).await;
    world.act(OFFICERS[0], &path_of(&late), "apply", None).await.expect_problem(409, "STATE_CONFLICT");

    // What is submitted is not replaced.
    world.act("market.admin", &county.inspection, "submit", None).await.expect(200);
    let after = county.result("提交以后", 70);
    assert_eq!(county.states(0, &[&after]).await, ["CONFLICT"]);
    world.act(OFFICERS[0], &path_of(&after), "apply", None).await.expect_problem(409, "STATE_CONFLICT");
    let stays = county.state_of(&after).await;
    assert_eq!(stays["status"], "CONFLICT", "nothing half-done");
    assert_eq!(stays["allowed_actions"], json!(["DISCARD"]), "what would be refused is not offered");
}

#[tokio::test]
async fn what_cannot_be_done_says_why_and_stays() {
    let county = Offline::county().await;
    let world = &county.world;
    let mut wrong = county.result("结果有误", 20);
    wrong["result"]["result_codes"] = json!(["1", "2"]);
    let sent = county.send(0, &[&county.record("ENTER", 10), &wrong]).await;
    let told = &sent["items"][1];
    assert_eq!((&told["status"], &told["problem"]["code"]), (&json!("REFUSED"), &json!("INVALID_BODY")));
    assert_eq!(told["problem"]["errors"][0]["pointer"], "/result_codes", "{told}");
    let inspection = world.get("market.admin", &county.inspection).await.expect(200);
    assert_eq!(inspection["status"], "PENDING", "the start was taken back with it");
    world.assert_audit("offline-records", wrong["id"].as_str().unwrap(), "SET_ASIDE", OFFICERS[0]).await;

    // Nothing of another pass, and nothing before it was taken.
    let mut stranger = county.record("LEAVE", 10);
    stranger["subject_id"] = json!(mingjian::kernel::ctx::random_id());
    let early = county.record("LEAVE", -3_600_000);
    let sent = county.send(0, &[&stranger, &early]).await;
    let codes: Vec<_> =
        (0..2).map(|at| (&sent["items"][at]["status"], &sent["items"][at]["problem"]["code"])).collect();
    assert_eq!(codes, [(&json!("REFUSED"), &json!("NOT_FOUND")), (&json!("REFUSED"), &json!("STATE_CONFLICT")),]);

    // What was refused when it came is not had by the other door.
    for record in [&stranger, &early] {
        let status = world.act(OFFICERS[0], &path_of(record), "apply", None).await.status;
        assert!(status == 409 || status == 404, "{status}");
        assert_eq!(county.state_of(record).await["status"], "REFUSED");
    }
    let own = county.record("LEAVE", 10);
    let mut taken = own.clone();
    taken["id"] = own["subject_id"].clone();
    let path = format!("/api/v1/offline-passes/{}/records", county.passes[0]["id"].as_str().unwrap());
    let body = json!({ "sent_at": mingjian::kernel::ctx::now(), "records": [taken] });
    let refused = world.post(OFFICERS[0], &path).json(&body).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "NOT_NEW");

    // A clock that is an hour fast is put right by when it sent.
    let mut leave = county.record("LEAVE", 60);
    leave["at"] = json!(county.at(60) + Duration::hours(1));
    let body = json!({ "sent_at": mingjian::kernel::ctx::now() + Duration::hours(1), "records": [leave] });
    let sent = world.post(OFFICERS[0], &path).json(&body).send().await.expect(200);
    let told = &sent["items"][0];
    assert_eq!(told["status"], "APPLIED", "{told}");
    assert_eq!(told["device_at"], leave["at"]);
    let off: DateTime<Utc> = serde_json::from_value(told["happened_at"].clone()).unwrap();
    assert!((off - county.at(60)).abs() < Duration::minutes(1), "{told}");
}

#[tokio::test]
async fn what_was_kept_before_a_server_ended_is_carried_out_when_it_is_sent_again() {
    let mut county = Offline::county().await;
    let enter = county.record("ENTER", 10);
    assert_eq!(county.states(0, &[&enter]).await, ["APPLIED"]);
    let result = county.result("断电之前", 20);
    assert_eq!(county.states(0, &[&result]).await, ["APPLIED"]);
    // As if the server had ended between keeping a record and carrying it out.
    let late = county.record("LEAVE", 30);
    let database = &county.world.database;
    database.execute("UPDATE visits SET status = 'NOTIFIED' WHERE status = 'ENTERED'").await;
    assert_eq!(county.states(0, &[&late]).await, ["WAITING"]);
    county.world.database.execute("UPDATE visits SET status = 'ENTERED' WHERE status = 'NOTIFIED'").await;
    county.world.restart();
    assert_eq!(county.states(0, &[&late]).await, ["APPLIED"], "sent again, it goes on");
    let visit = county.world.get("market.admin", &county.visit).await.expect(200);
    assert_eq!(visit["status"], "LEFT");
}

#[tokio::test]
async fn of_two_phones_that_send_at_once_one_is_applied_and_one_named() {
    let county = Offline::county().await;
    let world = &county.world;
    let second = Server::start(&world.database);
    assert_eq!(county.states(0, &[&county.record("ENTER", 10)]).await, ["APPLIED"]);
    let results = [county.result("第一人所见", 20), county.result("第二人所见", 21)];
    // Each phone eight times, over two processes, all at once.
    let sends = (0..16).map(|at| {
        let officer = at % 2;
        let path = format!("/api/v1/offline-passes/{}/records", county.passes[officer]["id"].as_str().unwrap());
        let body = json!({ "sent_at": mingjian::kernel::ctx::now(), "records": [results[officer]] });
        let server = if at % 4 < 2 { &world.server } else { &second };
        world.request_at(server, Method::POST, OFFICERS[officer], &path).json(&body).send()
    });
    for answer in join_all(sends).await {
        // A record that came at the same moment from another process is there already.
        assert!(answer.status == 200 || answer.status == 409, "{}: {}", answer.status, answer.text);
    }

    let mut states = Vec::new();
    for result in &results {
        states.push(county.state_of(result).await["status"].as_str().unwrap().to_owned());
    }
    states.sort();
    assert_eq!(states, ["APPLIED", "CONFLICT"]);
    let id = county.inspection.rsplit('/').next().unwrap();
    let path =
        format!("/api/v1/audit/entries?resource=inspections&resource_id={id}&action=RECORDED&limit=1&total=exact");
    assert_eq!(world.get("auditor", &path).await.expect(200)["page"]["total"], 1, "recorded once");
}

#[tokio::test]
async fn what_waits_goes_on_when_somebody_enters_online_and_what_came_back_is_the_officers_to_put_right() {
    let county = Offline::county().await;
    let world = &county.world;
    let result = county.result("未发现问题", 20);
    assert_eq!(county.states(0, &[&result]).await, ["WAITING"]);
    let refused = world.act(OFFICERS[0], &path_of(&result), "apply", None).await;
    refused.expect_problem(409, "STATE_CONFLICT");
    world.act("market.admin", &county.visit, "enter", Some(json!({}))).await.expect(200);
    let now = county.state_of(&result).await;
    // It happened before the entry that is on record: the day is the same, and so is the result.
    assert_eq!(now["status"], "APPLIED", "{now}");

    // A reviewer gives it back: the officer's next result is no conflict with themselves.
    world.act("market.admin", &county.inspection, "submit", None).await.expect(200);
    let reason = json!({ "reason": "请补充库房情况" });
    world.act("market.reviewer", &county.inspection, "return", Some(reason)).await.expect(200);
    assert_eq!(county.states(0, &[&county.result("更早写的", 15)]).await, ["OVERTAKEN"]);
    assert_eq!(county.states(0, &[&county.result("补充了库房情况", 30)]).await, ["APPLIED"]);
    let inspection = world.get("market.admin", &county.inspection).await.expect(200);
    assert_eq!((&inspection["status"], &inspection["summary"]), (&json!("ENTERED"), &json!("补充了库房情况")));

    // Another day's entry is not the same entry.
    let day = "UPDATE visits SET entered_at = '2026-01-05 02:00:00.000 +00:00', entered_on = '2026-01-05'";
    world.database.execute(day).await;
    assert_eq!(county.states(1, &[&county.record("ENTER", 40)]).await, ["CONFLICT"]);
}
