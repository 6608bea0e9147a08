//! Views of tasks.

use crate::app::App;
use crate::http::kernel::reply::versioned;
use crate::http::kernel::view::view;
use crate::http::spot_checks::draws::ReceiptView;
use crate::kernel::ctx::Ctx;
use crate::service::spot_checks::tasks::Task;
use crate::service::spot_checks::tasks::decision_facts;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::credit::CreditClass;
use domain::spot_checks::draws::EpochVoidCause;
use domain::spot_checks::draws::chance::{ChancePlan, ChanceSource, ChanceWitness};
use domain::spot_checks::tasks::{Duty, SpotType, StratumRule, TaskAction, TaskKind, TaskSource, TaskStatus};
use domain::spot_checks::tasks::{Leaving, PoolFilter};
use entity::spot_checks::draws;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 抽查任务
#[derive(Serialize, ToSchema)]
pub struct TaskView {
    pub id: Uuid,
    /// 任务编号: area code, day and serial
    #[schema(example = "510821202611240001")]
    pub code: String,
    pub name: String,
    pub source: TaskSource,
    pub kind: TaskKind,
    #[schema(required)]
    pub plan_id: Option<Uuid>,
    /// 所执行的计划条目
    pub plan_line_ids: Vec<Uuid>,
    /// 检查对象名录库
    #[schema(required)]
    pub object_library_id: Option<Uuid>,
    /// 信用分类抽查策略 (the revision it was made with)
    #[schema(required)]
    pub strategy_id: Option<Uuid>,
    pub spot_type: SpotType,
    pub lead_department_id: Uuid,
    pub departments: Vec<TaskDepartmentView>,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub pool_filter: PoolFilter,
    pub strata: Vec<StratumRuleView>,
    pub exclude_months: i32,
    pub officers_per_object: i32,
    pub status: TaskStatus,
    /// 轮次: grows with every redraw.
    pub epoch: i32,
    /// 某层只有一户时的理由
    #[schema(required)]
    pub lone_object_reason: Option<String>,
    /// 未纳入守信、一般类的理由
    #[schema(required)]
    pub left_out_reason: Option<String>,
    /// 超过一般检查事项比例上限的理由
    #[schema(required)]
    pub excess_reason: Option<String>,
    /// 批准超比例抽查的账户
    #[schema(required)]
    pub excess_approved_by: Option<Uuid>,
    /// 抽取所待的公开数值
    #[schema(required)]
    pub chance: Option<ChanceView>,
    /// 本轮的冻结回执: what each party keeps, and sends `terms` of with its secret; null before the freeze.
    #[schema(required)]
    pub draw: Option<ReceiptView>,
    /// 申请作废本轮，待见证方决定
    #[schema(required)]
    pub leaving: Option<LeavingView>,
    /// 最近一次重抽或取消的理由
    #[schema(required)]
    pub reason: Option<String>,
    /// 各轮封存值; a secret is shown once it is revealed.
    pub commitments: Vec<CommitmentView>,
    /// What this caller may do now.
    pub allowed_actions: Vec<TaskAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(TaskView);

/// 抽取所待的公开数值
#[derive(Serialize, ToSchema)]
pub struct ChanceView {
    pub source: ChanceSource,
    /// 公布的号码及期数，或信标名称
    pub name: String,
    /// 揭晓时刻: secrets are revealed before.
    pub at: DateTime<Utc>,
    /// 信标轮次, once the pool is frozen
    #[schema(required)]
    pub round: Option<u32>,
    /// 号码格式，d 为一位数字; null for a beacon
    #[schema(required)]
    pub form: Option<String>,
    /// 已确定的数值: the draw may use it.
    #[schema(required)]
    pub value: Option<String>,
    /// 各封存方所录入的
    pub entered: Vec<EnteredView>,
}

view! {
    /// 封存方所录入的公开数值
    pub struct EnteredView of ChanceWitness {
        /// 封存方
        party: Uuid,
        value: String,
        at: DateTime<Utc>,
    }
}

impl ChanceView {
    fn of(plan: ChancePlan, draw: Option<&draws::Model>) -> Self {
        let named = draw.and_then(|draw| draw.conditions.as_ref()?.chance.as_ref());
        let said = draw.and_then(|draw| draw.chance.as_ref());
        Self {
            source: plan.source,
            name: plan.name,
            at: plan.at,
            round: named.and_then(|named| named.round),
            form: plan.form,
            value: said.and_then(|said| said.value.clone()),
            entered: said.iter().flat_map(|said| said.by.iter().cloned().map(Into::into)).collect(),
        }
    }
}

/// 参与部门
#[derive(Serialize, ToSchema)]
pub struct TaskDepartmentView {
    pub department_id: Uuid,
    pub duty: Duty,
    /// 执法检查人员名录库
    #[schema(required)]
    pub officer_library_id: Option<Uuid>,
    pub item_ids: Vec<Uuid>,
    /// 事项及冻结时所用的版本
    pub items: Vec<TaskItemView>,
}

/// 任务的检查事项
#[derive(Serialize, ToSchema)]
pub struct TaskItemView {
    pub spot_check_item_id: Uuid,
    /// 冻结时监管事项的版本
    #[schema(required)]
    pub item_version: Option<i32>,
    /// 冻结时检查实施清单的版本
    #[schema(required)]
    pub list_version: Option<i32>,
}

/// 分层规则
#[derive(Serialize, ToSchema)]
pub struct StratumRuleView {
    /// The label under which the public record knows the stratum.
    #[schema(example = "S1")]
    pub stratum: String,
    pub class: CreditClass,
    pub rate_bp: u32,
    pub minimum: u32,
}

/// 封存
#[derive(Serialize, ToSchema)]
pub struct CommitmentView {
    pub epoch: i32,
    pub department_id: Uuid,
    pub commitment: String,
    pub committed_at: DateTime<Utc>,
    #[schema(required)]
    pub secret: Option<String>,
    #[schema(required)]
    pub revealed_at: Option<DateTime<Utc>>,
}

view! {
    /// 申请作废本轮
    pub struct LeavingView of Leaving {
        /// REDRAW or CANCEL
        then: TaskAction,
        cause: EpochVoidCause,
        reason: String,
        asked_by: Uuid,
        /// 申请部门
        asked_from: Uuid,
        asked_at: DateTime<Utc>,
    }
}

impl TaskView {
    pub fn of(app: &App, ctx: &Ctx, task: Task) -> Self {
        let allowed_actions = decision_facts(app, ctx.now, &task.task, &task.parts).allowed_actions(&ctx.actor);
        let Task { task, parts } = task;
        let departments = parts.departments.iter().map(|department| {
            let own = parts.items.iter().filter(|item| item.department_id == department.department_id);
            TaskDepartmentView {
                department_id: department.department_id,
                duty: department.duty,
                officer_library_id: department.officer_library_id,
                item_ids: own.clone().map(|item| item.spot_check_item_id).collect(),
                items: own
                    .map(|item| TaskItemView {
                        spot_check_item_id: item.spot_check_item_id,
                        item_version: item.item_version,
                        list_version: item.list_version,
                    })
                    .collect(),
            }
        });
        let current = parts.draw.as_ref().filter(|draw| draw.epoch == task.epoch);
        let rules = &task.strata.0;
        let strata = rules.iter().enumerate().map(|(at, rule): (usize, &StratumRule)| StratumRuleView {
            stratum: format!("S{}", at + 1),
            class: rule.class,
            rate_bp: rule.rate_bp,
            minimum: rule.minimum,
        });

        Self {
            id: task.id,
            departments: departments.collect(),
            pool_filter: task.pool_filter.0,
            strata: strata.collect(),
            code: task.code,
            name: task.name,
            source: task.source,
            kind: task.kind,
            plan_id: task.plan_id,
            plan_line_ids: parts.plan_lines,
            object_library_id: task.object_library_id,
            strategy_id: task.strategy_id,
            spot_type: task.spot_type,
            lead_department_id: task.lead_department_id,
            starts_on: task.starts_on,
            ends_on: task.ends_on,
            exclude_months: task.exclude_months,
            officers_per_object: task.officers_per_object,
            status: task.status,
            epoch: task.epoch,
            lone_object_reason: task.lone_object_reason,
            left_out_reason: task.left_out_reason,
            excess_reason: task.excess_reason,
            excess_approved_by: task.excess_approved_by,
            chance: task.chance.map(|plan| ChanceView::of(plan.0, current)),
            draw: current.and_then(ReceiptView::of),
            leaving: task.leaving.map(|leaving| leaving.0.into()),
            reason: task.reason,
            commitments: parts
                .commitments
                .into_iter()
                .map(|made| CommitmentView {
                    epoch: made.epoch,
                    department_id: made.department_id,
                    commitment: made.commitment,
                    committed_at: made.committed_at,
                    secret: made.secret,
                    revealed_at: made.revealed_at,
                })
                .collect(),
            allowed_actions,
            version: task.version,
            created_at: task.created_at,
            updated_at: task.updated_at,
        }
    }
}
