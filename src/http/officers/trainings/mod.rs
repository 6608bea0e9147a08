//! 培训.

use crate::http::kernel::extract::{Id, Json, List, Listed, Read, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply, View, versioned};
use crate::http::kernel::view::view;
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::persistence::kernel::list;
use crate::persistence::officers::{personnel, trainings as store};
use crate::service::officers::trainings;
use crate::service::officers::trainings::{AttendancesBody, Attended, TrainingBody};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::permit::{PersonnelRead, TrainingsRead, TrainingsWrite};
use domain::officers::trainings::TrainingKind;
use entity::officers::{training_accounts, training_attendances};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("trainings", "执法人员培训");
    group.get(
        "/api/v1/trainings",
        "list_trainings",
        "查询培训",
        "本部门及下级（司法局为全县）组织的培训。",
        list_trainings,
    );
    group.post("/api/v1/trainings", "create_training", "登记培训", "名称、类别、日期和学时。", create_training);
    group.get("/api/v1/trainings/{id}", "get_training", "培训详情", "一次培训及其参训人员。", get_training);
    group.post(
        "/api/v1/trainings/{id}/attendances",
        "record_attendances",
        "登记参训人员",
        "一次至多 500 人，执法人员或平台用户；同一人再次登记即更正。",
        record_attendances,
    );
    group.get(
        "/api/v1/personnel/{id}/trainings",
        "list_personnel_trainings",
        "个人培训记录",
        "一名执法人员参加过的培训。",
        list_personnel_trainings,
    );

    group.get(
        "/api/v1/trainings/{id}/history",
        "list_training_history",
        "培训变更记录",
        "谁在何时做了什么。",
        list_training_history,
    );
}

view! {
    /// 培训
    pub struct TrainingView of entity::officers::trainings::Model {
        id: Uuid,
        title: String,
        kind: TrainingKind,
        held_on: NaiveDate,
        hours: i32,
        department_id: Uuid,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

versioned!(TrainingView);

/// 参训人员: 执法人员或平台用户
#[derive(Serialize, ToSchema)]
pub struct AttendanceView {
    #[schema(required)]
    pub personnel_id: Option<Uuid>,
    #[schema(required)]
    pub user_id: Option<Uuid>,
    #[schema(required)]
    pub score: Option<i32>,
    pub passed: bool,
}

impl From<training_attendances::Model> for AttendanceView {
    fn from(row: training_attendances::Model) -> Self {
        Self { personnel_id: Some(row.personnel_id), user_id: None, score: row.score, passed: row.passed }
    }
}

impl From<training_accounts::Model> for AttendanceView {
    fn from(row: training_accounts::Model) -> Self {
        Self { personnel_id: None, user_id: Some(row.user_id), score: row.score, passed: row.passed }
    }
}

/// 培训及其参训人员
#[derive(Serialize, ToSchema)]
pub struct TrainingDetailView {
    pub id: Uuid,
    pub training: TrainingView,
    pub attendances: Vec<AttendanceView>,
    pub version: i32,
}

versioned!(TrainingDetailView);

impl TrainingDetailView {
    fn of(attended: Attended) -> Self {
        let officers = attended.officers.into_iter().map(AttendanceView::from);
        Self {
            id: attended.training.id,
            version: attended.training.version,
            training: attended.training.into(),
            attendances: officers.chain(attended.accounts.into_iter().map(Into::into)).collect(),
        }
    }
}

/// 一条个人培训记录
#[derive(Serialize, ToSchema)]
pub struct AttendedView {
    pub training: TrainingView,
    #[schema(required)]
    pub score: Option<i32>,
    pub passed: bool,
}

/// 个人培训记录
#[derive(Serialize, ToSchema)]
pub struct AttendedListView {
    pub items: Vec<AttendedView>,
    /// 合格培训的学时合计
    pub hours_passed: i32,
}

impl View for AttendedListView {}

pub struct Trainings;

impl Listed for Trainings {
    type Entity = entity::officers::trainings::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_trainings(read: Read<TrainingsRead>, list: List<Trainings>) -> Result<PageReply<TrainingView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(TrainingView::from))
}

async fn get_training(read: Read<TrainingsRead>, id: Id) -> Result<Reply<TrainingDetailView>> {
    Reply::new(TrainingDetailView::of(trainings::attended(&read.app.db, &read.ctx, id.0).await?))
}

async fn create_training(write: Write<TrainingsWrite>, body: Json<TrainingBody>) -> Result<Created<TrainingView>> {
    write.run(async |tx| Ok(trainings::create(tx, body.0.clone()).await?.map(Into::into))).await
}

async fn record_attendances(
    write: Write<TrainingsWrite>,
    id: Id,
    body: Json<AttendancesBody>,
) -> Result<Reply<TrainingDetailView>> {
    write.run(async |tx| Ok(trainings::attend(tx, id.0, body.0.clone()).await?.map(TrainingDetailView::of))).await
}

async fn list_personnel_trainings(read: Read<PersonnelRead>, id: Id) -> Result<Reply<AttendedListView>> {
    personnel::get(&read.app.db, &read.ctx, id.0).await?;
    let attended = store::of_officer(&read.app.db, id.0).await?;
    let hours_passed = attended.iter().filter(|(_, row)| row.passed).map(|(training, _)| training.hours).sum();
    let items = attended.into_iter().map(|(training, row)| AttendedView {
        training: training.into(),
        score: row.score,
        passed: row.passed,
    });
    Reply::new(AttendedListView { items: items.collect(), hours_passed })
}

async fn list_training_history(
    read: Read<TrainingsRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "trainings", id.0, &list).await
}
