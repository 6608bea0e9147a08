//! `allowed_actions` is what the server accepts: whatever a person is not shown is refused, state by state and role by role, and
//! each step of a life is shown to whoever takes it. Items and lists try every action that is shown as well (`items/allowed.rs`).

use crate::harness::{PARTIES, World};
use entity::risks::risk_clues;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Database, EntityTrait, QueryFilter};
use serde_json::{Value, json};

const PEOPLE: [&str; 10] = [
    "business",
    "coordinator",
    "market.lead",
    "justice",
    "market.admin",
    "market.reviewer",
    "market.head",
    "market.officer",
    "agri.admin",
    "auditor",
];

/// What a decision refuses with; a body that is wrong would prove nothing.
const DECIDED: [&str; 16] = [
    "FORBIDDEN",
    "NOT_FOUND",
    "STATE_CONFLICT",
    "SELF_REVIEW",
    "EXTENSION_USED",
    "MEASURE_INVALID",
    "PARTY_NOT_OF_TASK",
    "COMMITMENT_EXISTS",
    "TOO_FEW_COMMITMENTS",
    "SECRETS_MISSING",
    "SECRET_MISMATCH",
    "SECRET_REVEALED",
    "LEAD_REVEALS_FIRST",
    "VOID_PENDING",
    "MODEL_NOT_READY",
    "PLAN_LINES_OPEN",
];

/// An action: its code, the verb of its route, a body that the route accepts.
pub type Verb = (&'static str, &'static str, Option<Value>);

fn shows(record: &Value, code: &str) -> bool {
    record["allowed_actions"].as_array().unwrap().contains(&json!(code))
}

/// Tries everything that is not shown, by everybody: refused by a decision, and nothing changes.
async fn refused_unless_shown(world: &World, record: &str, verbs: &[Verb]) -> usize {
    let mut tried = 0;
    for who in PEOPLE {
        let seen = world.get(who, record).await;
        let shown = (seen.status == 200).then(|| seen.json());
        for (code, verb, body) in verbs {
            if shown.as_ref().is_some_and(|shown| shows(shown, code)) {
                continue;
            }

            let version = shown.as_ref().map_or(1, |shown| shown["version"].as_i64().unwrap());
            let mut call = world.post(who, &format!("{record}/{verb}")).if_match(version).keyed();
            if let Some(body) = body {
                call = call.json(body);
            }
            let answer = call.send().await;

            let status = shown.as_ref().map_or(&Value::Null, |shown| &shown["status"]);
            assert!(answer.status >= 400, "{who} is not shown {code} in {status}, and may: {}", answer.text);
            let problem = answer.json()["code"].as_str().unwrap().to_owned();
            assert!(DECIDED.contains(&problem.as_str()), "{who} {code} in {status}: {}", answer.text);
            tried += 1;
        }
    }
    tried
}

/// Goes a way step by step; before each step everything that is not shown is tried.
pub async fn walk(world: &World, record: &str, verbs: &[Verb], way: &[(&str, &str)]) {
    for (who, code) in way {
        let tried = refused_unless_shown(world, record, verbs).await;
        assert!(tried > verbs.len(), "{tried}");

        let (_, verb, body) = verbs.iter().find(|(known, ..)| known == code).unwrap();
        let shown = world.get(who, record).await.expect(200);
        assert!(shows(&shown, code), "{who} takes {code} and is not shown it: {}", shown["allowed_actions"]);
        let answer = world.act(who, record, verb, body.clone()).await;
        assert_eq!(answer.status, 200, "{who} is shown {code}, and may not: {}", answer.text);
    }

    refused_unless_shown(world, record, verbs).await;
}

pub fn reason() -> Value {
    json!({ "reason": "请补充说明" })
}

#[tokio::test]
async fn what_a_clue_shows_is_what_is_accepted() {
    let world = World::county().await;
    let objects = world.get("market.lead", "/api/v1/objects?sort=name&limit=2").await.expect(200);
    let object = &objects["items"][0]["id"];
    let master = world.clue("coordinator", object, Some("51082103")).await;
    let record = world.clue("coordinator", object, None).await;
    let market = json!({ "department_id": world.departments["51082103"] });
    let agri = json!({ "department_id": world.departments["51082105"], "reason": "应由其承办" });
    let verbs = [
        ("DISPATCH", "dispatch", Some(market.clone())),
        ("TRANSFER", "transfer", Some(agri)),
        ("SIGN", "sign", None),
        ("ASSIGN", "assign", Some(json!({ "user_id": world.user_id("market.officer").await }))),
        ("ACCEPT", "accept", None),
        ("VERIFY", "verify", Some(json!({ "verdict": "TRUE", "verification": "属实。" }))),
        ("DISPOSE", "dispose", Some(json!({ "measures": [{ "measure": "3", "content": "责令改正。" }] }))),
        ("FEED_BACK", "feed-back", Some(json!({ "feedback": "已改正。" }))),
        ("APPROVE", "approve", Some(json!({ "opinion": "同意" }))),
        ("REWORK", "rework", Some(reason())),
        ("CLOSE", "close", None),
        ("RETURN", "return", Some(json!({ "reason": "不属本县", "evidence": ["登记信息"] }))),
        ("APPROVE_RETURN", "approve-return", None),
        ("REFUSE_RETURN", "refuse-return", Some(reason())),
        ("MERGE", "merge", Some(json!({ "master_id": master.rsplit('/').next(), "reason": "同一事项" }))),
        ("EXTEND", "extend", Some(json!({ "working_days": 2, "reason": "需要检验" }))),
    ];

    let way = [
        ("coordinator", "DISPATCH"),
        ("market.admin", "SIGN"),
        ("market.admin", "RETURN"),
        ("coordinator", "REFUSE_RETURN"),
        ("market.admin", "EXTEND"),
        ("market.admin", "ASSIGN"),
        ("market.officer", "ACCEPT"),
        ("market.officer", "VERIFY"),
        ("market.officer", "DISPOSE"),
        ("market.officer", "FEED_BACK"),
        ("market.reviewer", "REWORK"),
        ("market.officer", "ACCEPT"),
        ("market.officer", "VERIFY"),
        ("market.officer", "DISPOSE"),
        ("market.officer", "FEED_BACK"),
        ("market.reviewer", "APPROVE"),
        ("coordinator", "CLOSE"),
    ];
    walk(&world, &record, &verbs, &way).await;
}

/// An overdue clue once showed EXTEND and answered 409.
#[tokio::test]
async fn what_is_overdue_shows_no_extension() {
    let world = World::county().await;
    let objects = world.get("market.lead", "/api/v1/objects?sort=name&limit=1").await.expect(200);
    let record = world.clue("coordinator", &objects["items"][0]["id"], Some("51082103")).await;
    world.walk_clue(&record, 1).await;
    let shown = world.get("market.admin", &record).await.expect(200);
    assert!(shows(&shown, "EXTEND"));

    let connection = Database::connect(&world.database.url).await.unwrap();
    let id: uuid::Uuid = shown["id"].as_str().unwrap().parse().unwrap();
    let yesterday = mingjian::kernel::ctx::now() - chrono::Duration::days(1);
    let late = risk_clues::Entity::update_many()
        .col_expr(risk_clues::Column::FeedBackDueAt, Expr::value(yesterday))
        .filter(risk_clues::Column::Id.eq(id));
    late.exec(&connection).await.unwrap();

    assert!(!shows(&world.get("market.admin", &record).await.expect(200), "EXTEND"));
    let body = json!({ "working_days": 2, "reason": "需要检验" });
    world.act("market.admin", &record, "extend", Some(body)).await.expect_problem(409, "STATE_CONFLICT");
}

#[tokio::test]
async fn what_a_task_and_an_inspection_show_is_what_is_accepted() {
    let world = World::county().await;
    let body = world.task_body("部门联合抽查", &["51082103", "51082106"]).await;
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let id = task["id"].as_str().unwrap().to_owned();
    let record = format!("/api/v1/tasks/{id}");
    let no_digest = "0".repeat(64);
    let verbs = [
        ("COMMIT", "commit", Some(json!({ "commitment": no_digest }))),
        ("APPROVE_EXCESS", "approve-excess", None),
        ("FREEZE", "freeze", None),
        ("REVEAL", "reveal", Some(json!({ "secret": no_digest, "terms": no_digest }))),
        ("ENTER_CHANCE", "chance", Some(json!({ "value": "03 07 12" }))),
        ("DRAW", "draw", None),
        ("REDRAW", "redraw", Some(json!({ "cause": "POOL_WRONG", "reason": "对象库有误" }))),
        ("CONSENT_VOID", "consent-void", None),
        ("DECLINE_VOID", "decline-void", Some(reason())),
    ];

    // Parties commit and reveal one after the other; nobody is shown a step before its time.
    for party in PARTIES {
        refused_unless_shown(&world, &record, &verbs).await;
        assert!(shows(&world.get(party.0, &record).await.expect(200), "COMMIT"));
        world.commit(&record, 1, &[party]).await;
    }
    walk(&world, &record, &verbs, &[("market.lead", "FREEZE")]).await;
    for party in PARTIES {
        refused_unless_shown(&world, &record, &verbs).await;
        assert!(shows(&world.get(party.0, &record).await.expect(200), "REVEAL"));
        world.reveal(&record, 1, &[party]).await;
    }
    // The lead may ask to give the epoch up, and only a party outside its house says yes or no.
    let way = [("market.lead", "REDRAW"), ("justice", "DECLINE_VOID"), ("market.lead", "DRAW")];
    walk(&world, &record, &verbs, &way).await;

    let page = world.get("market.admin", &format!("/api/v1/inspections?task_id={id}")).await.expect(200);
    inspection(&world, &page["items"][0]).await;
}

async fn inspection(world: &World, row: &Value) {
    let record = format!("/api/v1/inspections/{}", row["id"].as_str().unwrap());
    let items: Vec<_> = world.items_of("51082103").await.into_iter().take(2).collect();
    let today = domain::kernel::clocks::calendar::local_date(mingjian::kernel::ctx::now()).to_string();
    let result = json!({
        "inspected_on": today, "verify_ways": ["2"], "result_codes": ["1"], "summary": "已核查",
        "points": items.iter().map(|item| World::point(item, "1")).collect::<Vec<_>>(),
    });
    let verbs = [
        ("START", "start", None),
        ("RECORD_RESULT", "record-result", Some(result)),
        ("SUBMIT", "submit", None),
        ("RETURN", "return", Some(reason())),
        ("REJECT", "reject", Some(reason())),
        ("APPROVE_RESULT", "approve-result", Some(json!({ "opinion": "同意" }))),
        ("PUBLISH", "publish", None),
        ("REOPEN", "reopen", Some(reason())),
        ("WITHDRAW", "withdraw", Some(reason())),
        ("CORRECT", "correct", Some(reason())),
        ("ASK_VOID", "ask-void", Some(json!({ "cause": "CANNOT_BE_MADE", "reason": "无法实施" }))),
        ("VOID", "void", Some(json!({ "cause": "CANNOT_BE_MADE", "reason": "无法实施" }))),
    ];

    let way = [
        ("market.admin", "START"),
        ("market.admin", "RECORD_RESULT"),
        ("market.admin", "SUBMIT"),
        ("market.reviewer", "RETURN"),
        ("market.admin", "RECORD_RESULT"),
        ("market.admin", "SUBMIT"),
        ("market.reviewer", "APPROVE_RESULT"),
        ("market.reviewer", "REOPEN"),
        ("market.admin", "RECORD_RESULT"),
        ("market.admin", "SUBMIT"),
        ("market.reviewer", "APPROVE_RESULT"),
        ("market.admin", "PUBLISH"),
        ("market.admin", "WITHDRAW"),
        ("market.admin", "CORRECT"),
    ];
    walk(world, &record, &verbs, &way).await;
}

#[tokio::test]
async fn what_a_mapping_table_shows_is_what_is_accepted() {
    let world = World::county().await;
    let table = json!({
        "scheme": "MARKET_REGULATION", "reason": "按省局工作要求",
        "entries": [
            { "level": "A", "class": "TRUSTWORTHY" }, { "level": "B", "class": "GENERAL" },
            { "level": "C", "class": "KEY" }, { "level": "D", "class": "DISHONEST" },
        ],
    });
    let made = world.post("market.lead", "/api/v1/credit-mappings").json(&table).send().await.expect(201);
    let record = format!("/api/v1/credit-mappings/{}", made["id"].as_str().unwrap());
    let verbs = [("ACTIVATE", "activate", None), ("RETIRE", "retire", Some(reason()))];

    walk(&world, &record, &verbs, &[("coordinator", "ACTIVATE"), ("coordinator", "RETIRE")]).await;
}
