//! Serving: how, to whom, when; or refused, before whom.

use super::{Handing, REFUSAL, SERVICE, facts_of};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::kernel::input::moment;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::edit::Edit;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::records::evidence;
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::records::documents::{DocumentAction, Service, ServiceWay, needs_witness};
use domain::records::evidence::EvidenceStatus;
use entity::records::documents::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 送达
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"way": "DIRECT", "to": "张三（经营者）", "at": "2026-11-24T03:00:00.000Z"})))]
pub struct ServiceBody {
    pub way: ServiceWay,
    /// 受送达人或代收人
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub to: String,
    /// 送达时间: from its issue until now
    #[serde(deserialize_with = "moment")]
    pub at: DateTime<Utc>,
    /// 见证人: needed where it was left (留置送达) and no pictures are given
    #[schema(max_items = 5, max_length = 100, pattern = "\\S")]
    #[serde(default)]
    pub witnesses: Vec<String>,
    #[schema(max_length = 1000)]
    #[serde(default)]
    pub note: Option<String>,
    /// 回执, or pictures of how it was left: evidence of the inspection that is kept
    #[serde(default)]
    pub receipt_evidence_id: Option<Uuid>,
}

/// 拒收
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "to": "张三（经营者）", "at": "2026-11-24T03:00:00.000Z", "witnesses": ["李四（社区干部）"], "note": "拒绝签收"
})))]
pub struct RefusalBody {
    /// 受送达人
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub to: String,
    #[serde(deserialize_with = "moment")]
    pub at: DateTime<Utc>,
    /// 见证人
    #[schema(min_items = 1, max_items = 5, max_length = 100, pattern = "\\S")]
    pub witnesses: Vec<String>,
    /// 拒收事由
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub note: String,
}

pub async fn serve(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: ServiceBody) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;

    row.status = facts_of(tx.conn(), &row).await?.decide(&tx.ctx().actor, DocumentAction::Serve)?;
    check_time(tx, &row, body.at)?;
    if needs_witness(body.way) && body.witnesses.is_empty() && body.receipt_evidence_id.is_none() {
        let detail = text!(
            "留置送达须有见证人，或者附送达过程的照片、录像（receipt_evidence_id）。",
            "What is left is left before a witness, or with pictures of it (receipt_evidence_id)."
        );
        return Err(AppError::invalid_field("/witnesses", "REQUIRED", detail));
    }
    if let Some(receipt) = body.receipt_evidence_id {
        let found = evidence::any(tx.conn(), receipt).await?;
        let kept = |found: &entity::records::evidence::Model| {
            found.inspection_id == row.inspection_id && found.status == EvidenceStatus::Kept
        };
        if !found.as_ref().is_some_and(kept) {
            return Err(AppError::no_such("/receipt_evidence_id"));
        }
    }
    let service = Service {
        way: Some(body.way),
        to: body.to,
        at: body.at,
        witnesses: body.witnesses,
        note: body.note,
        receipt_evidence_id: body.receipt_evidence_id,
        by: tx.ctx().actor.id,
    };
    row.service_way = service.way;
    row.served_at = Some(service.at);
    row.service = Some(Handing::seal(app, id, SERVICE, &service).await?);

    row.save(AuditAction::Served, None).await
}

pub async fn record_refusal(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: RefusalBody,
) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;

    row.status = facts_of(tx.conn(), &row).await?.decide(&tx.ctx().actor, DocumentAction::RecordRefusal)?;
    check_time(tx, &row, body.at)?;
    let service = Service {
        way: None,
        to: body.to,
        at: body.at,
        witnesses: body.witnesses,
        note: Some(body.note),
        receipt_evidence_id: None,
        by: tx.ctx().actor.id,
    };
    row.refused_at = Some(service.at);
    row.refusal = Some(Handing::seal(app, id, REFUSAL, &service).await?);

    row.save(AuditAction::ServiceRefused, None).await
}

/// Nothing is served before it was issued, or refused, nor tomorrow.
fn check_time(tx: &WriteTx, row: &Edit<'_, Entity>, at: DateTime<Utc>) -> Result<()> {
    let from = row.refused_at.or(row.issued_at).unwrap_or(at);
    if at >= from && at <= tx.ctx().now {
        return Ok(());
    }
    let detail =
        text!("送达时间应在制发（拒收）之后、现在以前。", "It was served between its issue, or its refusal, and now.");
    Err(AppError::invalid_field("/at", "OUT_OF_RANGE", detail))
}
