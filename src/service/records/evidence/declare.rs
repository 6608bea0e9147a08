//! Registering a piece of evidence, and explaining one that will not come.

use super::facts_of;
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::kernel::input::moment;
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{insert, lock_row};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::records::evidence as store;
use chrono::{DateTime, Duration, Months, NaiveDate, Utc};
use domain::access::Decide;
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::records::evidence::{EvidenceAction, EvidenceKind, EvidenceStatus, Position, check_takes_evidence};
use entity::inspections::inspections::{Entity as Inspections, Model as Inspection};
use entity::records::evidence::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// Minutes by which a device's clock may be ahead.
const AHEAD_MINUTES: i64 = 5;

/// 证据登记
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "seq": 1, "kind": "PHOTO", "filename": "IMG_0001.jpg", "size_bytes": 2481020,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "captured_at": "2026-11-24T02:31:07.000Z", "device": "执法终端-07",
    "position": {"longitude": 106.28963, "latitude": 32.23104, "accuracy_m": 8.0}
})))]
pub struct EvidenceBody {
    /// 序号: given by the device, from 1, without gaps in an inspection
    #[schema(minimum = 1, maximum = 1_000)]
    pub seq: i32,
    pub kind: EvidenceKind,
    /// 文件名，仅作记录
    #[schema(min_length = 1, max_length = 200, pattern = "^[^/\\\\\\x00-\\x1f]+$")]
    pub filename: String,
    /// 文件大小（字节）
    #[schema(minimum = 1, maximum = 1_099_511_627_776_i64)]
    pub size_bytes: i64,
    /// 采集时生成的 SHA-256，十六进制小写: the file that arrives must have it
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// 采集时间: from the start of the inspection, or its officers' entry, until now
    #[serde(deserialize_with = "moment")]
    pub captured_at: DateTime<Utc>,
    /// 采集设备
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    #[serde(default)]
    pub device: Option<String>,
    #[serde(default)]
    pub position: Option<PositionBody>,
    /// 对应的检查事项, one of the task
    #[serde(default)]
    pub spot_check_item_id: Option<Uuid>,
    /// 对应的检查要点序号, of that item's list
    #[schema(minimum = 1, maximum = 1000)]
    #[serde(default)]
    pub check_number: Option<i32>,
    #[schema(max_length = 1000)]
    #[serde(default)]
    pub note: Option<String>,
}

/// 采集位置（CGCS2000 或 WGS 84，十进制度）
#[derive(Clone, Copy, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PositionBody {
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: f64,
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: f64,
    /// 精度（米）
    #[schema(minimum = 0, maximum = 100_000)]
    #[serde(default)]
    pub accuracy_m: Option<f64>,
}

impl From<PositionBody> for Position {
    fn from(body: PositionBody) -> Self {
        let PositionBody { longitude, latitude, accuracy_m } = body;
        Self { longitude, latitude, accuracy_m }
    }
}

/// Registers a piece; the same again is answered with what is there, so that a device may send its list as often as it likes.
pub async fn declare(app: &App, tx: &WriteTx, inspection: Uuid, body: EvidenceBody) -> Result<Change<Model>> {
    let ctx = tx.ctx();
    lock_row::<Inspections>(tx.conn(), inspection).await?;
    let inspection = inspections::get(tx.conn(), ctx, inspection).await?;

    if let Some(known) = store::numbered(tx.conn(), inspection.id, body.seq).await? {
        return same_again(known, &body);
    }
    check_takes_evidence(inspection.status, body.kind)?;
    check_body(app, tx, &inspection, &body).await?;

    let on = local_date(body.captured_at);
    let model = Model {
        id: new_id(),
        inspection_id: inspection.id,
        department_id: inspection.department_id,
        object_id: inspection.object_id,
        seq: body.seq,
        kind: body.kind,
        status: EvidenceStatus::Declared,
        filename: body.filename,
        size_bytes: body.size_bytes,
        sha256: body.sha256,
        media_type: None,
        captured_at: body.captured_at,
        device: body.device,
        position: body.position.map(|position| Position::from(position).into()),
        spot_check_item_id: body.spot_check_item_id,
        check_number: body.check_number,
        note: body.note,
        fault: None,
        discarded_reason: None,
        retain_until: retained(on, app.settings.rules.evidence_years),
        declared_by: ctx.actor.id,
        received_at: None,
        received_bytes: 0,
        hash_state: None,
        thumbnail_key: None,
        lease_until: None,
        attempts: 0,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };

    let saved = insert(tx, model).await?;
    let event = Event::created::<Entity>(&saved);
    Ok(Change::new(saved, event))
}

fn retained(on: NaiveDate, years: u32) -> NaiveDate {
    on.checked_add_months(Months::new(years.saturating_mul(12))).unwrap_or(NaiveDate::MAX)
}

fn same_again(known: Model, body: &EvidenceBody) -> Result<Change<Model>> {
    if (&known.sha256, known.size_bytes, known.kind) == (&body.sha256, body.size_bytes, body.kind) {
        return Ok(Change::unmade(known));
    }
    let seq = body.seq;
    let detail = text!(
        "序号 {seq} 已登记了另一份证据；每份证据一个序号。",
        "Number {seq} is another piece of evidence; each has a number of its own."
    );
    Err(Refusal::new(Code::Duplicate, detail).into())
}

async fn check_body(app: &App, tx: &WriteTx, inspection: &Inspection, body: &EvidenceBody) -> Result<()> {
    let now = tx.ctx().now;
    let mut errors = Vec::new();
    let limit = app.settings.files.evidence_bytes;
    if u64::try_from(body.size_bytes).is_ok_and(|size| size > limit) {
        let detail = text!("单个文件不超过 {limit} 字节。", "A file has {limit} bytes at most.");
        errors.push(FieldError::new("/size_bytes", "TOO_LARGE", detail));
    }

    // What was photographed at the door, before the inspection was started on the platform, is of the same day.
    let from = inspection.started_at.map_or_else(|| tx.ctx().today(), local_date);
    let from = inspection.inspected_on.map_or(from, |on| on.min(from));
    if local_date(body.captured_at) < from || body.captured_at > now + Duration::minutes(AHEAD_MINUTES) {
        let detail = text!(
            "采集时间应在检查之日（{from}）与现在之间。",
            "It was captured between the day of the inspection ({from}) and now."
        );
        errors.push(FieldError::new("/captured_at", "OUT_OF_RANGE", detail));
    }

    let most = app.settings.rules.evidence_pieces;
    if u32::try_from(body.seq).map_or(true, |seq| seq > most) {
        let detail = text!("序号不超过 {most}。", "Numbers go up to {most}.");
        errors.push(FieldError::new("/seq", "OUT_OF_RANGE", detail));
    }

    if let Some(item) = body.spot_check_item_id {
        let items = inspections::items_of(tx.conn(), inspection.task_id, inspection.department_id).await?;
        if !items.contains(&item) {
            let detail =
                text!("该事项不在本任务本部门的检查事项中。", "The item is not one of this task and department.");
            errors.push(FieldError::new("/spot_check_item_id", "NOT_OF_TASK", detail));
        }
    } else if body.check_number.is_some() {
        let detail = text!("检查要点属于某个检查事项，请写明事项。", "A check point is one of an item: name the item.");
        errors.push(FieldError::new("/spot_check_item_id", "REQUIRED", detail));
    }
    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }

    if store::count_of(tx.conn(), inspection.id).await? >= u64::from(most) {
        let detail = text!("一次检查最多登记 {most} 份证据。", "An inspection has {most} pieces of evidence at most.");
        return Err(Refusal::new(Code::StateConflict, detail).into());
    }
    Ok(())
}

/// Explains a piece that will not come, or was refused: its number stays, with the reason; what is here of it is removed in the
/// next round of the sweep.
pub async fn discard(tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;
    // Whoever places a hold waits, or was first.
    lock_row::<Inspections>(tx.conn(), row.inspection_id).await?;

    row.status = facts_of(tx.conn(), &row).await?.decide(&tx.ctx().actor, EvidenceAction::Discard)?;
    row.discarded_reason = Some(reason.clone());

    row.save(AuditAction::Voided, Some(reason)).await
}
