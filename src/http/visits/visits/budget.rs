//! Views of what a request would come to.

use crate::http::kernel::reply::View;
use crate::service::visits::visits::{Assessment, Offer};
use chrono::NaiveDate;
use domain::kernel::refusal::Code;
use domain::visits::VisitStatus;
use domain::visits::budget::RuleKind;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a request would come to.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VisitOutcome {
    /// 可以申请
    Allowed,
    /// 应并入其他部门的检查，或说明理由
    Merge,
    /// 额度不足: off site, joined to another, or on a ground of exemption only
    Refused,
    /// 当前状态不能申请
    NotNow,
}

/// 额度试算
#[derive(Serialize, ToSchema)]
pub struct VisitBudgetView {
    pub outcome: VisitOutcome,
    /// 各部门今年对该企业已安排的次数
    pub used_by_all: u32,
    /// 本部门今年对该企业已安排的次数
    pub used_by_department: u32,
    /// 不允许的规则
    pub breaches: Vec<BreachView>,
    /// 可并入的入企检查
    pub offers: Vec<OfferView>,
    /// 不能申请的原因
    #[schema(required)]
    pub detail: Option<String>,
}

impl View for VisitBudgetView {}

/// 一条不允许的规则
#[derive(Serialize, ToSchema)]
pub struct BreachView {
    pub code: String,
    pub name: String,
    /// 依据
    pub basis: String,
    pub kind: RuleKind,
    pub used: u32,
    pub amount: u32,
    pub detail_zh: String,
    pub detail_en: String,
}

/// 可并入的入企检查
#[derive(Serialize, ToSchema)]
pub struct OfferView {
    pub id: Uuid,
    pub code: String,
    pub lead_department_id: Uuid,
    pub window_from: NaiveDate,
    pub window_to: NaiveDate,
    pub status: VisitStatus,
    /// 不能并入的原因
    #[schema(required)]
    pub detail: Option<String>,
}

impl From<Assessment> for VisitBudgetView {
    fn from(assessed: Assessment) -> Self {
        let outcome = match assessed.refusal.as_ref().map(|refusal| refusal.code) {
            None => VisitOutcome::Allowed,
            Some(Code::VisitsToMerge) => VisitOutcome::Merge,
            Some(Code::BudgetReached | Code::FrequencyReached) => VisitOutcome::Refused,
            Some(_) => VisitOutcome::NotNow,
        };
        let breaches = assessed.breaches.into_iter().map(|one| BreachView {
            code: one.code,
            name: one.name,
            basis: one.basis,
            kind: one.kind,
            used: one.used,
            amount: one.amount,
            detail_zh: one.detail.zh,
            detail_en: one.detail.en,
        });
        let offers = assessed.offers.into_iter().map(|Offer { visit, refusal }| OfferView {
            id: visit.id,
            code: visit.code,
            lead_department_id: visit.lead_department_id,
            window_from: visit.window_from,
            window_to: visit.window_to,
            status: visit.status,
            detail: refusal.map(|refusal| refusal.detail.zh),
        });

        Self {
            outcome,
            used_by_all: assessed.usage.by_all,
            used_by_department: assessed.usage.by_department,
            breaches: breaches.collect(),
            offers: offers.collect(),
            detail: assessed.refusal.map(|refusal| refusal.detail.zh),
        }
    }
}
