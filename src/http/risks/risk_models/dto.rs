//! Views of models and their versions.

use crate::app::App;
use crate::http::kernel::reply::{View, versioned};
use crate::kernel::ctx::Ctx;
use crate::service::risks::risk_models::decision_facts;
use crate::service::risks::risk_models::{ContentBody, Precision, Template};
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::kernel::elements::Check;
use domain::risks::risk_clues::{RiskLevel, Verdict};
use domain::risks::risk_models::Content;
use domain::risks::risk_models::{ModelAction, ModelState};
use entity::risks::risk_model_versions::Model as Version;
use entity::risks::risk_models::Model;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// 风险模型
#[derive(Serialize, ToSchema)]
pub struct ModelView {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    /// 风险预警领域 (dictionary risk-domain)
    pub domain: String,
    /// 编制部门
    pub department_id: Uuid,
    pub latest_number: i32,
    /// 影子运行的版本
    #[schema(required)]
    pub shadow_number: Option<i32>,
    /// 启用的版本
    #[schema(required)]
    pub active_number: Option<i32>,
    /// 各版本，新的在前
    pub versions: Vec<ModelVersionSummaryView>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(ModelView);

/// 版本摘要
#[derive(Serialize, ToSchema)]
pub struct ModelVersionSummaryView {
    pub id: Uuid,
    pub number: i32,
    pub state: ModelState,
    pub elements_required: i32,
    pub elements_filled: i32,
}

impl ModelView {
    pub fn of(model: Model, versions: Vec<Version>) -> Self {
        let summaries = versions.into_iter().map(|version| ModelVersionSummaryView {
            id: version.id,
            number: version.number,
            state: version.state,
            elements_required: version.elements_required,
            elements_filled: version.elements_filled,
        });
        Self {
            id: model.id,
            code: model.code,
            name: model.name,
            domain: model.domain,
            department_id: model.department_id,
            latest_number: model.latest_number,
            shadow_number: model.shadow_number,
            active_number: model.active_number,
            versions: summaries.collect(),
            version: model.version,
            created_at: model.created_at,
            updated_at: model.updated_at,
        }
    }
}

/// 风险模型版本
#[derive(Serialize, ToSchema)]
pub struct ModelVersionView {
    pub id: Uuid,
    pub model_id: Uuid,
    pub number: i32,
    pub state: ModelState,
    #[schema(value_type = ContentBody)]
    pub content: Content,
    /// 应有要素数
    pub elements_required: i32,
    /// 已填且有效的要素数
    pub elements_filled: i32,
    /// 最近一次测试
    #[schema(required, value_type = Option<Vec<CaseOutcomeView>>)]
    pub test: Option<Value>,
    /// 最近一次回测: the period asked for, the job, and the report once it is there
    #[schema(required, value_type = Option<std::collections::HashMap<String, Value>>)]
    pub backtest: Option<Value>,
    /// 影子运行的累计比较: runs, evaluated, fired, both, only_shadow, only_active
    #[schema(required, value_type = Option<std::collections::HashMap<String, u64>>)]
    pub shadow: Option<Value>,
    pub created_by: Uuid,
    #[schema(required)]
    pub tested_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub shadow_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub activated_by: Option<Uuid>,
    #[schema(required)]
    pub activated_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub retired_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub retired_reason: Option<String>,
    /// What this caller may do now.
    pub allowed_actions: Vec<ModelAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl View for ModelVersionView {
    fn id(&self) -> Option<Uuid> {
        Some(self.id)
    }

    fn location(&self, _: &str) -> Option<String> {
        Some(format!("/api/v1/risk-model-versions/{}", self.id))
    }

    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

/// 一个测试用例的结果
#[derive(Serialize, ToSchema)]
pub struct CaseOutcomeView {
    pub name: String,
    pub passed: bool,
    #[schema(required)]
    pub expected: Option<RiskLevel>,
    #[schema(required)]
    pub actual: Option<RiskLevel>,
    pub score: u32,
}

impl ModelVersionView {
    pub fn of(app: &App, ctx: &Ctx, department: Uuid, row: Version) -> Self {
        Self {
            id: row.id,
            allowed_actions: decision_facts(app, &row, department).allowed_actions(&ctx.actor),
            content: row.content.0,
            model_id: row.model_id,
            number: row.number,
            state: row.state,
            elements_required: row.elements_required,
            elements_filled: row.elements_filled,
            test: row.test,
            backtest: row.backtest,
            shadow: row.shadow,
            created_by: row.created_by,
            tested_at: row.tested_at,
            shadow_at: row.shadow_at,
            activated_by: row.activated_by,
            activated_at: row.activated_at,
            retired_at: row.retired_at,
            retired_reason: row.retired_reason,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// 要素检查
#[derive(Serialize, ToSchema)]
pub struct ModelElementsView {
    pub version_id: Uuid,
    pub complete: bool,
    pub required: usize,
    pub filled: usize,
    pub problems: Vec<ModelElementProblemView>,
}

impl View for ModelElementsView {}

/// 缺失或无效的要素
#[derive(Serialize, ToSchema)]
pub struct ModelElementProblemView {
    /// JSON pointer into the content
    pub pointer: String,
    pub name: String,
    #[schema(example = "MISSING")]
    pub rule: String,
    pub message_zh: String,
    pub message_en: String,
}

impl ModelElementsView {
    pub fn of(version_id: Uuid, check: &Check) -> Self {
        let problems = check.problems().map(|problem| ModelElementProblemView {
            pointer: problem.pointer.clone(),
            name: problem.name.to_owned(),
            rule: problem.rule.to_owned(),
            message_zh: problem.message.zh.clone(),
            message_en: problem.message.en.clone(),
        });
        Self {
            version_id,
            complete: check.is_complete(),
            required: check.required(),
            filled: check.filled(),
            problems: problems.collect(),
        }
    }
}

/// 模型线索的准确率
#[derive(Serialize, ToSchema)]
pub struct ModelPrecisionView {
    pub version_id: Uuid,
    /// 已核查的线索数
    pub judged: u64,
    /// 属实率，万分比; null until a clue was judged
    #[schema(required)]
    pub precision_bp: Option<u64>,
    pub verdicts: Vec<VerdictCountView>,
}

impl View for ModelPrecisionView {}

/// 一种结论的线索数
#[derive(Serialize, ToSchema)]
pub struct VerdictCountView {
    pub verdict: Verdict,
    pub count: u64,
}

impl ModelPrecisionView {
    pub fn of(version_id: Uuid, precision: Precision) -> Self {
        Self {
            version_id,
            judged: precision.judged(),
            precision_bp: precision.basis_points(),
            verdicts: precision
                .verdicts
                .into_iter()
                .map(|(verdict, count)| VerdictCountView { verdict, count })
                .collect(),
        }
    }
}

/// 随平台提供的模型
#[derive(Serialize, ToSchema)]
pub struct TemplatesView {
    pub items: Vec<Template>,
}

impl View for TemplatesView {}
