//! Views of draws. They hold no identity and no class, so the public side shows the same.

use crate::http::kernel::reply::versioned;
use chrono::{DateTime, Utc};
use domain::spot_checks::draws::DrawStatus;
use domain::spot_checks::draws::eligibility::Eligibility;
use domain::spot_checks::tasks::PoolFilter;
use entity::spot_checks::draws::Model;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 抽取记录
#[derive(Serialize, ToSchema)]
pub struct DrawView {
    pub id: Uuid,
    pub task_id: Uuid,
    pub epoch: i32,
    pub status: DrawStatus,
    #[schema(example = "mingjian-draw/2")]
    pub algorithm: String,
    pub lead_department_id: Uuid,
    pub pool_count: i32,
    pub selected_count: i32,
    /// 对象库的筛选与排除
    pub eligibility: EligibilityView,
    /// 冻结时一切已定事项的摘要：启封随机数之前请先记下
    pub terms: String,
    pub pool_root: String,
    pub roster_root: String,
    pub recusal_root: String,
    pub officers_per_object: i32,
    pub strata: Vec<StratumView>,
    #[schema(required)]
    pub seed: Option<String>,
    #[schema(required)]
    pub previous_draw_id: Option<Uuid>,
    #[schema(required)]
    pub void_reason: Option<String>,
    pub frozen_at: DateTime<Utc>,
    #[schema(required)]
    pub drawn_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub matched_at: Option<DateTime<Utc>>,
    pub version: i32,
}

versioned!(DrawView);

/// 对象库的筛选与排除
#[derive(Serialize, ToSchema)]
pub struct EligibilityView {
    /// 近若干个月内已就同一事项检查的对象不再抽取
    pub exclude_months: u32,
    /// 因年内检查已达上限而排除的户数
    pub excluded_by_frequency: u32,
    /// 因近期已检查而排除的户数
    pub excluded_recently: u32,
    pub filter: PoolFilter,
}

impl From<Eligibility> for EligibilityView {
    fn from(of: Eligibility) -> Self {
        let Eligibility { exclude_months, excluded_by_frequency, excluded_recently, filter } = of;
        Self { exclude_months, excluded_by_frequency, excluded_recently, filter: filter.into() }
    }
}

/// 层
#[derive(Serialize, ToSchema)]
pub struct StratumView {
    pub stratum: String,
    pub rate_bp: u32,
    pub minimum: u64,
    pub population: u64,
    pub count: u64,
}

impl From<Model> for DrawView {
    fn from(draw: Model) -> Self {
        let strata = draw.strata.0;
        let eligibility = draw.eligibility.0;

        Self {
            id: draw.id,
            task_id: draw.task_id,
            epoch: draw.epoch,
            status: draw.status,
            algorithm: draw.algorithm,
            lead_department_id: draw.lead_department_id,
            pool_count: draw.pool_count,
            selected_count: draw.selected_count,
            eligibility: EligibilityView::from(eligibility),
            terms: draw.terms,
            pool_root: draw.pool_root,
            roster_root: draw.roster_root,
            recusal_root: draw.recusal_root,
            officers_per_object: draw.officers_per_object,
            strata: strata
                .into_iter()
                .map(|stratum| StratumView {
                    stratum: stratum.stratum,
                    rate_bp: stratum.rate_bp,
                    minimum: stratum.minimum,
                    population: stratum.population,
                    count: stratum.count,
                })
                .collect(),
            seed: draw.seed,
            previous_draw_id: draw.previous_draw_id,
            void_reason: draw.void_reason,
            frozen_at: draw.frozen_at,
            drawn_at: draw.drawn_at,
            matched_at: draw.matched_at,
            version: draw.version,
        }
    }
}
