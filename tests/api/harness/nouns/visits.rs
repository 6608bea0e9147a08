//! Visits on their way.

use crate::harness::World;
use chrono::{Datelike, Days, NaiveDate};
use domain::kernel::clocks::calendar::local_date;
use serde_json::{Value, json};

/// Today, in the county.
pub fn today() -> NaiveDate {
    local_date(mingjian::kernel::ctx::now())
}

impl World {
    /// A record's day was yesterday, and what waits for it is looked at.
    pub async fn late(&self, record: &str, kind: &str) {
        let then = today() - chrono::Days::new(1);
        let id = self.database.id(super::super::id_of(record));
        for (table, condition) in [
            ("worklist_entries", format!("kind = '{kind}' AND resource_id = {id}")),
            ("follow_ups", format!("id = {id}")),
        ] {
            self.database.execute(&format!("UPDATE {table} SET due_on = '{then}' WHERE {condition}")).await;
        }
        self.strike();
    }

    /// What is found of an item: its list has one check point.
    pub fn point(item: &Value, result: &str) -> Value {
        json!({
            "spot_check_item_id": item,
            "checks": [{ "number": 1, "result": result, "fact": "现场查看", "evidence": ["照片-001"] }],
        })
    }

    /// The arrangements of a visit in the next days of this year.
    pub fn visit_terms() -> Value {
        let from = today();
        let to = from.checked_add_days(Days::new(4)).filter(|to| to.year() == from.year()).unwrap_or(from);
        json!({
            "purpose": "现场检查", "on_site_reason": "须现场查看", "window_from": from, "window_to": to,
        })
    }

    /// A daily check of an object as a side's administrator drafts it; gives its path.
    pub async fn daily_visit(&self, side: &str, object: &Value) -> String {
        self.daily_visit_in(side, object, &Self::visit_terms()).await
    }

    pub async fn daily_visit_in(&self, side: &str, object: &Value, terms: &Value) -> String {
        let code = code_of(side);
        let body = json!({
            "opening": {
                "object_id": object, "officers": self.team(code).await,
                "item_ids": self.items_of(code).await.into_iter().take(1).collect::<Vec<_>>(),
            },
            "terms": terms,
        });
        let made = self.post(&format!("{side}.admin"), "/api/v1/visits").json(&body).send().await.expect(201);
        format!("/api/v1/visits/{}", made["id"].as_str().unwrap())
    }

    /// A side's way of a visit, so many steps of it: request, approve, notify, enter, leave.
    pub async fn walk_visit(&self, side: &str, visit: &str, steps: usize) {
        let (admin, head) = (format!("{side}.admin"), format!("{side}.head"));
        let way = [
            (&admin, "request", Some(json!({ "apart_reason": "两部门时间不一致" }))),
            (&head, "approve", Some(json!({ "opinion": "同意" }))),
            (&admin, "notify", None),
            (&admin, "enter", Some(json!({}))),
            (&admin, "leave", Some(json!({ "no_scan_reason": "企业现场无网络" }))),
        ];
        for (who, verb, body) in way.into_iter().take(steps) {
            self.act(who, visit, verb, body).await.expect(200);
        }
    }

    /// Takes a side's inspection to its object: a visit that was approved and entered.
    pub async fn go_there(&self, side: &str, inspection: &str) -> String {
        let body = json!({
            "inspection_ids": [inspection.rsplit('/').next().unwrap()], "terms": Self::visit_terms(),
        });
        let made = self.post(&format!("{side}.admin"), "/api/v1/visits").json(&body).send().await.expect(201);
        let visit = format!("/api/v1/visits/{}", made["id"].as_str().unwrap());
        self.walk_visit(side, &visit, 4).await;
        visit
    }
}

fn code_of(side: &str) -> &'static str {
    match side {
        "market" => "51082103",
        "agri" => "51082105",
        "emergency" => "51082106",
        other => panic!("no side {other}"),
    }
}
