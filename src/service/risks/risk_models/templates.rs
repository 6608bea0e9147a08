//! The models that ship with the platform: to be taken as they are, or as a beginning. See docs/risk-models.md.

use super::bodies::ContentBody;
use crate::kernel::error::Result;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 随平台提供的模型
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub code: String,
    pub name: String,
    /// 风险预警领域 (dictionary risk-domain)
    pub domain: String,
    pub content: ContentBody,
}

pub fn templates() -> Result<Vec<Template>> {
    Ok(serde_json::from_str(include_str!("../../../../data/risk_models.json"))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::risks::risk_models::{Compiled, check, run_case};
    use uuid::Uuid;

    /// Each compiles, passes its own tests, and lacks nothing but what only the county can say.
    #[test]
    fn the_seven_models_work() {
        let templates = templates().unwrap_or_default();
        assert_eq!(templates.len(), 7);
        let today = "2026-11-24".parse().unwrap_or_default();

        for template in templates {
            let mut content = template.content.domain().unwrap_or_default();
            let Ok(compiled) = Compiled::new(&content) else { panic!("{}", template.code) };
            for case in &content.cases {
                let outcome = run_case(&compiled, case);
                assert!(outcome.passed, "{} {outcome:?}", template.code);
            }
            let missing: Vec<_> =
                check(&content, true, today).problems().map(|problem| problem.pointer.clone()).collect();
            assert_eq!(missing, ["/disposal_department_id", "/expires_on"], "{}", template.code);
            content.disposal_department_id = Some(Uuid::nil());
            content.expires_on = "2027-12-31".parse().ok();
            assert!(check(&content, true, today).is_complete());
        }
    }
}
