//! National rows of what departments did.

use crate::harness::{Answer, World};
use serde_json::{Value, json};

impl World {
    /// A check that is right, by its key; it names no item.
    pub fn check_row(key: &str) -> Value {
        json!({
            "kind": "CHECK", "cd_id": key, "cd_operation": "I", "cd_time": "2026-10-13T02:00:00Z",
            "content": {
                "supervise_item_implement_code": "无", "supervise_item_check_icode": "91510821MAR05011841",
                "check_action_name": "食品经营检查", "check_action_code": key, "supervise_object": "旺苍县某店",
                "administrative_cp": "旺苍县某店", "administrative_cp_na": "02", "administrative_cp_ce_type": "001",
                "administrative_cp_ui_code": "91510821MAR0501184", "area_number": "510821", "check_form": "01",
                "check_type": "01", "check_result": "01", "check_date": "2026-10-12", "check_personnel": ["张三", "李四"],
            },
        })
    }

    /// The same row, changed: by an operation at a time, with other columns.
    pub fn row_with(mut row: Value, operation: &str, at: &str, columns: &[(&str, &str)]) -> Value {
        row["cd_operation"] = json!(operation);
        row["cd_time"] = json!(format!("2026-10-{at}:00Z"));
        for (name, value) in columns {
            row["content"][*name] = json!(value);
        }
        row
    }

    pub async fn send_row(&self, who: &str, row: &Value) -> Answer {
        self.post(who, "/api/v1/behaviours").json(row).send().await
    }

    /// The only batch of a department's table and number.
    pub async fn batch_of(&self, who: &str, number: &str) -> Value {
        let page = self.get(who, "/api/v1/behaviour-batches?limit=200").await.expect(200);
        let items = page["items"].as_array().unwrap();
        let mut own = items.iter().filter(|batch| batch["cd_batch"] == number);
        let batch = own.next().unwrap_or_else(|| panic!("no batch {number}: {page}")).clone();
        assert!(own.next().is_none());
        batch
    }
}

/// The rules of the findings of a receipt.
pub fn rules_of(receipt: &Value) -> Vec<String> {
    let findings = receipt["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}
