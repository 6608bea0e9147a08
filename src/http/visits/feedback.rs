//! 企业评价和投诉.

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply, View, versioned};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::{edit, list};
use crate::persistence::visits::feedback as store;
use crate::service::visits::feedback;
use crate::service::visits::feedback::HandleBody;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::access::permit::VisitFeedbackHandle;
use domain::visits::feedback::{FeedbackAction, FeedbackStatus};
use entity::visits::visit_feedback::{Entity, Model};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("visit-feedback", "企业评价和投诉");
    group.get(
        "/api/v1/visit-feedback",
        "list_visit_feedback",
        "查询企业评价和投诉",
        "只有司法行政部门可看；只知被评价的部门和月份，不知哪家企业。",
        list_feedback,
    );
    group.get("/api/v1/visit-feedback/{id}", "get_visit_feedback", "评价详情", "一条评价或投诉。", get_feedback);

    group.post(
        "/api/v1/visit-feedback/{id}/handle",
        "handle_visit_feedback",
        "处理投诉",
        "写明处理情况。",
        handle_feedback,
    );
}

/// 企业评价或投诉
#[derive(Serialize, ToSchema)]
pub struct VisitFeedbackView {
    pub id: Uuid,
    /// 被评价的部门
    pub department_ids: Vec<Uuid>,
    /// 入企检查的月份 (its first day)
    pub month: NaiveDate,
    #[schema(required)]
    pub score: Option<i32>,
    #[schema(required)]
    pub complaint: Option<String>,
    pub status: FeedbackStatus,
    #[schema(required)]
    pub answer: Option<String>,
    #[schema(required)]
    pub handled_by: Option<Uuid>,
    /// What this caller may do now.
    pub allowed_actions: Vec<FeedbackAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(VisitFeedbackView);

impl VisitFeedbackView {
    fn of(ctx: &Ctx, row: Model) -> Self {
        Self {
            allowed_actions: feedback::decision_facts(&row).allowed_actions(&ctx.actor),
            id: row.id,
            department_ids: row.department_ids.0,
            month: row.month,
            score: row.score,
            complaint: row.complaint,
            status: row.status,
            answer: row.answer,
            handled_by: row.handled_by,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// 已收到
#[derive(Serialize, ToSchema)]
pub struct FeedbackGivenView {
    pub status: FeedbackStatus,
}

impl View for FeedbackGivenView {}

pub struct Feedback;

impl Listed for Feedback {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_feedback(read: Read<VisitFeedbackHandle>, list: List<Feedback>) -> Result<PageReply<VisitFeedbackView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(|row| VisitFeedbackView::of(&read.ctx, row)))
}

async fn get_feedback(read: Read<VisitFeedbackHandle>, id: Id) -> Result<Reply<VisitFeedbackView>> {
    let row = edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(VisitFeedbackView::of(&read.ctx, row))
}

async fn handle_feedback(
    act: Act<VisitFeedbackHandle>,
    at: Versioned,
    body: Json<HandleBody>,
) -> Result<Reply<VisitFeedbackView>> {
    let step = async |tx: &_| feedback::handle(tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|row| VisitFeedbackView::of(tx.ctx(), row)))).await
}
