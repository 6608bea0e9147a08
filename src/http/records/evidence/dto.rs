//! Views of evidence.

use crate::http::kernel::reply::View;
use crate::kernel::ctx::Ctx;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::records::evidence::{
    EvidenceAction, EvidenceFacts, EvidenceFault, EvidenceKind, EvidenceStatus, Position, Variant,
};
use entity::records::evidence::Model;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 证据
#[derive(Serialize, ToSchema)]
pub struct EvidenceView {
    pub id: Uuid,
    pub inspection_id: Uuid,
    pub department_id: Uuid,
    pub object_id: Uuid,
    /// 序号
    pub seq: i32,
    pub kind: EvidenceKind,
    pub status: EvidenceStatus,
    pub filename: String,
    pub size_bytes: i64,
    /// 采集时生成的 SHA-256
    pub sha256: String,
    /// 按内容识别的类型; null until it is kept
    #[schema(required)]
    pub media_type: Option<String>,
    pub captured_at: DateTime<Utc>,
    #[schema(required)]
    pub device: Option<String>,
    #[schema(required)]
    pub position: Option<PositionView>,
    #[schema(required)]
    pub spot_check_item_id: Option<Uuid>,
    #[schema(required)]
    pub check_number: Option<i32>,
    #[schema(required)]
    pub note: Option<String>,
    /// 拒收原因
    #[schema(required)]
    pub fault: Option<EvidenceFault>,
    #[schema(required)]
    pub discarded_reason: Option<String>,
    /// 有无缩略图
    pub has_thumbnail: bool,
    /// 断点续传地址（tus 1.0.0）
    #[schema(example = "/api/v1/evidence/01930000-0000-7000-8000-000000000001/upload")]
    pub upload_url: String,
    /// 保存期限: kept until the day before
    pub retain_until: NaiveDate,
    pub declared_by: Uuid,
    #[schema(required)]
    pub received_at: Option<DateTime<Utc>>,
    /// What this caller may do now.
    pub allowed_actions: Vec<EvidenceAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// 采集位置（CGCS2000 或 WGS 84，十进制度）
#[derive(Serialize, ToSchema)]
pub struct PositionView {
    pub longitude: f64,
    pub latitude: f64,
    /// 精度（米）
    #[schema(required)]
    pub accuracy_m: Option<f64>,
}

impl From<Position> for PositionView {
    fn from(position: Position) -> Self {
        let Position { longitude, latitude, accuracy_m } = position;
        Self { longitude, latitude, accuracy_m }
    }
}

impl View for EvidenceView {
    fn id(&self) -> Option<Uuid> {
        Some(self.id)
    }

    fn location(&self, _: &str) -> Option<String> {
        Some(format!("/api/v1/evidence/{}", self.id))
    }

    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl EvidenceView {
    pub fn of(ctx: &Ctx, row: Model, facts: &EvidenceFacts) -> Self {
        Self {
            allowed_actions: facts.allowed_actions(&ctx.actor),
            upload_url: format!("/api/v1/evidence/{}/upload", row.id),
            has_thumbnail: row.thumbnail_key.is_some(),
            id: row.id,
            inspection_id: row.inspection_id,
            department_id: row.department_id,
            object_id: row.object_id,
            seq: row.seq,
            kind: row.kind,
            status: row.status,
            filename: row.filename,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            media_type: row.media_type,
            captured_at: row.captured_at,
            device: row.device,
            position: row.position.map(|position| position.0.into()),
            spot_check_item_id: row.spot_check_item_id,
            check_number: row.check_number,
            note: row.note,
            fault: row.fault,
            discarded_reason: row.discarded_reason,
            retain_until: row.retain_until,
            declared_by: row.declared_by,
            received_at: row.received_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// 查看证据
#[derive(Clone, Copy, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"variant": "ORIGINAL"})))]
pub struct LinkBody {
    pub variant: Variant,
}
