//! The view of a data set.

use crate::http::kernel::reply::versioned;
use crate::kernel::ctx::Ctx;
use crate::service::intake::data_sets::{DataSet, decision_facts};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::intake::data_sets::{
    Cadence, DataGrade, DataSetAction, DataSetContent, DataSetLack, DataSetStatus, ShareClass,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 数据集
#[derive(Serialize, ToSchema)]
pub struct DataSetView {
    pub id: Uuid,
    pub content: DataSetContent,
    pub name: String,
    /// 责任部门
    #[schema(required)]
    pub department_id: Option<Uuid>,
    /// 来源系统
    #[schema(required)]
    pub source_system: Option<String>,
    /// 更新周期, as the plan says that is being written or in force
    pub cadence: Cadence,
    /// 数据分级
    #[schema(required)]
    pub grade: Option<DataGrade>,
    /// 共享属性
    #[schema(required)]
    pub share: Option<ShareClass>,
    /// 共享条件，或不予共享的依据
    #[schema(required)]
    pub share_basis: Option<String>,
    /// 责任人
    #[schema(required)]
    pub duty_user_id: Option<Uuid>,
    /// 责任人姓名
    #[schema(required)]
    pub duty_person: Option<String>,
    /// 汇集方案
    #[schema(required)]
    pub plan: Option<String>,
    pub status: DataSetStatus,
    #[schema(required)]
    pub submitted_by: Option<Uuid>,
    #[schema(required)]
    pub approved_by: Option<Uuid>,
    #[schema(required)]
    pub return_reason: Option<String>,
    /// 签认人: whoever answers for the set now
    #[schema(required)]
    pub signed_by: Option<Uuid>,
    /// 约定的责任部门: whose it is until another plan is signed
    #[schema(required)]
    pub agreed_department_id: Option<Uuid>,
    /// 约定的更新周期: what it is measured by
    pub agreed_cadence: Cadence,
    /// 方案生效日期
    #[schema(required)]
    pub in_force_on: Option<NaiveDate>,
    /// 下次复核日期
    #[schema(required)]
    pub review_on: Option<NaiveDate>,
    /// 最近一次更新日期: the day on which something that is right came last
    #[schema(required)]
    pub last_arrival_on: Option<NaiveDate>,
    /// 下次更新期限（当日有效）
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// 存在的问题, as they are now
    pub lacks: Vec<DataSetLack>,
    /// What this caller may do now.
    pub allowed_actions: Vec<DataSetAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(DataSetView);

impl DataSetView {
    pub fn of(ctx: &Ctx, set: DataSet) -> Self {
        let DataSet { row, duty_person, arrived_on, due_on, lacks } = set;
        Self {
            allowed_actions: decision_facts(&row).allowed_actions(&ctx.actor),
            id: row.id,
            content: row.content,
            name: row.name,
            department_id: row.department_id,
            source_system: row.source_system,
            cadence: row.cadence,
            grade: row.grade,
            share: row.share,
            share_basis: row.share_basis,
            duty_user_id: row.duty_user_id,
            duty_person,
            plan: row.plan,
            status: row.status,
            submitted_by: row.submitted_by,
            approved_by: row.approved_by,
            return_reason: row.return_reason,
            signed_by: row.signed_by,
            agreed_department_id: row.agreed_department_id,
            agreed_cadence: row.agreed_cadence,
            in_force_on: row.in_force_on,
            review_on: row.review_on,
            last_arrival_on: arrived_on,
            due_on,
            lacks,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
