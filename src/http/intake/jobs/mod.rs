//! 后台作业: how far they are, by asking or by listening, and how to stop them.

mod events;

use crate::http::kernel::extract::{Act, Id, Read, Versioned};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Reply, View};
use crate::kernel::error::Result;
use crate::persistence::intake::jobs as store;
use crate::service::intake::jobs;
use chrono::{DateTime, Utc};
use domain::access::permit::{ImportsRead, ImportsWrite};
use domain::intake::jobs::{JobKind, JobStatus};
use entity::intake::jobs::Model;
use events::EventStream;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("jobs", "后台作业");
    group.get("/api/v1/jobs/{id}", "get_job", "作业进度", "状态、进度与结果。", get_job);
    group.get(
        "/api/v1/jobs/{id}/events",
        "stream_job_events",
        "监听作业进度",
        "server-sent events：progress 事件随进度推送，作业结束时推送 end 事件并断开；断线后重连即可。",
        stream_job_events,
    );

    group.post(
        "/api/v1/jobs/{id}/cancel",
        "cancel_job",
        "取消作业",
        "排队的作业随即取消，运行中的在当前批次之后停止；已完成的批次保留，已结束的作业不变。",
        cancel_job,
    );
}

/// 作业
#[derive(Clone, Serialize, ToSchema)]
pub struct JobView {
    pub id: Uuid,
    pub kind: JobKind,
    pub status: JobStatus,
    pub progress: ProgressView,
    /// 失败原因
    #[schema(required)]
    pub error: Option<String>,
    /// 所办理的记录: imports, risk-model-versions or risk-runs
    #[schema(example = "imports")]
    pub resource: String,
    pub resource_id: Uuid,
    /// 本次导入; null for other work
    #[schema(required)]
    pub import_id: Option<Uuid>,
    /// 已请求取消
    pub cancel_requested: bool,
    pub created_at: DateTime<Utc>,
    #[schema(required)]
    pub started_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub finished_at: Option<DateTime<Utc>>,
    pub version: i32,
}

/// 进度
#[derive(Clone, Serialize, ToSchema)]
pub struct ProgressView {
    /// 已处理数
    pub done: i64,
    /// 总数; null until known
    #[schema(required)]
    pub total: Option<i64>,
    /// 每秒处理数, since the start
    #[schema(required)]
    pub per_second: Option<i64>,
    /// 预计剩余秒数
    #[schema(required)]
    pub eta_seconds: Option<i64>,
}

impl View for JobView {
    fn id(&self) -> Option<Uuid> {
        Some(self.id)
    }

    fn location(&self, _: &str) -> Option<String> {
        Some(format!("/api/v1/jobs/{}", self.id))
    }

    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl From<Model> for JobView {
    fn from(job: Model) -> Self {
        let seconds =
            job.started_at.map(|from| (job.finished_at.unwrap_or(job.updated_at) - from).num_seconds().max(1));
        let per_second = seconds.map(|seconds| job.done / seconds);
        let left = job.total.map(|total| (total - job.done).max(0));
        let eta_seconds = left.zip(per_second).and_then(|(left, rate)| left.checked_div(rate));

        Self {
            id: job.id,
            import_id: (job.resource == "imports").then_some(job.resource_id),
            kind: job.kind,
            status: job.status,
            progress: ProgressView { done: job.done, total: job.total, per_second, eta_seconds },
            error: job.error,
            resource: job.resource,
            resource_id: job.resource_id,
            cancel_requested: job.cancel_requested,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            version: job.version,
        }
    }
}

async fn get_job(read: Read<ImportsRead>, id: Id) -> Result<Reply<JobView>> {
    Reply::new(store::get(&read.app.db, &read.ctx, id.0).await?.into())
}

async fn stream_job_events(read: Read<ImportsRead>, id: Id) -> Result<EventStream> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    Ok(EventStream::new(read.app, read.ctx, id.0))
}

async fn cancel_job(act: Act<ImportsWrite>, at: Versioned) -> Result<Reply<JobView>> {
    act.0.run(async |tx| Ok(jobs::cancel(tx, at.id, at.version).await?.map(JobView::from))).await
}
