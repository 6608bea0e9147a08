//! Supervision items on their way: claimed, approved, with their implementation list, published.

use crate::harness::World;
use serde_json::{Value, json};

impl World {
    /// Paths of inspection items that a department has still to claim.
    pub async fn to_claim(&self, code: &str, count: usize) -> Vec<String> {
        let query =
            format!("department_id={}&state=TO_CLAIM&administrative_type=0&limit={count}", self.departments[code]);
        let page = self.get("business", &format!("/api/v1/items?{query}")).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), count, "{code} has too little to claim");
        items.iter().map(|item| format!("/api/v1/items/{}", item["id"].as_str().unwrap())).collect()
    }

    /// Claims, submits and approves an item of a side (`market`, `agri`, `emergency`); gives its list's path.
    pub async fn approve_item(&self, side: &str, item: &str) -> String {
        let (admin, reviewer) = (format!("{side}.admin"), format!("{side}.reviewer"));
        self.act(&admin, item, "claim", None).await.expect(200);
        self.act(&admin, item, "submit", None).await.expect(200);
        let approved = self.act(&reviewer, item, "approve", Some(json!({}))).await.expect(200);
        assert_eq!(approved["state"], "EFFECTIVE");
        format!("/api/v1/implementation-lists/{}", approved["implementation_list_id"].as_str().unwrap())
    }

    /// Completes and approves a list.
    pub async fn approve_list(&self, side: &str, list: &str) {
        let (admin, reviewer) = (format!("{side}.admin"), format!("{side}.reviewer"));
        self.fill_list(&admin, list, elements()).await;
        self.act(&admin, list, "submit", None).await.expect(200);
        self.act(&reviewer, list, "approve", Some(json!({}))).await.expect(200);
    }

    /// Replaces a list's elements.
    pub async fn fill_list(&self, admin: &str, list: &str, elements: Value) -> Value {
        let version = self.get(admin, list).await.expect(200)["version"].as_i64().unwrap();
        let call = self.request(reqwest::Method::PUT, admin, list).if_match(version).json(&elements);
        call.send().await.expect(200)
    }

    /// The whole way to a published spot-check item; gives its path.
    pub async fn publish_item(&self, side: &str, item: &str) -> String {
        let list = self.approve_item(side, item).await;
        self.approve_list(side, &list).await;
        let query = format!("item_id={}", item.rsplit('/').next().unwrap());
        let spots = self.get("market.lead", &format!("/api/v1/spot-check-items?{query}")).await.expect(200);
        let spot = format!("/api/v1/spot-check-items/{}", spots["items"][0]["id"].as_str().unwrap());
        self.act("market.lead", &spot, "publish", None).await.expect(200);
        spot
    }
}

/// Complete elements of an implementation list.
pub fn elements() -> Value {
    json!({
        "check_category": "01", "check_modes": ["1"], "double_random": true, "spot_type": "TARGETED", "joint": false,
        "item_kind": "GENERAL", "object_types": ["1"], "targets": "经营单位",
        "check_points": [{
            "name": "主体资格", "content": "证照是否齐全有效", "basis_text": "见设定依据", "check_types": ["RANDOM"],
        }],
        "exercise_level": "4", "implement_nature": "01", "frequency_text": "每年不超过2次", "max_per_year": 2,
        "ratio_floor_bp": 300, "ratio_ceiling_bp": 1000, "result_codes": ["1", "5"], "qualification_required": false,
        "minimum_officers": 2, "documents": ["现场检查笔录"],
    })
}
