//! 权限解释: why somebody may, or may not, do something.

use crate::http::kernel::extract::{Json, Read};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Reply, View};
use crate::kernel::error::Result;
use crate::service::access::permissions::{ExplainBody, explain_access};
use domain::access::permit::AccessExplain;
use domain::access::{Explanation, Reach};
use serde::Serialize;
use utoipa::ToSchema;

pub fn routes(api: &mut Api) {
    let mut group = api.group("access", "权限");
    group.post(
        "/api/v1/access/explain",
        "explain_access",
        "解释权限",
        "某账户或合作系统能否行使某项权限、能否作用于某条记录，逐条说明理由。",
        explain,
    );
}

/// 判断的一步
#[derive(Serialize, ToSchema)]
pub struct ExplanationStepView {
    pub holds: bool,
    #[schema(example = "ROLE_GRANTS")]
    pub code: &'static str,
    pub text: String,
    pub text_en: String,
}

/// 权限解释
#[derive(Serialize, ToSchema)]
pub struct ExplanationView {
    pub allowed: bool,
    #[schema(required)]
    pub reach: Option<Reach>,
    pub steps: Vec<ExplanationStepView>,
}

impl View for ExplanationView {}

impl From<Explanation> for ExplanationView {
    fn from(told: Explanation) -> Self {
        let steps = told.steps.into_iter().map(|step| ExplanationStepView {
            holds: step.holds,
            code: step.code,
            text: step.text.zh,
            text_en: step.text.en,
        });
        Self { allowed: told.allowed, reach: told.reach, steps: steps.collect() }
    }
}

async fn explain(read: Read<AccessExplain>, body: Json<ExplainBody>) -> Result<Reply<ExplanationView>> {
    Reply::new(explain_access(&read.app, &body.0).await?.into())
}
