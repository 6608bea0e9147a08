//! Views of imports, findings and jobs.

use crate::domain::imports::{Dataset, Dimension, Severity};
use crate::domain::jobs::JobStatus;
use crate::http::reply::{View, versioned};
use crate::http::view::view;
use chrono::{DateTime, Utc};
use entity::jobs::Model;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

view! {
    /// 导入
    pub struct ImportView of entity::imports::Model {
        id: Uuid,
        job_id: Option<Uuid>,
        #[schema(value_type = Dataset)]
        dataset: String,
        filename: String,
        /// UTF-8 or GB18030; null until the job has begun
        encoding: Option<String>,
        size_bytes: i64,
        sha256: String,
        rows_total: i64,
        rows_created: i64,
        rows_updated: i64,
        rows_unchanged: i64,
        rows_rejected: i64,
        findings_count: i64,
        created_by: Uuid,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

versioned!(ImportView);

view! {
    /// 导入问题
    pub struct FindingView of entity::findings::Model {
        id: Uuid,
        import_id: Uuid,
        /// 数据行号, from 1, without the heading
        row_no: i64,
        /// 列名
        #[schema(example = "统一社会信用代码")]
        field: String,
        #[schema(example = "USCC_CHECK_CHARACTER")]
        rule: String,
        #[schema(value_type = Dimension)]
        dimension: String,
        /// ERROR 拒绝该行，WARNING 保留该行
        #[schema(value_type = Severity)]
        severity: String,
        message_zh: String,
        message_en: String,
        value: Option<String>,
        created_at: DateTime<Utc>,
    }
}

impl View for FindingView {}

/// 作业
#[derive(Serialize, ToSchema)]
pub struct JobView {
    pub id: Uuid,
    #[schema(example = "IMPORT")]
    pub kind: String,
    #[schema(value_type = JobStatus)]
    pub status: String,
    pub progress: ProgressView,
    /// 失败原因
    #[schema(required)]
    pub error: Option<String>,
    /// 本次导入
    #[schema(required)]
    pub import_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    #[schema(required)]
    pub started_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub finished_at: Option<DateTime<Utc>>,
    pub version: i32,
}

/// 进度
#[derive(Serialize, ToSchema)]
pub struct ProgressView {
    /// 已处理行数
    pub done: i64,
    /// 总行数; null until known
    #[schema(required)]
    pub total: Option<i64>,
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

impl JobView {
    pub fn of(job: Model, import_id: Option<Uuid>) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            status: job.status,
            progress: ProgressView { done: job.done, total: job.total },
            error: job.error,
            import_id,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            version: job.version,
        }
    }
}
