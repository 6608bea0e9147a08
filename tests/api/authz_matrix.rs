//! Every operation of the contract × every role × own and other × nobody, against the server.
//!
//! `authz_matrix.csv` says what is expected: `A` the whole county, `D` own department, `S` own assignments, `R` own
//! region, `-` not granted. An operation of the OpenAPI document without a row fails, and so does a row without one.

use crate::harness::{Answer, World, repo_file};
use crate::openapi::{committed, operations};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The account that stands for a role; the departments' people are market regulation's.
const ACTORS: [(&str, &str); 11] = [
    ("PLATFORM_ADMIN", "root"),
    ("SECURITY_ADMIN", "security"),
    ("PARTNER", "partner"),
    ("COORDINATOR", "coordinator"),
    ("SPOT_CHECK_LEAD", "market.lead"),
    ("JUSTICE_SUPERVISOR", "justice"),
    ("DEPARTMENT_ADMIN", "market.admin"),
    ("REVIEWER", "market.reviewer"),
    ("OFFICER", "assigned.officer"),
    ("TOWNSHIP", "donghe.township"),
    ("AUDITOR", "auditor"),
];

/// A record of market regulation (in 东河镇) and one of the agriculture bureau (in 嘉川镇), by the path's noun.
struct Pair {
    own: String,
    other: String,
    /// The same of a department below market regulation, where the noun knows departments.
    below: Option<String>,
}

impl Pair {
    fn new(own: String, other: String) -> Self {
        Self { own, other, below: None }
    }
}

/// Whose record is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Own,
    Below,
    Other,
}

#[tokio::test]
async fn every_operation_for_every_role() {
    let document = committed();
    let mut expected = expectations();
    let (world, records) = prepare().await;
    let mut cells = 0;
    let mut faults = Vec::new();
    for (id, method, path, operation) in operations(&document) {
        let Some((permission, row)) = expected.remove(&id) else {
            faults.push(format!("{id}: not in authz_matrix.csv"));
            continue;
        };
        let declared = operation["x-permission"].as_str().unwrap_or("public");
        if declared != permission {
            faults.push(format!("{id}: {declared} in the document, {permission} in the matrix"));
        }
        let call = Operation { method: &method, path: &path, operation: &operation, document: &document };
        let nobody = call.send(&world, None, &records, Whose::Own).await;
        cells += 1;
        let logs_in = path.contains("/auth/") || path.contains("/oauth/");
        if (permission == "public") == (nobody.status == 401 && !logs_in) {
            faults.push(format!("{id} by nobody: {}", nobody.status));
        }
        if permission == "public" {
            continue;
        }
        for (role, who) in ACTORS {
            let cell = row[role].as_str();
            let below = records.get(call.noun()).is_some_and(|pair| pair.below.is_some()) && path.contains("{id}");
            for whose in [Whose::Own, Whose::Below, Whose::Other] {
                if whose == Whose::Below && !below {
                    continue;
                }
                cells += 1;
                let answer = call.send(&world, Some(who), &records, whose).await;
                if let Some(fault) = call.judge(cell, whose, &answer, &records) {
                    faults.push(format!("{id} by {role} on {whose:?}: {fault}"));
                }
            }
        }
    }
    faults.extend(expected.keys().map(|id| format!("{id}: no such operation")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(cells > 4_000, "{cells} cells");
}

fn expectations() -> BTreeMap<String, (String, BTreeMap<String, String>)> {
    let mut reader = csv::Reader::from_path(repo_file("tests/api/authz_matrix.csv")).unwrap();
    let roles: Vec<String> = reader.headers().unwrap().iter().skip(2).map(str::to_owned).collect();
    let rows = reader.records().map(|record| {
        let record = record.unwrap();
        let cells = roles.iter().cloned().zip(record.iter().skip(2).map(str::to_owned)).collect();
        (record[0].to_owned(), (record[1].to_owned(), cells))
    });
    rows.collect()
}

struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    operation: &'a Value,
    document: &'a Value,
}

impl Operation<'_> {
    fn noun(&self) -> &str {
        self.path.trim_start_matches("/api/v1/").split('/').next().unwrap()
    }

    /// The operation's own example, a version that no record has, a fresh key: nothing is changed on the way.
    async fn send(&self, world: &World, who: Option<&str>, records: &BTreeMap<&str, Pair>, whose: Whose) -> Answer {
        let mut path = self.path.replace("{code}", if self.noun() == "indicators" { "1" } else { "role" });
        if path.contains("{id}") {
            let missing = "01930000-0000-7000-8000-000000000000".to_owned();
            let id = records.get(self.noun()).map_or(missing, |pair| match whose {
                Whose::Own => pair.own.clone(),
                Whose::Below => pair.below.clone().unwrap(),
                Whose::Other => pair.other.clone(),
            });
            path = path.replace("{id}", &id);
        }
        let mut query = Vec::new();
        let mut headers = BTreeSet::new();
        for parameter in self.operation["parameters"].as_array().into_iter().flatten() {
            match (parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap()) {
                ("header", name) => {
                    headers.insert(name);
                }
                // What may be imported hangs on the data set too; each role sends what is its own.
                ("query", "dataset") if who == Some("justice") => query.push("dataset=personnel"),
                ("query", "dataset") if matches!(who, Some("market.admin" | "partner")) => {
                    query.push("dataset=own-system-items");
                }
                ("query", "dataset") => query.push("dataset=objects"),
                ("query", "from") => query.push("from=2026-11-24"),
                ("query", "limit") => query.push("limit=200"),
                _ => {}
            }
        }
        if self.path == "/api/v1/objects" && self.method == "GET" {
            query.push("township_code[in]=510821100,510821101");
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let mut call = match who {
            None => world.anonymous(method, &path),
            Some(who) => world.request(method, who, &path),
        };
        if headers.contains("If-Match") {
            call = call.if_match(999_999);
        }
        if headers.contains("Idempotency-Key") {
            call = call.keyed();
        }
        let content = &self.operation["requestBody"]["content"];
        if content["text/csv"].is_object() {
            call = call.raw(
                "text/csv",
                "企业名称,统一社会信用代码,姓名,部门编码,执法证号,有效期至,系统名称,事项编码,事项名称\n"
                    .as_bytes()
                    .to_vec(),
            );
        } else if content["application/x-www-form-urlencoded"].is_object() {
            call = call.raw("application/x-www-form-urlencoded", b"grant_type=client_credentials".to_vec());
        } else if let Some(reference) = content["application/json"]["schema"]["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap();
            call = call.json(&self.document["components"]["schemas"][name]["examples"][0]);
        } else if content["application/json"].is_object() {
            call = call.json(&json!({}));
        }
        call.send().await
    }

    /// What is wrong with the answer, if anything.
    fn judge(&self, cell: &str, whose: Whose, answer: &Answer, records: &BTreeMap<&str, Pair>) -> Option<String> {
        let status = answer.status;
        if cell == "-" {
            return (status != 403).then(|| format!("{status}, not granted"));
        }
        let scoped = records.get(self.noun()).filter(|pair| cell != "A" && pair.own != pair.other);
        let list = self.path.matches('/').count() == 3 && self.method == "GET" && !self.path.contains('{');
        // What is below is within a department's reach, and nobody's assignment or region.
        let beyond = whose == Whose::Other || (whose == Whose::Below && matches!(cell, "S" | "R"));
        let outside = scoped.is_some() && beyond && self.path.contains("{id}");
        if outside {
            return (status != 404).then(|| format!("{status}, outside the scope"));
        }
        // What is the caller's own is found among the caller's own only, and the example is nobody's.
        if self.noun() == "me" && self.path.contains("{id}") {
            return (status != 404).then(|| format!("{status}, not the caller's"));
        }
        if matches!(status, 401 | 403 | 404) || status >= 500 {
            return Some(format!("{status}, granted: {}", answer.text));
        }
        let pair = records.get(self.noun()).filter(|_| list && status == 200)?;
        let ids: Vec<_> = answer.json()["items"].as_array()?.iter().map(|item| item["id"].clone()).collect();
        let (own, foreign) = (ids.contains(&json!(pair.own)), ids.contains(&json!(pair.other)));
        match (own, foreign, cell) {
            (false, ..) => Some("the own record is not listed".to_owned()),
            (true, _, "A" | "D") if pair.below.as_ref().is_some_and(|below| !ids.contains(&json!(below))) => {
                Some("the record of a department below is not listed".to_owned())
            }
            (true, true, "D" | "S" | "R") if pair.own != pair.other => {
                Some("a record outside the scope is listed".to_owned())
            }
            (true, false, "A") => Some("a record of the county is not listed".to_owned()),
            _ => None,
        }
    }
}

/// One item of each department's own system, with its import and job.
async fn own_systems(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let mut found = Vec::new();
    for (who, code) in [("market.admin", "51082103"), ("agri.admin", "51082105")] {
        let file = format!("部门编码,系统名称,事项编码,事项名称\n{code},矩阵系统,M-{code},矩阵事项\n");
        let import = world.import_as(who, "own-system-items", file.into_bytes()).await;
        let mapping = world.get(who, "/api/v1/item-mappings?limit=1").await.expect(200)["items"][0].clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        found.push([text(&import["id"]), text(&import["job_id"]), text(&mapping["id"])]);
    }
    let [own, other] = <[_; 2]>::try_from(found).unwrap();
    for ((noun, own), other) in ["imports", "jobs", "item-mappings"].into_iter().zip(own).zip(other) {
        records.insert(noun, Pair::new(own, other));
    }
}

/// A department below market regulation, with an officer, a training and a plan of its own.
async fn below(world: &World, records: &mut BTreeMap<&'static str, Pair>) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
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
    let text = |value: &Value| value.as_str().unwrap().to_owned();
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
    let now = mingjian::ctx::now();
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

async fn prepare() -> (World, BTreeMap<&'static str, Pair>) {
    let mut world = World::county().await;
    let mut records: BTreeMap<&str, Pair> = BTreeMap::new();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
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
        let mut body = world.task_body(&format!("{code} 任务"), &[code]).await;
        body["pool_filter"] = json!({ "township_codes": [township] });
        body["strata"] = json!([{ "class": "TRUSTWORTHY", "rate_bp": 10000, "minimum": 1 }]);
        let task = world.ready_to_draw(&body, &[(party, code), ("justice", "51082104")]).await;
        world.act(admin, &task, "draw", None).await.expect(200);
        world.act(admin, &task, "match", None).await.expect(200);
        let id = task.rsplit('/').next().unwrap().to_owned();
        let draws = world.get(admin, &format!("/api/v1/draws?task_id={id}")).await.expect(200);
        let inspections = world.get(admin, &format!("/api/v1/inspections?task_id={id}&sort=id")).await.expect(200);
        let inspection = inspections["items"][0].clone();
        let officer = inspection["officers"][0]["personnel_id"].clone();
        let person = world.get(admin, &format!("/api/v1/personnel/{}", text(&officer))).await.expect(200);
        let path = format!("/api/v1/inspections/{}/follow-ups", text(&inspection["id"]));
        let follow = world.post(admin, &path).json(&json!({ "measure": "1" })).send().await.expect(201);
        found.push([
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
    let scopes: Vec<_> =
        mingjian::domain::clients::grantable().map(mingjian::domain::access::Permission::code).collect();
    world.make_partner(&scopes, "510821100").await;
    people(&world, &mut records).await;
    below(&world, &mut records).await;
    own_systems(&world, &mut records).await;
    for (noun, path) in [("items", "items"), ("implementation-lists", "implementation-lists")] {
        let first = async |code: &str| {
            let path = format!("/api/v1/{path}?department_id={}&limit=1", world.departments[code]);
            text(&world.get("root", &path).await.expect(200)["items"][0]["id"])
        };
        records.insert(noun, Pair::new(first("51082103").await, first("51082105").await));
    }
    let clause = json!({ "law": "矩阵测试条例", "article": "第一条", "text": "条文", "effective_on": "2020-01-01" });
    let clause = text(&world.post("root", "/api/v1/legal-clauses").json(&clause).send().await.expect(201)["id"]);
    records.insert("legal-clauses", Pair::new(clause.clone(), clause));
    // Records that know no department are the same for own and other.
    let inspected = async |id: &str| {
        text(&world.get("market.lead", &format!("/api/v1/inspections/{id}")).await.expect(200)["object_id"])
    };
    let (own, other) = (&records["inspections"].own, &records["inspections"].other);
    let (own, other) = (inspected(own).await, inspected(other).await);
    records.insert("objects", Pair::new(own, other));
    for (noun, path) in [
        ("users", "/api/v1/users?limit=1"),
        ("departments", "/api/v1/departments?limit=1"),
        ("spot-check-items", "/api/v1/spot-check-items?limit=1"),
        ("catalogue-items", "/api/v1/catalogue-items?limit=1"),
        ("catalogue-versions", "/api/v1/catalogue-versions?limit=1"),
    ] {
        let id = text(&world.get("root", path).await.expect(200)["items"][0]["id"]);
        records.insert(noun, Pair::new(id.clone(), id));
    }
    (world, records)
}
