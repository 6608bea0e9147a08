//! Views of the figures.

use crate::http::kernel::reply::View;
use crate::service::visits::figures::Sums;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 入企检查监测
#[derive(Serialize, ToSchema)]
pub struct VisitFiguresView {
    pub year: i32,
    /// The county (where the caller may see it) and the bodies.
    pub items: Vec<VisitSumsView>,
}

impl View for VisitFiguresView {}

/// 一个部门（或全县）一年的监测数. Watched, never ranked: 国办发〔2024〕54号 forbids targets on the number of checks.
#[derive(Serialize, ToSchema)]
pub struct VisitSumsView {
    /// null: the county
    #[schema(required)]
    pub department_id: Option<Uuid>,
    pub name: String,
    /// 已办结的入企检查
    pub visits: i64,
    pub scanned: i64,
    /// 亮码率, basis points; null where there is no visit
    #[schema(required)]
    pub scan_rate_bp: Option<i64>,
    pub joint: i64,
    /// 联合检查率, basis points (goal ≥ 50 %)
    #[schema(required)]
    pub joint_rate_bp: Option<i64>,
    pub with_problem: i64,
    /// 问题发现率, basis points
    #[schema(required)]
    pub problem_rate_bp: Option<i64>,
    /// 未经批准或未及时补办的 (goal 0)
    pub unapproved: i64,
    /// 评价次数; 0 where there are too few to be shown
    pub ratings: i64,
    /// 平均分 × 100
    #[schema(required)]
    pub mean_score_hundredths: Option<i64>,
}

impl From<Sums> for VisitSumsView {
    fn from(sums: Sums) -> Self {
        let rate = |part: i64| (sums.visits > 0).then(|| part * 10_000 / sums.visits);

        Self {
            scan_rate_bp: rate(sums.scanned),
            joint_rate_bp: rate(sums.joint),
            problem_rate_bp: rate(sums.with_problem),
            department_id: sums.department_id,
            name: sums.name,
            visits: sums.visits,
            scanned: sums.scanned,
            joint: sums.joint,
            with_problem: sums.with_problem,
            unapproved: sums.unapproved,
            ratings: sums.ratings,
            mean_score_hundredths: sums.mean_score_hundredths,
        }
    }
}
