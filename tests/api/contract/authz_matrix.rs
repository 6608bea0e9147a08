//! Every operation of the contract × every role × own and other × nobody, against the server.
//!
//! `authz_matrix.csv` says what is expected: `A` the whole county, `D` own department, `S` own assignments, `R` own
//! region, `-` not granted. An operation of the OpenAPI document without a row fails, and so does a row without one.

mod enforcement;
mod records;

use crate::contract::openapi::{committed, operations};
use crate::harness::{Answer, World, repo_file};
use records::{Pair, prepare};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The account that stands for a role; the departments' people are market regulation's.
const ACTORS: [(&str, &str); 13] = [
    ("PLATFORM_ADMIN", "root"),
    ("PLATFORM_BUSINESS", "business"),
    ("SECURITY_ADMIN", "security"),
    ("PARTNER", "partner"),
    ("COORDINATOR", "coordinator"),
    ("SPOT_CHECK_LEAD", "market.lead"),
    ("JUSTICE_SUPERVISOR", "justice"),
    ("DEPARTMENT_ADMIN", "market.admin"),
    ("REVIEWER", "market.reviewer"),
    ("BODY_HEAD", "market.head"),
    ("OFFICER", "assigned.officer"),
    ("TOWNSHIP", "donghe.township"),
    ("AUDITOR", "auditor"),
];

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
    let mut reader = csv::Reader::from_path(repo_file("tests/api/contract/authz_matrix.csv")).unwrap();
    let roles: Vec<String> = reader.headers().unwrap().iter().skip(2).map(str::to_owned).collect();
    let rows = reader.records().map(|record| {
        let record = record.unwrap();
        let cells = roles.iter().cloned().zip(record.iter().skip(2).map(str::to_owned)).collect();
        (record[0].to_owned(), (record[1].to_owned(), cells))
    });
    rows.collect()
}

const OCTETS: &str = "application/offset+octet-stream";

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
                Whose::Own => who.and_then(|who| pair.mine.get(who)).unwrap_or(&pair.own).clone(),
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
                ("query", "dataset") if who == Some("coordinator") => query.push("dataset=issued-tasks"),
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
        if headers.contains("Tus-Resumable") {
            call = call.header("tus-resumable", "1.0.0");
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
        } else if content[OCTETS].is_object() {
            // Not where any file has come to: nothing is taken.
            call = call.header("upload-offset", "999999").raw(OCTETS, b"x".to_vec());
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
