//! What happens between the freeze and the visits: nothing of it chooses who goes, and what is given up is there to see.

use crate::harness::World;
use domain::spot_checks::draws::verify::verify;
use serde_json::json;

const PARTIES: [(&str, &str); 2] = [("market.lead", "51082103"), ("justice", "51082104")];

/// Attack 2: availability and recusals after the freeze. Attack 4: a visit given up for a fact that is none.
#[tokio::test]
async fn nothing_is_decided_after_the_freeze() {
    let world = World::county().await;
    let path = world.frozen(&world.task_body("冻结之后", &["51082103"]).await, &PARTIES).await;
    let officers = format!("/api/v1/personnel?department_id={}&limit=50", world.departments["51082103"]);
    let officers = world.get("justice", &officers).await.expect(200)["items"].as_array().unwrap().clone();
    world.database.execute("UPDATE personnel SET status = 'INACTIVE' WHERE department_id = (SELECT id FROM departments WHERE code = '51082103')").await;
    world.reveal(&path, 1, &PARTIES).await;
    world.act("market.lead", &path, "draw", None).await.expect(200);
    world.database.execute("UPDATE personnel SET status = 'ACTIVE' WHERE status = 'INACTIVE'").await;
    let (draw, record) = world.draw_record(&path).await;
    assert!(verify(&record).is_empty(), "the teams are those of the frozen roster, whoever is away at the draw");

    let id = path.rsplit('/').next().unwrap();
    let rows = world.get("market.lead", &format!("/api/v1/inspections?task_id={id}&limit=200")).await.expect(200);
    let (object, team) = (&rows["items"][0]["object_id"], rows["items"][0]["officers"].as_array().unwrap());
    let member = team[0]["personnel_id"].as_str().unwrap();
    let body = json!({ "object_id": object, "reason": "近亲属任职" });
    for officer in [member, officers.last().unwrap()["id"].as_str().unwrap()] {
        let declare = world.post("market.admin", &format!("/api/v1/personnel/{officer}/recusals")).json(&body);
        declare.send().await.expect_problem(409, "RECUSAL_AFTER_MATCH");
    }
    let declare = world.post("justice", &format!("/api/v1/personnel/{member}/recusals")).json(&body);
    declare.send().await.expect(201);

    let visit = format!("/api/v1/inspections/{}", rows["items"][1]["id"].as_str().unwrap());
    let gone = Some(json!({ "cause": "OBJECT_CANCELLED", "reason": "对象已注销" }));
    let refused = world.act("market.reviewer", &visit, "void", gone.clone()).await;
    refused.expect_problem(422, "REGISTER_DISAGREES");
    world.act("market.admin", &visit, "ask-void", gone.clone()).await.expect_problem(422, "REGISTER_DISAGREES");
    let words = json!({ "cause": "OBJECT_NOT_FOUND", "reason": "查无此户" });
    let alone = world.act("market.reviewer", &visit, "void", Some(words.clone())).await;
    alone.expect_problem(409, "SECOND_PERSON_REQUIRED");
    world.act("market.admin", &visit, "ask-void", Some(words.clone())).await.expect(200);
    let visit_id = visit.rsplit('/').next().unwrap();
    world.assert_audit("inspections", visit_id, "VOID_ASKED", "market.admin").await;
    let list = "/api/v1/worklist?kind=INSPECTION_VOID_TO_AGREE&total=exact";
    assert_eq!(world.get("market.reviewer", list).await.expect(200)["page"]["total"], 1);
    let void = world.act("market.reviewer", &visit, "void", Some(words)).await.expect(200);
    assert_eq!((&void["status"], &void["void_cause"]), (&json!("VOID"), &json!("OBJECT_NOT_FOUND")));
    world.assert_audit("inspections", visit_id, "VOIDED", "market.reviewer").await;
    let cancelled = format!(
        "UPDATE objects SET registration_status = 'CANCELLED' WHERE id = (SELECT object_id FROM inspections WHERE code = '{}')",
        rows["items"][2]["code"].as_str().unwrap()
    );
    world.database.execute(&cancelled).await;
    let visit = format!("/api/v1/inspections/{}", rows["items"][2]["id"].as_str().unwrap());
    world.act("market.reviewer", &visit, "void", gone).await.expect(200);
    let progress = world.public(&format!("draws/{}/progress", draw["id"].as_str().unwrap())).await;
    assert_eq!(progress["drawn"].as_u64().unwrap(), draw["selected_count"].as_u64().unwrap(), "{progress}");
    assert_eq!(progress["void"], 2);
    let causes = json!([{ "cause": "OBJECT_CANCELLED", "visits": 1 }, { "cause": "OBJECT_NOT_FOUND", "visits": 1 }]);
    assert_eq!(progress["void_by_cause"], causes);
}
