//! A model held against what happened: months whose outcome is known.

use super::models::objects;
use crate::harness::{World, id_of};
use domain::risks::risk_models::FactKind;
use entity::risks::risk_facts;
use sea_orm::{ActiveModelTrait, Database, EntityTrait, IntoActiveModel};
use serde_json::json;

#[tokio::test]
async fn a_backtest_tells_what_history_proves() {
    let world = World::county().await;
    let objects = objects(&world, 4).await;
    let connection = Database::connect(&world.database.url).await.unwrap();
    let market = uuid::Uuid::parse_str(&world.departments["51082103"]).unwrap();
    // Two failures before the cut-off; then another (right), none (wrong); one failure only (missed); inspected and clean.
    for (at, days) in [
        (0, vec!["2026-01-10", "2026-03-10", "2026-07-01"]),
        (1, vec!["2026-01-10", "2026-03-10"]),
        (2, vec!["2026-03-10", "2026-07-01"]),
    ] {
        for day in days {
            for kind in [FactKind::Inspected, FactKind::ProblemFound] {
                let fact = risk_facts::Model {
                    id: mingjian::kernel::ctx::new_id(),
                    object_id: uuid::Uuid::parse_str(objects[at].as_str().unwrap()).unwrap(),
                    happened_on: day.parse().unwrap(),
                    kind,
                    amount: 1,
                    party_id: None,
                    department_id: Some(market),
                    source_id: mingjian::kernel::ctx::new_id(),
                };
                risk_facts::Entity::insert(fact.into_active_model().reset_all()).exec(&connection).await.unwrap();
            }
        }
    }
    let version = world.model("REPEAT-FAILURE", "HISTORY", 1).await;
    let period = json!({ "from": "2026-05-01", "to": "2026-05-01" });
    let job = world.act("market.lead", &version, "backtest", Some(period)).await.expect(202);
    assert_eq!(world.wait_for("market.lead", &job).await["progress"]["done"], 400);
    let backtest = world.get("market.lead", &version).await.expect(200)["backtest"].clone();
    let report = &backtest["report"];
    assert_eq!(report["all"], json!({ "evaluated": 3, "fired": 2, "hits": 1 }));
    assert_eq!(report["positives"], 2);
    assert_eq!(
        (&report["precision_bp"], &report["recall_bp"], &report["false_positive_bp"]),
        (&json!(5000), &json!(5000), &json!(5000))
    );
    assert_eq!(report["recall_at"][0], json!({ "k": 10, "recall_bp": 5000 }));
    assert_eq!(report["departments"][&world.departments["51082103"]]["fired"], 2);
    assert_eq!(
        report["types"]["1"]["evaluated"].as_u64().unwrap()
            + report["types"]
                .as_object()
                .unwrap()
                .iter()
                .filter(|(kind, _)| *kind != "1")
                .map(|(_, tally)| tally["evaluated"].as_u64().unwrap())
                .sum::<u64>(),
        3
    );
    assert!(report["townships"].as_object().unwrap().len() <= 3);
    world.assert_audit("risk-model-versions", id_of(&version), "BACKTESTED", "market.lead").await;
}
