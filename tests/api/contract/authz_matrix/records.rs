//! The records that the matrix is asked about.

use super::enforcement::{supervision, visits};
use crate::harness::World;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A record of market regulation (in 东河镇) and one of the agriculture bureau (in 嘉川镇), by the path's noun.
pub struct Pair {
    pub own: String,
    pub other: String,
    /// The same of a department below market regulation, where the noun knows departments.
    pub below: Option<String>,
    /// What is one person's alone: of each account their own.
    pub mine: BTreeMap<&'static str, String>,
}

impl Pair {
    pub(super) fn new(own: String, other: String) -> Self {
        Self { own, other, below: None, mine: BTreeMap::new() }
    }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A county in which every noun has a record of each side.
pub async fn prepare() -> (World, BTreeMap<&'static str, Pair>) {
    let mut world = World::county().await;
    let mut records: BTreeMap<&str, Pair> = BTreeMap::new();
    let mut found = Vec::new();
    for (admin, code, township, party) in [
        ("market.admin", "51082103", "510821100", "market.admin"),
        ("agri.admin", "51082105", "510821101", "agri.admin"),
    ] {
        let plan = json!({
            "year": 2026, "name": format!("{code} 计划"), "kind": "ANNUAL",
            "lines": [{
                "category": "类", "item_name": "事项", "targets": "对象", "item_kind": "GENERAL", "executing_unit": "股",
                "ratio_text": "5%", "period_text": "全年",
            }],
        });
        let plan = world.post(admin, "/api/v1/plans").json(&plan).send().await.expect(201);
        let registered = World::inspecting_body(&format!("{code} 检查主体"));
        let registered = world.post(admin, "/api/v1/inspecting-bodies").json(&registered).send().await.expect(201);
        // Of officers: libraries of objects are everybody's to read.
        let library = json!({ "name": format!("{code} 名录库"), "kind": "OFFICERS", "officer_filter": {} });
        let library = world.post(admin, "/api/v1/libraries").json(&library).send().await.expect(201);
        let mut body = world.task_body(&format!("{code} 任务"), &[code]).await;
        body["pool_filter"] = json!({ "township_codes": [township] });
        let all = ["TRUSTWORTHY", "GENERAL", "KEY", "DISHONEST"];
        body["strata"] = all
            .iter()
            .map(|class| json!({ "class": class, "rate_bp": 10000, "minimum": 1 }))
            .collect::<Vec<_>>()
            .into();
        body["lone_object_reason"] = json!("全数检查");
        body["excess_reason"] = json!("全数检查");
        let task = world.ready_to_draw(&body, &[(party, code), ("justice", "51082104")]).await;
        world.act(admin, &task, "draw", None).await.expect(200);
        let id = task.rsplit('/').next().unwrap().to_owned();
        let draws = world.get(admin, &format!("/api/v1/draws?task_id={id}")).await.expect(200);
        let inspections = world.get(admin, &format!("/api/v1/inspections?task_id={id}&sort=id")).await.expect(200);
        let inspection = inspections["items"][0].clone();
        let officer = inspection["officers"][0]["personnel_id"].clone();
        let person = world.get(admin, &format!("/api/v1/personnel/{}", text(&officer))).await.expect(200);
        let path = format!("/api/v1/inspections/{}", text(&inspection["id"]));
        world.act(admin, &path, "start", None).await.expect(200);
        let path = format!("{path}/follow-ups");
        let follow = world.post(admin, &path).json(&json!({ "measure": "1" })).send().await.expect(201);
        let evidence =
            world.declare(admin, path.trim_end_matches("/follow-ups"), &World::captured(1, "PHOTO", b"x")).await;
        let document = world.draft(admin, path.trim_end_matches("/follow-ups"), "SITE_RECORD", json!({})).await;
        let visit = json!({ "inspection_ids": [inspection["id"]], "terms": World::visit_terms() });
        let visit = world.post(admin, "/api/v1/visits").json(&visit).send().await.expect(201);
        // Approved, so that there is an entry code to read.
        let approved = format!("/api/v1/visits/{}", text(&visit["id"]));
        world.walk_visit(admin.trim_end_matches(".admin"), &approved, 2).await;
        let issued = world.issued_body(&format!("MATRIX-{code}")).await;
        let issued = world.post("coordinator", "/api/v1/issued-tasks").json(&issued).send().await.expect(201);
        let issued = format!("/api/v1/issued-tasks/{}", text(&issued["id"]));
        world.act("coordinator", &issued, "sign", None).await.expect(200);
        let parts = json!({ "parts": [{ "department_id": world.departments[code] }] });
        let issued = world.act("coordinator", &issued, "issue", Some(parts)).await.expect(200);
        found.push([
            ("issued-tasks", text(&issued["id"])),
            ("issued-parts", text(&issued["parts"][0]["id"])),
            ("visits", text(&visit["id"])),
            ("documents", document.rsplit('/').next().unwrap().to_owned()),
            ("evidence", evidence.rsplit('/').next().unwrap().to_owned()),
            ("inspecting-bodies", text(&registered["id"])),
            ("libraries", text(&library["id"])),
            ("plans", text(&plan["id"])),
            ("tasks", id),
            ("draws", text(&draws["items"][0]["id"])),
            ("inspections", text(&inspection["id"])),
            ("follow-ups", text(&follow["id"])),
            ("personnel", text(&officer)),
            ("certificates", text(&person["certificates"][0]["id"])),
        ]);
    }
    let [own, other] = <[_; 2]>::try_from(found).unwrap();
    for ((noun, own), (_, other)) in own.into_iter().zip(other) {
        records.insert(noun, Pair::new(own, other));
    }
    let officer = json!(records["personnel"].own);
    world.make_user("assigned.officer", "OFFICER", "51082103", officer).await;
    let other = json!(records["personnel"].other);
    world.make_user("other.officer", "OFFICER", "51082105", other).await;
    offline(&world, &mut records).await;
    let scopes: Vec<_> = domain::access::clients::grantable().map(domain::access::Permission::code).collect();
    world.make_partner(&scopes, "510821100").await;
    people(&world, &mut records).await;
    below(&world, &mut records).await;
    own_systems(&world, &mut records).await;
    risks(&world, &mut records).await;
    for (noun, path) in [("items", "items"), ("implementation-lists", "implementation-lists")] {
        let first = async |code: &str| {
            let path = format!("/api/v1/{path}?department_id={}&limit=1", world.departments[code]);
            text(&world.get("business", &path).await.expect(200)["items"][0]["id"])
        };
        records.insert(noun, Pair::new(first("51082103").await, first("51082105").await));
    }
    visits(&world, &mut records).await;
    supervision(&world, &mut records).await;
    let clause = json!({ "law": "矩阵测试条例", "article": "第一条", "text": "条文", "effective_on": "2020-01-01" });
    let clause = text(&world.post("business", "/api/v1/legal-clauses").json(&clause).send().await.expect(201)["id"]);
    let checkpoint = world.post("justice", "/api/v1/audit/checkpoints").send().await.expect(201);
    let checkpoint = text(&checkpoint["id"]);
    records.insert("audit", Pair::new(checkpoint.clone(), checkpoint));
    records.insert("legal-clauses", Pair::new(clause.clone(), clause));
    // Records that know no department are the same for own and other.
    let [own, other] = objects(&world).await;
    records.insert("objects", Pair::new(own, other));
    for (noun, path) in [
        ("users", "/api/v1/users?limit=1"),
        ("departments", "/api/v1/departments?limit=1"),
        ("spot-check-items", "/api/v1/spot-check-items?limit=1"),
        ("catalogue-items", "/api/v1/catalogue-items?limit=1"),
        ("catalogue-versions", "/api/v1/catalogue-versions?limit=1"),
    ] {
        let who = if noun == "users" { "root" } else { "business" };
        let id = text(&world.get(who, path).await.expect(200)["items"][0]["id"]);
        records.insert(noun, Pair::new(id.clone(), id));
    }
    (world, records)
}

/// An enterprise that market regulation alone has inspected and one that agriculture alone has: what is drawn is not
/// known beforehand, and the records of the other nouns inspect whom they find.
async fn objects(world: &World) -> [String; 2] {
    let inspected = async |admin: &str| {
        let list = world.get(admin, "/api/v1/inspections?limit=200").await.expect(200);
        assert!(list["next_cursor"].is_null(), "more inspections than one page holds");
        let all = list["items"].as_array().unwrap();
        all.iter().map(|inspection| text(&inspection["object_id"])).collect::<BTreeSet<_>>()
    };
    let (own, other) = (inspected("market.admin").await, inspected("agri.admin").await);

    let alone = |one: &BTreeSet<String>, without: &BTreeSet<String>| one.difference(without).next().unwrap().clone();
    [alone(&own, &other), alone(&other, &own)]
}

/// A pass that an officer of each department took along, and what they sent.
async fn offline(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let mut found = Vec::new();
    for who in ["assigned.officer", "other.officer"] {
        let body = json!({ "device": "执法终端" });
        let pass = text(&world.post(who, "/api/v1/offline-passes").json(&body).send().await.expect(201)["id"]);
        let id = text(&json!(mingjian::kernel::ctx::random_id()));
        let now = mingjian::kernel::ctx::now();
        // Of no visit that was taken along: it says so, and stays.
        let record = json!({ "id": id, "action": "ENTER", "subject_id": pass, "at": now });
        let path = format!("/api/v1/offline-passes/{pass}/records");
        let body = json!({ "sent_at": now, "records": [record] });
        world.post(who, &path).json(&body).send().await.expect(200);
        found.push((pass, id));
    }
    let [own, other] = <[_; 2]>::try_from(found).unwrap();
    records.insert("offline-passes", Pair::new(own.0, other.0));
    records.insert("offline-records", Pair::new(own.1, other.1));
}

/// One item of each department's own system, with its import and job.
async fn own_systems(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let mut found = Vec::new();
    for (who, code) in [("market.admin", "51082103"), ("agri.admin", "51082105")] {
        let file = format!("部门编码,系统名称,事项编码,事项名称\n{code},矩阵系统,M-{code},矩阵事项\n");
        let import = world.import_as(who, "own-system-items", file.into_bytes()).await;
        let mapping = world.get(who, "/api/v1/item-mappings?limit=1").await.expect(200)["items"][0].clone();
        found.push([text(&import["id"]), text(&import["job_id"]), text(&mapping["id"])]);
    }
    let [own, other] = <[_; 2]>::try_from(found).unwrap();
    for ((noun, own), other) in ["imports", "jobs", "item-mappings"].into_iter().zip(own).zip(other) {
        records.insert(noun, Pair::new(own, other));
    }
}

/// A department below market regulation, with an officer, a training and a plan of its own.
async fn below(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let department = json!({
        "code": "51082197", "name": "矩阵市场监管所", "short_name": "矩阵所", "kind": "DEPARTMENT", "region_code": "510821",
        "parent_id": world.departments["51082103"],
    });
    let department = world.post("root", "/api/v1/departments").json(&department).send().await.expect(201)["id"].clone();
    let officer = json!({ "name": "矩阵所人员", "department_id": department });
    let training = json!({
        "title": "矩阵所培训", "kind": "ANNUAL", "held_on": "2026-10-15", "hours": 8, "department_id": department,
    });
    for (noun, body) in [("personnel", officer), ("trainings", training)] {
        let made = world.post("justice", &format!("/api/v1/{noun}")).json(&body).send().await.expect(201);
        records.get_mut(noun).unwrap().below = Some(text(&made["id"]));
    }
    let officer = records["personnel"].below.clone().unwrap();
    let certificate = json!({ "certificate_no": "MATRIX-BELOW", "kind": "1", "valid_until": "2031-12-31" });
    let made = world.post("justice", &format!("/api/v1/personnel/{officer}/certificates")).json(&certificate);
    records.get_mut("certificates").unwrap().below = Some(text(&made.send().await.expect(201)["id"]));
}

/// A training of each department, a roll, a delegation and a client.
async fn people(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let mut trainings = Vec::new();
    for (who, code) in [("market.admin", "51082103"), ("agri.admin", "51082105")] {
        let body = json!({
            "title": "矩阵培训", "kind": "ANNUAL", "held_on": "2026-10-15", "hours": 8, "department_id": world.departments[code],
        });
        trainings.push(text(&world.post(who, "/api/v1/trainings").json(&body).send().await.expect(201)["id"]));
    }
    let [own, other] = <[_; 2]>::try_from(trainings).unwrap();
    records.insert("trainings", Pair::new(own, other));
    let roll = world.import("justice-roll", "姓名,执法证号\n矩阵,MATRIX-1\n".as_bytes().to_vec()).await;
    let to = world.get("root", "/api/v1/users?username=market.reviewer").await.expect(200)["items"][0]["id"].clone();
    let now = mingjian::kernel::ctx::now();
    let body = json!({
        "to_user_id": to, "starts_at": now, "ends_at": now + chrono::Duration::days(1), "reason": "矩阵",
    });
    let delegation = world.post("market.admin", "/api/v1/me/delegations").json(&body).send().await.expect(201);
    let client = world.get("security", "/api/v1/clients?limit=1").await.expect(200)["items"][0]["id"].clone();
    for (noun, id) in
        [("rolls", text(&roll["id"])), ("delegations", text(&delegation["id"])), ("clients", text(&client))]
    {
        records.insert(noun, Pair::new(id.clone(), id));
    }
}

/// A clue that the partner sent and the officer works on, in 东河镇, and one of the agriculture bureau; a model of each.
async fn risks(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let mut found = Vec::new();
    for (sender, admin, code, township) in
        [("partner", "market.admin", "51082103", "510821100"), ("coordinator", "agri.admin", "51082105", "510821101")]
    {
        let path = format!("/api/v1/objects?township_code={township}&limit=1");
        let object = world.get("market.lead", &path).await.expect(200)["items"][0]["id"].clone();
        let body = json!({
            "name": "矩阵线索", "domain": "80", "level": "BLUE", "source": "CITY", "source_no": format!("M-{code}"),
            "object_id": object, "content": "矩阵测试线索", "department_id": world.departments[code],
        });
        let clue = world.post(sender, "/api/v1/risk-clues").json(&body).send().await.expect(201);
        let body = world.model_body("REPEAT-FAILURE", &format!("MATRIX-{code}")).await;
        let body = merged(body, &json!({ "department_id": world.departments[code] }));
        let model = world.post(admin, "/api/v1/risk-models").json(&body).send().await.expect(201);
        found.push([text(&clue["id"]), text(&model["id"]), text(&model["versions"][0]["id"])]);
    }
    let clue = format!("/api/v1/risk-clues/{}", found[0][0]);
    world.act("market.admin", &clue, "sign", None).await.expect(200);
    let officer = world.user_id("assigned.officer").await;
    world.act("market.admin", &clue, "assign", Some(json!({ "user_id": officer }))).await.expect(200);
    let [own, other] = <[_; 2]>::try_from(found).unwrap();
    for ((noun, own), other) in ["risk-clues", "risk-models", "risk-model-versions"].into_iter().zip(own).zip(other) {
        records.insert(noun, Pair::new(own, other));
    }
    let run = world.run_models("market.lead", false).await;
    let mapping = json!({
        "scheme": "MARKET_REGULATION", "reason": "矩阵测试",
        "entries": [
            { "level": "A", "class": "TRUSTWORTHY" }, { "level": "B", "class": "GENERAL" },
            { "level": "C", "class": "KEY" }, { "level": "D", "class": "DISHONEST" },
        ],
    });
    let mapping = world.post("market.lead", "/api/v1/credit-mappings").json(&mapping).send().await.expect(201);
    let strategy = crate::credit::strategy("MATRIX");
    let strategy = world.post("market.lead", "/api/v1/credit-strategies").json(&strategy).send().await.expect(201);
    let batch = world.get("market.lead", "/api/v1/credit-batches?limit=1").await.expect(200)["items"][0].clone();
    for (noun, record) in
        [("risk-runs", run), ("credit-mappings", mapping), ("credit-strategies", strategy), ("credit-batches", batch)]
    {
        let id = text(&record["id"]);
        records.insert(noun, Pair::new(id.clone(), id));
    }
}

fn merged(mut body: Value, with: &Value) -> Value {
    for (name, value) in with.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}
