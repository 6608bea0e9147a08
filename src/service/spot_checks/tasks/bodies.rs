//! What a task is made of, as it is sent.

use crate::kernel::input::{moment, rule};
use chrono::{DateTime, NaiveDate, Utc};
use domain::credit::CreditClass;
use domain::spot_checks::draws::chance::ChanceSource;
use domain::spot_checks::tasks::PoolFilter;
use domain::spot_checks::tasks::{SpotType, TaskKind};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 抽查任务
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_body))]
#[schema(examples(json!({
    "name": "2026年餐饮服务单位双随机抽查", "spot_type": "TARGETED", "starts_on": "2026-11-01", "ends_on": "2026-12-31",
    "departments": [{
        "department_id": "01930000-0000-7000-8000-000000000001",
        "item_ids": ["01930000-0000-7000-8000-000000000003"]
    }],
    "pool_filter": {"tags": ["餐饮服务"]},
    "strata": [
        {"class": "TRUSTWORTHY", "rate_bp": 200, "minimum": 1}, {"class": "GENERAL", "rate_bp": 500, "minimum": 1},
        {"class": "KEY", "rate_bp": 2500, "minimum": 1}, {"class": "DISHONEST", "rate_bp": 10000, "minimum": 1}
    ],
    "exclude_months": 12, "officers_per_object": 2
})))]
pub struct TaskBody {
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub name: String,
    /// 来源计划; without it the task is temporary. The plan must be published.
    #[serde(default)]
    pub plan_id: Option<Uuid>,
    /// 计划条目 that it carries out; left out, those of the plan in force that name one of its items.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub plan_line_ids: Vec<Uuid>,
    /// 任务类别
    #[serde(default = "double_random")]
    pub kind: TaskKind,
    pub spot_type: SpotType,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// 参与部门, the first one leads.
    #[schema(min_items = 1, max_items = 20)]
    pub departments: Vec<TaskDepartmentBody>,
    pub pool_filter: PoolFilter,
    /// 检查对象名录库: its members that meet `pool_filter` are the pool; without one, all of the register that do.
    #[serde(default)]
    pub object_library_id: Option<Uuid>,
    /// 信用分类抽查策略 in force; it gives the strata. Either this or `strata`.
    #[serde(default)]
    pub strategy_id: Option<Uuid>,
    /// 分层: one a credit class. 未分类 is drawn like 一般 unless it has its own.
    #[schema(max_items = 5)]
    #[serde(default)]
    pub strata: Vec<StratumBody>,
    /// 某层只有一户时仍要抽取的理由（公开）; without it a stratum of one object stops the freeze.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    pub lone_object_reason: Option<String>,
    /// 未纳入守信、一般类的理由（公开）; 重点监管 and 违法失信 are never left out.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    pub left_out_reason: Option<String>,
    /// 抽取户数超过一般检查事项比例上限的理由; somebody else has to approve it.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    pub excess_reason: Option<String>,
    /// 抽取所待的公开数值: every secret is public before it is known, so that nobody knows the result in time to refuse.
    #[serde(default)]
    pub chance: Option<ChanceBody>,
    /// Objects inspected for one of the items in the last months are left out; 0 leaves none out.
    #[schema(minimum = 0, maximum = 60)]
    pub exclude_months: u32,
    #[schema(minimum = 2, maximum = 10)]
    pub officers_per_object: u32,
}

/// 抽取所待的公开数值
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChanceBody {
    pub source: ChanceSource,
    /// 公布的号码及期数; not for a beacon.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 100, pattern = "\\S.*\\S", example = "双色球第2026136期")]
    pub name: Option<String>,
    /// 号码格式: `d` a digit, one space between groups, in the order in which they are published; not for a beacon.
    #[serde(default)]
    #[schema(pattern = "^d{1,8}( d{1,8}){0,19}$", example = "dd dd dd dd dd dd dd")]
    pub form: Option<String>,
    /// 揭晓时刻: it is not known before.
    #[serde(deserialize_with = "moment")]
    pub at: DateTime<Utc>,
}

/// 参与部门及其检查事项
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TaskDepartmentBody {
    pub department_id: Uuid,
    #[schema(min_items = 1, max_items = 50)]
    pub item_ids: Vec<Uuid>,
    /// 执法检查人员名录库 of the department: those of its members whom the items allow are sent; without one, all whom they allow.
    #[serde(default)]
    pub officer_library_id: Option<Uuid>,
}

/// 分层规则: `min(N, max(minimum, ceil(rate × N)))` are drawn.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StratumBody {
    pub class: CreditClass,
    /// 抽查比例, basis points (100 = 1 %)
    #[schema(minimum = 0, maximum = 10000)]
    pub rate_bp: u32,
    #[schema(minimum = 0, maximum = 10000)]
    pub minimum: u32,
}

const fn double_random() -> TaskKind {
    TaskKind::DoubleRandom
}

fn check_body(body: &TaskBody) -> std::result::Result<(), ValidationError> {
    if body.plan_id.is_none() && !body.plan_line_ids.is_empty() {
        return Err(rule("/plan_line_ids", "选定计划条目时须写明所属计划。", "Lines are named with their plan."));
    }
    if body.ends_on < body.starts_on {
        return Err(rule("/ends_on", "结束日期早于开始日期。", "The task ends before it starts."));
    }
    if body.strategy_id.is_some() != body.strata.is_empty() {
        let zh = "策略（strategy_id）与分层（strata）须且只能选其一。";
        return Err(rule("/strata", zh, "Either a strategy or strata, not both."));
    }
    let classes: BTreeSet<_> = body.strata.iter().map(|stratum| stratum.class).collect();
    if classes.len() != body.strata.len() {
        return Err(rule("/strata", "同一信用类别只能有一层。", "A class has one stratum only."));
    }
    // 不定向 draws without conditions; where and of which kind is no condition.
    if body.spot_type == SpotType::Untargeted && !body.pool_filter.industry_prefixes.is_empty() {
        let zh = "不定向抽查不得按行业筛选，只能限定区域和对象类型。";
        return Err(rule("/pool_filter/industry_prefixes", zh, "An untargeted task filters by region and type only."));
    }
    if body.spot_type == SpotType::Untargeted && !body.pool_filter.tags.is_empty() {
        let zh = "不定向抽查不得按标签筛选，只能限定区域和对象类型。";
        return Err(rule("/pool_filter/tags", zh, "An untargeted task filters by region and type only."));
    }
    let departments: BTreeSet<_> = body.departments.iter().map(|department| department.department_id).collect();
    if departments.len() != body.departments.len() {
        return Err(rule("/departments", "部门重复。", "A department is named twice."));
    }

    Ok(())
}
