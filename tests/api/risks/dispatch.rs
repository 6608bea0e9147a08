//! Clues dispatched and transferred: nobody's clue, and one that is another department's, reach whose they are.

use super::clues::object;
use crate::harness::{World, id_of};
use serde_json::{Value, json};

#[tokio::test]
async fn a_clue_reaches_the_department_whose_it_is() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    let clue = world.clue("coordinator", &object, None).await;
    let waits = async |who: &str, kind: &str| {
        let page = world.get(who, &format!("/api/v1/worklist?kind={kind}&resource=risk-clues")).await.expect(200);
        page["items"].as_array().unwrap().iter().any(|entry| entry["resource_id"] == id_of(&clue))
    };
    assert!(waits("coordinator", "CLUE_TO_DISPATCH").await && waits("agri.admin", "CLUE_TO_SIGN").await);

    // 交办: from now on it is the agricultural bureau's alone.
    let to = |code: &str| json!({ "department_id": world.departments[code] });
    let dispatched = world.act("coordinator", &clue, "dispatch", Some(to("51082105"))).await.expect(200);
    assert_eq!(
        (&dispatched["status"], &dispatched["department_id"]),
        (&json!("RECEIVED"), &to("51082105")["department_id"])
    );
    assert!(dispatched["dispatched_at"].is_string());
    assert!(!waits("coordinator", "CLUE_TO_DISPATCH").await && waits("agri.admin", "CLUE_TO_SIGN").await);
    world.get("market.admin", &clue).await.expect_problem(404, "NOT_FOUND");
    let again = world.act("coordinator", &clue, "dispatch", Some(to("51082105"))).await;
    assert_eq!(again.expect_problem(422, "INVALID_BODY")["errors"][0]["code"], "SAME_DEPARTMENT");
    let nobody = json!({ "department_id": id_of(&clue) });
    let nobody = world.act("coordinator", &clue, "dispatch", Some(nobody)).await;
    assert_eq!(nobody.expect_problem(422, "INVALID_BODY")["errors"][0]["code"], "NO_SUCH_RECORD");

    // The bureau signs it, finds that it is not its own, and asks to return it: it is transferred instead.
    let signed = world.act("agri.admin", &clue, "sign", None).await.expect(200);
    let asked = json!({ "reason": "食品销售不属本局", "evidence": ["三定方案"] });
    world.act("agri.admin", &clue, "return", Some(asked)).await.expect(200);
    assert!(waits("coordinator", "CLUE_RETURN_TO_DECIDE").await && waits("business", "CLUE_TO_DISPATCH").await);
    let mut body = to("51082103");
    let bare = world.act("coordinator", &clue, "transfer", Some(body.clone())).await;
    assert_eq!(bare.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/reason");
    body["reason"] = json!("食品销售由市场监管部门负责");
    let moved = world.act("coordinator", &clue, "transfer", Some(body)).await.expect(200);
    assert_eq!((&moved["status"], &moved["department_id"]), (&json!("RECEIVED"), &to("51082103")["department_id"]));
    assert_eq!((&moved["signed_at"], &moved["return_reason"]), (&Value::Null, &Value::Null));
    let due = |clue: &Value, which: &str| clue[which].as_str().unwrap().to_owned();
    assert!(due(&moved, "sign_due_at") >= due(&signed, "sign_due_at"), "signing begins anew");
    assert!(moved["feed_back_due_at"].is_string(), "feeding back goes on");
    world.get("agri.admin", &clue).await.expect_problem(404, "NOT_FOUND");
    assert!(waits("market.admin", "CLUE_TO_SIGN").await && !waits("coordinator", "CLUE_RETURN_TO_DECIDE").await);

    // Row 8 keeps it, as the new department's.
    world.act("market.admin", &clue, "sign", None).await.expect(200);
    for (action, who) in [("DISPATCHED", "coordinator"), ("TRANSFERRED", "coordinator"), ("SIGNED", "market.admin")] {
        world.assert_audit("risk-clues", id_of(&clue), action, who).await;
    }
    world.act("market.admin", &clue, "transfer", Some(to("51082105"))).await.expect_problem(403, "FORBIDDEN");
}
