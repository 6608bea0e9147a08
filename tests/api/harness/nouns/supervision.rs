//! Measures, referrals and cases of supervision on their way.

use crate::harness::World;
use serde_json::{Value, json};

impl World {
    /// A measure after a side's inspection; gives its path.
    pub async fn follow_up(&self, admin: &str, inspection: &str, body: Value) -> String {
        let made = self.post(admin, &format!("{inspection}/follow-ups")).json(&body).send().await.expect(201);
        format!("/api/v1/follow-ups/{}", made["id"].as_str().unwrap())
    }

    /// A case that came of an inspection, sent to a department; gives its path.
    pub async fn referral(&self, admin: &str, inspection: &str, to: &str) -> String {
        let measure = self.follow_up(admin, inspection, json!({ "measure": "4" })).await;
        let body = json!({ "department_id": self.departments[to], "facts": "涉嫌销售超过保质期的食品" });
        let referred = self.act(admin, &measure, "refer", Some(body)).await.expect(200);
        format!("/api/v1/case-referrals/{}", referred["referral_id"].as_str().unwrap())
    }

    /// A case of the justice bureau's own about a department; gives its path.
    pub async fn supervision_case(&self, code: &str) -> String {
        let body = json!({
            "department_id": self.departments[code], "source": "OWN", "title": "检查未出示证件",
            "facts": "执法监督检查发现，两名执法人员未出示行政执法证。",
        });
        let made = self.post("justice", "/api/v1/supervision-cases").json(&body).send().await.expect(201);
        format!("/api/v1/supervision-cases/{}", made["id"].as_str().unwrap())
    }

    /// So many steps of a case's usual way: investigated, a notice, the answer, verified, closed.
    pub async fn walk_case(&self, case: &str, steps: usize) {
        let way = [
            ("justice", "investigate", None),
            ("justice", "issue-notice", Some(json!({ "requirements": "对照条例自查，书面报告整改结果" }))),
            ("market.admin", "reply", Some(json!({ "reply": "已培训，未再发生" }))),
            ("justice", "verify", Some(json!({ "opinion": "整改到位" }))),
            ("justice", "close", Some(json!({ "conclusion": "予以办结" }))),
        ];
        for (who, verb, body) in way.into_iter().take(steps) {
            self.act(who, case, verb, body).await.expect(200);
        }
    }
}
