//! 行政执法监督: cases by complaints and own finding; documents with terms, answers, a step further; and nothing of anybody else's
//! is changed.

use crate::contract::allowed::walk;
use crate::contract::openapi::{committed, operations};
use crate::harness::{World, id_of, today};
use chrono::Days;
use reqwest::Method;
use serde_json::{Value, json};

const JUSTICE: &str = "justice";
const ADMIN: &str = "market.admin";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

pub(super) fn path(case: &Value) -> String {
    format!("/api/v1/supervision-cases/{}", text(&case["id"]))
}

fn paper(days: Option<u32>) -> Value {
    json!({ "requirements": "对照条例自查，书面报告整改结果", "reply_days": days })
}

#[tokio::test]
async fn a_case_goes_its_way_and_the_department_sees_what_it_is_sent() {
    let world = World::county().await;
    let case = world.supervision_case("51082103").await;
    world.assert_audit("supervision-cases", id_of(&case), "CREATED", JUSTICE).await;
    assert_eq!(world.waits(JUSTICE, &case).await, ["SUPERVISION_TO_BEGIN"]);
    world.get(ADMIN, &case).await.expect_problem(404, "NOT_FOUND");
    let body = json!({ "title": "未出示证件", "facts": "经核实，两名执法人员均未出示。" });
    let version = world.get(JUSTICE, &case).await.expect(200)["version"].as_i64().unwrap();
    let put = world.request(Method::PUT, JUSTICE, &case).if_match(version).keyed().json(&body);
    assert_eq!(put.send().await.expect(200)["title"], "未出示证件");
    world.act(JUSTICE, &case, "investigate", None).await.expect(200);
    assert_eq!(world.waits(JUSTICE, &case).await, ["SUPERVISION_TO_DECIDE"]);
    world.get(ADMIN, &case).await.expect_problem(404, "NOT_FOUND");

    // Fifteen days where the document says no other; the number has no gap.
    let much = world.act(JUSTICE, &case, "issue-notice", Some(paper(Some(61)))).await;
    assert_eq!(much.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/reply_days");
    let sent = world.act(JUSTICE, &case, "issue-notice", Some(paper(None))).await.expect(200);
    let due: chrono::NaiveDate = text(&sent["reply_due_on"]).parse().unwrap();
    assert!(due >= today() + Days::new(15), "a day of rest at the end moves it on: {due}");
    let number = text(&sent["papers"][0]["number"]);
    assert!(number.contains("执监通〔") && number.ends_with("〕1号"), "{number}");
    assert_eq!(world.waits(ADMIN, &case).await, ["SUPERVISION_TO_REPLY"]);
    assert!(world.waits(JUSTICE, &case).await.is_empty());
    world.assert_audit("supervision-cases", id_of(&case), "ISSUED", JUSTICE).await;
    let seen = world.get(ADMIN, &case).await.expect(200);
    assert_eq!(seen["allowed_actions"], json!(["REPLY"]));
    world.get("agri.admin", &case).await.expect_problem(404, "NOT_FOUND");
    world.get(ADMIN, &format!("{case}/history")).await.expect_problem(403, "FORBIDDEN");

    let longer = Some(json!({ "days": 10, "reason": "涉及三个乡镇" }));
    let longer_due = world.act(JUSTICE, &case, "extend", longer.clone()).await.expect(200);
    assert!(longer_due["reply_due_on"].as_str() > sent["reply_due_on"].as_str());
    world.act(JUSTICE, &case, "extend", longer).await.expect_problem(409, "EXTENSION_USED");
    world.act(JUSTICE, &case, "issue-decision", Some(paper(None))).await.expect_problem(409, "STATE_CONFLICT");

    let reply = Some(json!({ "reply": "已组织培训" }));
    let replied = world.act(ADMIN, &case, "reply", reply.clone()).await.expect(200);
    assert_eq!((&replied["papers"][0]["is_late"], &replied["reply_due_on"]), (&json!(false), &Value::Null));
    assert_eq!(world.waits(JUSTICE, &case).await, ["SUPERVISION_TO_VERIFY"]);
    world.assert_audit("supervision-cases", id_of(&case), "REPLIED", ADMIN).await;

    // It does not do: another document, whose answer does.
    world.act(JUSTICE, &case, "reject", Some(json!({ "opinion": "未见材料" }))).await.expect(200);
    world
        .act(JUSTICE, &case, "dismiss", Some(json!({ "reason": "查无问题" })))
        .await
        .expect_problem(409, "STATE_CONFLICT");
    world.act(JUSTICE, &case, "issue-decision", Some(paper(Some(5)))).await.expect(200);
    world.act(ADMIN, &case, "reply", reply).await.expect(200);
    world.act(JUSTICE, &case, "verify", Some(json!({ "opinion": "整改到位" }))).await.expect(200);
    let closed = world.act(JUSTICE, &case, "close", Some(json!({ "conclusion": "办结" }))).await.expect(200);
    let verdicts: Vec<_> = closed["papers"].as_array().unwrap().iter().map(|paper| text(&paper["verdict"])).collect();
    assert_eq!((closed["status"].as_str(), verdicts), (Some("CLOSED"), vec!["REJECTED".into(), "ACCEPTED".into()]));
    for action in ["STARTED", "EXTENDED", "REJECTED", "VERIFIED", "CLOSED"] {
        world.assert_audit("supervision-cases", id_of(&case), action, JUSTICE).await;
    }

    let other = world.supervision_case("51082103").await;
    world.act(JUSTICE, &other, "investigate", None).await.expect(200);
    let next = world.act(JUSTICE, &other, "issue-notice", Some(paper(None))).await.expect(200);
    assert!(text(&next["papers"][0]["number"]).ends_with("〕2号"));
}

#[tokio::test]
async fn no_answer_is_told_and_leads_a_step_further() {
    let world = World::county().await;
    let case = world.supervision_case("51082103").await;
    world.walk_case(&case, 2).await;
    let note = |note: &str| Some(json!({ "note": note }));
    world.act(JUSTICE, &case, "escalate", note("约谈")).await.expect_problem(409, "STATE_CONFLICT");
    let then = today() - Days::new(1);
    for sql in [
        format!("UPDATE worklist_entries SET due_on = '{then}' WHERE kind = 'SUPERVISION_TO_REPLY'"),
        format!("UPDATE supervision_cases SET reply_due_on = '{then}'"),
        format!("UPDATE supervision_papers SET due_on = '{then}'"),
    ] {
        world.database.execute(&sql).await;
    }
    world.strike();
    assert_eq!(world.waits(JUSTICE, &case).await, ["SUPERVISION_OVERDUE"]);
    assert_eq!(world.waits(ADMIN, &case).await, ["SUPERVISION_TO_REPLY"]);
    world.assert_audit("supervision-cases", id_of(&case), "ESCALATED", "escalation").await;

    let talked = world.act(JUSTICE, &case, "escalate", note("约谈分管负责人")).await.expect(200);
    assert_eq!((&talked["measure"], &talked["measures"][0]["note"]), (&json!("TALK"), &json!("约谈分管负责人")));
    // One cause is one step; the next is for no answer to another document.
    world.act(JUSTICE, &case, "escalate", note("报告县政府")).await.expect_problem(409, "STATE_CONFLICT");
    world.act(JUSTICE, &case, "issue-decision", Some(paper(None))).await.expect(200);
    for table in ["supervision_cases SET reply_due_on", "supervision_papers SET due_on"] {
        world.database.execute(&format!("UPDATE {table} = '{then}'")).await;
    }
    let reported = world.act(JUSTICE, &case, "escalate", note("报告县政府")).await.expect(200);
    assert_eq!((&reported["measure"], &reported["papers"][0]["is_late"]), (&json!("REPORT"), &json!(true)));
    let longer = Some(json!({ "days": 10, "reason": "涉及三个乡镇" }));
    world.act(JUSTICE, &case, "extend", longer).await.expect_problem(409, "STATE_CONFLICT");
    let replied = world.act(ADMIN, &case, "reply", Some(json!({ "reply": "已整改" }))).await.expect(200);
    assert_eq!(replied["papers"][1]["is_late"], true, "late, and taken all the same");
    assert_eq!(world.waits(JUSTICE, &case).await, ["SUPERVISION_TO_VERIFY"]);
}

#[tokio::test]
async fn what_a_case_shows_is_what_is_accepted() {
    let world = World::county().await;
    let opinion = || Some(json!({ "opinion": "未见材料" }));
    let verbs = [
        ("INVESTIGATE", "investigate", None),
        ("ISSUE_NOTICE", "issue-notice", Some(paper(None))),
        ("ISSUE_OPINION", "issue-opinion", Some(paper(None))),
        ("ISSUE_DECISION", "issue-decision", Some(paper(None))),
        ("EXTEND", "extend", Some(json!({ "days": 5, "reason": "核实需时" }))),
        ("REPLY", "reply", Some(json!({ "reply": "已整改" }))),
        ("REJECT", "reject", opinion()),
        ("VERIFY", "verify", opinion()),
        ("ESCALATE", "escalate", Some(json!({ "note": "约谈负责人" }))),
        ("CLOSE", "close", Some(json!({ "conclusion": "办结" }))),
        ("DISMISS", "dismiss", Some(json!({ "reason": "查无问题" }))),
    ];
    let way = [
        (JUSTICE, "INVESTIGATE"),
        (JUSTICE, "ISSUE_OPINION"),
        (JUSTICE, "EXTEND"),
        (ADMIN, "REPLY"),
        (JUSTICE, "REJECT"),
        (JUSTICE, "ESCALATE"),
        (JUSTICE, "ISSUE_NOTICE"),
        (ADMIN, "REPLY"),
        (JUSTICE, "VERIFY"),
        (JUSTICE, "CLOSE"),
    ];
    walk(&world, &world.supervision_case("51082103").await, &verbs, &way).await;
    walk(&world, &world.supervision_case("51082103").await, &verbs, &[(JUSTICE, "DISMISS")]).await;
}

pub(super) async fn object(world: &World, name: &str) -> Value {
    let body = json!({ "name": name, "object_type": "1", "region_code": "510821" });
    world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect(201)["id"].clone()
}

/// What an enterprise said opens a case, and the department never learns which enterprise it was.
#[tokio::test]
async fn a_complaint_opens_a_case_and_stays_blind() {
    let world = World::county().await;
    let visit = world.daily_visit("market", &object(&world, "旺苍县投诉店").await).await;
    world.walk_visit("market", &visit, 4).await;
    let code = world.get(ADMIN, &format!("{visit}/entry-code")).await.expect(200)["code"].clone();
    let scan = world.anonymous(Method::POST, "/api/v1/public/visits/scan").json(&json!({ "code": code }));
    let token = scan.send().await.expect(200)["feedback_token"].clone();
    let said = json!({ "token": token, "complaint": "要求购买指定检测服务" });
    world.anonymous(Method::POST, "/api/v1/public/visit-feedback").json(&said).send().await.expect(200);
    let said = world.get(JUSTICE, "/api/v1/visit-feedback").await.expect(200)["items"][0]["id"].clone();

    let body = |code: &str, source: &str| {
        json!({
            "department_id": world.departments[code], "source": source, "title": "指定中介", "facts": "企业反映检查中被要求购买指定服务。",
            "subjects": [
                { "kind": "VISIT_FEEDBACK", "record_id": said },
                { "kind": "VISIT", "record_id": id_of(&visit) },
            ],
        })
    };
    let create = async |body: Value| world.post(JUSTICE, "/api/v1/supervision-cases").json(&body).send().await;
    let others = create(body("51082105", "COMPLAINT")).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(others["errors"][0]["pointer"], "/subjects/0/record_id", "it is not about that department");
    let alert = create(body("51082103", "ALERT")).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(alert["errors"][0]["pointer"], "/source");
    let made = create(body("51082103", "COMPLAINT")).await.expect(201);
    world.walk_case(&path(&made), 2).await;
    let known = world.get(JUSTICE, &path(&made)).await.expect(200)["subjects"].as_array().unwrap().clone();
    assert!(known.len() == 2 && known.iter().any(|subject| subject["record_id"] == said), "{known:?}");
    let seen = world.get(ADMIN, &path(&made)).await.expect(200);
    assert_eq!((&seen["subjects"], &seen["facts"]), (&json!([]), &Value::Null), "the visit would tell who complained");
    assert!(seen["papers"][0]["requirements"].is_string());
    let asked = format!("/api/v1/supervision-cases?record_id={}", id_of(&visit));
    world.get(ADMIN, &asked).await.expect_problem(403, "FORBIDDEN");
}

/// It reads what there is of how the departments enforce, and changes none of it.
#[tokio::test]
async fn the_justice_bureau_reads_all_and_changes_nothing() {
    const WATCHED: [&str; 8] = [
        "inspections",
        "follow-ups",
        "case-referrals",
        "visits",
        "evidence",
        "documents",
        "risk-clues",
        "issued-tasks",
    ];
    let table = std::fs::read_to_string(crate::harness::repo_file("tests/api/contract/authz_matrix.csv")).unwrap();
    let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let at = head.iter().position(|role| *role == "JUSTICE_SUPERVISOR").unwrap();
    let cells: std::collections::BTreeMap<_, _> = lines.map(|line| (line[0].to_owned(), line[at].to_owned())).collect();

    let (mut reads, mut writes) = (0, 0);
    for (operation, _, path, contract) in operations(&committed()) {
        let Some(noun) = path.strip_prefix("/api/v1/").and_then(|rest| rest.split('/').next()) else { continue };
        if !WATCHED.contains(&noun) {
            continue;
        }
        if contract["x-permission"].as_str().unwrap().ends_with(":read") {
            assert_eq!(cells[&operation], "A", "{operation} is hidden from whoever supervises");
            reads += 1;
        } else {
            assert_eq!(cells[&operation], "-", "{operation} changes what whoever supervises looks at");
            writes += 1;
        }
    }
    assert!(reads > 20 && writes > 40, "{reads} reads, {writes} writes");
}
