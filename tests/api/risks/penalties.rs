//! What the models learn of penalties and of orders to rectify that nobody looked at again.

use crate::harness::{World, id_of, today};
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";

/// A penalty against somebody, by its number.
fn penalty(number: &str, uscc: &Value, spared: &str) -> Value {
    json!({
        "kind": "PENALTY", "cd_id": number, "cd_operation": "I", "cd_time": "2026-10-13T02:00:00Z",
        "content": {
            "supervise_item_code": "无", "punish_action_name": "某店处罚", "punish_action_code": number,
            "supervise_object": "旺苍县某店", "administrative_cp": "旺苍县某店", "administrative_cp_na": "02",
            "administrative_cp_ce_type": "001", "administrative_cp_ui_code": uscc, "area_number": "510821",
            "case_source": "02", "illegal_fact": "过期食品", "punish_accord": "食品安全法", "punish_procedure": "02",
            "if_hearing_witnesses": "否", "case_involving_punishment": "否", "set_date": today().to_string(),
            "punish_document_code": format!("旺市监罚〔2026〕{number}号"), "punish_type": "01",
            "penalty_result": "警告", "administrative_reconsider": "00", "administrative_penalties": spared,
        },
    })
}

/// Somebody of whom two people complained, by id and number.
async fn complained_of(world: &World) -> (String, Value) {
    let object = world.some_object().await.as_str().unwrap().to_owned();
    world.complaint("market", "REPORT").await;
    world.complaint("market", "COMPLAINT").await;
    let uscc = world.get("root", &format!("/api/v1/objects/{object}")).await.expect(200)["uscc"].clone();
    (object, uscc)
}

/// Complaints alone are no penalty; a penalty that is wrong, spared or gone is none; the clue names both.
#[tokio::test]
async fn complaints_and_a_penalty_together_are_a_warning() {
    let world = World::county().await;
    world.model("COMPLAINT-AND-PENALTY", "COMPLAINT-AND-PENALTY", 5).await;
    let (object, uscc) = complained_of(&world).await;
    let runs = async || world.run_models("market.lead", false).await["raised"].clone();
    assert_eq!(runs().await, 0, "nobody was punished");

    let send = async |row: &Value| world.send_row(ADMIN, row).await.expect(200);
    assert_eq!(send(&penalty("CF-1", &uscc, "是")).await["status"], "ACCEPTED");
    assert_eq!(runs().await, 0, "spared");
    let mut wrong = penalty("CF-2", &uscc, "否");
    wrong["content"]["punish_procedure"] = json!("9");
    assert_eq!(send(&wrong).await["status"], "QUARANTINED");
    assert_eq!(runs().await, 0, "not right yet");

    let mut mended = penalty("CF-2", &uscc, "否");
    (mended["cd_operation"], mended["cd_time"]) = (json!("U"), json!("2026-10-14T02:00:00Z"));
    assert_eq!(send(&mended).await["status"], "ACCEPTED");
    let mut gone = penalty("CF-3", &uscc, "否");
    send(&gone).await;
    (gone["cd_operation"], gone["cd_time"]) = (json!("D"), json!("2026-10-14T02:00:00Z"));
    send(&gone).await;
    assert_eq!(runs().await, 1);
    let path = format!("/api/v1/risk-clues?source=MODEL&object_id={object}");
    let clue = world.get("coordinator", &path).await.expect(200)["items"][0].clone();
    // Two complaints within three months and one penalty: the one that is gone would make it red.
    assert_eq!(clue["level"], "ORANGE", "{clue}");
    assert!(clue["content"].as_str().unwrap().contains("且受过行政处罚"), "{clue}");
}

/// Penalties of before there were such facts are told once, when a server has started; a row that is wrong is none.
#[tokio::test]
async fn penalties_of_before_are_told() {
    let mut world = World::county().await;
    world.model("COMPLAINT-AND-PENALTY", "COMPLAINT-AND-PENALTY", 5).await;
    let (_, uscc) = complained_of(&world).await;
    world.send_row(ADMIN, &penalty("CF-9", &uscc, "否")).await.expect(200);
    for sql in [
        "UPDATE behaviours SET month = NULL",
        "DELETE FROM behaviour_figures",
        "DELETE FROM risk_facts WHERE kind = 'PENALTY'",
    ] {
        world.database.execute(sql).await;
    }

    world.restart();
    for _ in 0..400 {
        let told = world.get(ADMIN, "/api/v1/quality-figures").await.expect(200);
        if told["total"]["rows"] == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(world.run_models("market.lead", false).await["raised"], 1);
}

/// An order to rectify whose day has passed is told once.
#[tokio::test]
async fn an_order_that_nobody_looked_at_again_is_a_warning() {
    let world = World::county().await;
    world.model("RECTIFICATION-UNCHECKED", "RECTIFICATION-UNCHECKED", 5).await;
    let inspection = world.begun_inspection("market").await;
    let measure = world.follow_up(ADMIN, &inspection, json!({ "measure": "3" })).await;
    assert_eq!(world.run_models("market.lead", false).await["raised"], 0, "in time");
    // One that is done late is not let pass any more.
    let done = world.follow_up(ADMIN, &inspection, json!({ "measure": "3" })).await;
    world.late(&done, "FOLLOW_UP_DUE").await;
    world.act(ADMIN, &done, "complete", Some(json!({ "note": "已改正" }))).await.expect(200);
    assert_eq!(world.run_models("market.lead", false).await["raised"], 0, "done");

    world.late(&measure, "FOLLOW_UP_DUE").await;
    world.strike();
    assert_eq!(world.run_models("market.lead", false).await["raised"], 1);
    let object = world.get(ADMIN, &measure).await.expect(200)["object_id"].clone();
    let path = format!("/api/v1/risk-clues?source=MODEL&object_id={}", object.as_str().unwrap());
    let clue = world.get("coordinator", &path).await.expect(200)["items"][0].clone();
    assert!(clue["content"].as_str().unwrap().contains("责令改正到期后未复查"), "{clue} {}", id_of(&measure));
}
