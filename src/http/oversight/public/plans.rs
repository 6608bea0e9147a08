//! 公示的抽查计划: the edition in force, and what it changed.

use crate::http::kernel::extract::{Anonymous, Id, List, Listed};
use crate::http::kernel::openapi::Group;
use crate::http::kernel::reply::{PageReply, Reply, View};
use crate::http::spot_checks::plans::PlanLineView;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::list;
use crate::persistence::kernel::list::Page;
use crate::persistence::spot_checks::plans as plan_store;
use crate::service::spot_checks::plans;
use crate::service::spot_checks::plans::Published;
use chrono::{DateTime, Utc};
use domain::spot_checks::plans::changes::LineChange;
use domain::spot_checks::plans::{PlanKind, PlanStatus};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(group: &mut Group) {
    group.get(
        "/api/v1/public/plans",
        "list_public_plans",
        "公示的抽查计划",
        "各计划现行版次的条目，以及相对上一版次的变更。",
        list_plans,
    );
    group.get(
        "/api/v1/public/plans/{id}",
        "get_public_plan",
        "公示的一个抽查计划",
        "现行版次的条目，以及相对上一版次的变更。",
        get_plan,
    );
}

/// 公示的抽查计划
#[derive(Serialize, ToSchema)]
pub struct PublicPlanView {
    pub id: Uuid,
    pub code: String,
    pub year: i32,
    pub name: String,
    pub department_id: Uuid,
    pub kind: PlanKind,
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    /// 公示版次, counted from 1
    pub edition: i32,
    /// 调整理由 of this edition; null for the first
    #[schema(required)]
    pub amend_reason: Option<String>,
    /// 本版次的变更
    pub changes: Vec<LineChange>,
    /// 备案号
    #[schema(required)]
    pub filing_no: Option<String>,
    /// 是否已完成
    pub finished: bool,
    pub lines: Vec<PlanLineView>,
}

impl View for PublicPlanView {}

impl PublicPlanView {
    pub fn of(published: Published) -> Self {
        let Published { plan, name, lines, changes, reason, filing_no, published_at } = published;
        Self {
            id: plan.id,
            code: plan.code,
            year: plan.year,
            name,
            kind: plan.kind,
            department_id: plan.department_id,
            published_at: published_at.or(plan.published_at),
            edition: plan.edition.max(1),
            amend_reason: reason,
            changes,
            filing_no,
            finished: plan.status == PlanStatus::Finished,
            lines: lines.into_iter().map(Into::into).collect(),
        }
    }
}

/// Published plans as a list.
pub struct Plans;

impl Listed for Plans {
    type Entity = entity::spot_checks::plans::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &plan_store::PUBLIC_LISTING;
}

async fn list_plans(who: Anonymous, list: List<Plans>) -> Result<PageReply<PublicPlanView>> {
    let db = &who.app.db;
    let page = list::page(db, &who.ctx, &plan_store::PUBLIC_LISTING, plan_store::published(), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = plans::published(db, items).await?.into_iter().map(PublicPlanView::of).collect();
    Ok(PageReply::new(&list, Page { items, next_cursor, total, total_capped })?.public())
}

async fn get_plan(who: Anonymous, id: Id) -> Result<Reply<PublicPlanView>> {
    let conn = &who.app.db;
    let plan = plan_store::get_published(conn, id.0).await?;
    let published = plans::published(conn, vec![plan]).await?.pop().ok_or_else(AppError::not_found)?;
    Ok(Reply::new(PublicPlanView::of(published))?.public())
}
