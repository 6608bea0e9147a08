//! 随机抽查事项: kept by hand beside the imports.

use crate::ctx::new_id;
use crate::domain::audit::AuditAction;
use crate::domain::plans::ItemKind;
use crate::domain::spot_check_items::{ItemStatus, needs_qualification, parse_max_per_year, parse_modes, parse_ratio};
use crate::error::{AppError, Result};
use crate::persistence::noun::{check_version, insert, replace};
use crate::persistence::tx::{Change, Event, WriteTx};
use crate::persistence::{departments, spot_check_items};
use entity::spot_check_items::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 新抽查事项
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "category": "食品监管", "name": "餐饮服务单位监督检查", "legal_basis": "《中华人民共和国食品安全法》第一百一十条",
    "targets": "餐饮服务单位", "ratio_text": "不低于3%", "frequency_text": "每年不超过2次", "mode_text": "现场检查",
    "item_kind": "GENERAL"
})))]
pub struct ItemBody {
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub category: String,
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub name: String,
    #[schema(max_length = 500)]
    #[serde(default)]
    pub sub_item: Option<String>,
    #[schema(min_length = 1, max_length = 4000, pattern = "\\S")]
    pub legal_basis: String,
    #[schema(max_length = 500)]
    #[serde(default)]
    pub check_body: Option<String>,
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub targets: String,
    /// 抽查比例, in words; what can be read from it is kept in numbers beside it.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub ratio_text: String,
    #[schema(max_length = 500)]
    #[serde(default)]
    pub frequency_text: Option<String>,
    #[schema(max_length = 500)]
    #[serde(default)]
    pub mode_text: Option<String>,
    #[schema(max_length = 500)]
    #[serde(default)]
    pub qualification_text: Option<String>,
    pub item_kind: ItemKind,
    #[serde(default)]
    pub department_id: Option<Uuid>,
    #[schema(max_length = 500)]
    #[serde(default)]
    pub remark: Option<String>,
}

/// 抽查事项的修改: retired items can no longer be used in tasks.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"remark": "2026年起实施"})))]
pub struct ItemPatch {
    #[schema(nullable = false)]
    #[serde(default)]
    pub status: Option<ItemStatus>,
    #[schema(nullable = false)]
    #[serde(default)]
    pub item_kind: Option<ItemKind>,
    #[schema(min_length = 1, max_length = 4000, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub legal_basis: Option<String>,
    #[schema(max_length = 500, nullable = false)]
    #[serde(default)]
    pub remark: Option<String>,
}

/// The next item code: the county and a serial.
pub fn code(county: &str, serial: u64) -> String {
    format!("{county}SC{serial:06}")
}

pub async fn create(county: &str, tx: &WriteTx, body: ItemBody) -> Result<Change<Model>> {
    if let Some(department) = body.department_id {
        departments::get(tx.conn(), department).await.map_err(|error| error.or_no_such("/department_id"))?;
    }
    let ratio = parse_ratio(&body.ratio_text);
    let serial = spot_check_items::count(tx.conn()).await? + 1;
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        code: code(county, serial),
        category: body.category,
        name: body.name,
        sub_item: body.sub_item,
        legal_basis: Some(body.legal_basis),
        check_body: body.check_body,
        targets: body.targets,
        ratio_floor_bp: ratio.floor_bp.and_then(|value| i32::try_from(value).ok()),
        ratio_ceiling_bp: ratio.ceiling_bp.and_then(|value| i32::try_from(value).ok()),
        ratio_text: body.ratio_text,
        max_per_year: body
            .frequency_text
            .as_deref()
            .and_then(parse_max_per_year)
            .and_then(|value| i32::try_from(value).ok()),
        frequency_text: body.frequency_text,
        modes: body.mode_text.as_deref().map(parse_modes).unwrap_or_default().into(),
        mode_text: body.mode_text,
        qualification_required: body.qualification_text.as_deref().is_some_and(needs_qualification),
        qualification_text: body.qualification_text,
        item_kind: body.item_kind.code().to_owned(),
        department_id: body.department_id,
        status: ItemStatus::Effective.code().to_owned(),
        remark: body.remark,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await.map_err(retry_serial)?;
    let mut event = Event::new(AuditAction::Created, "spot-check-items", saved.id).after(&saved);
    event.department_id = saved.department_id;
    Ok(Change::new(saved, event))
}

/// Somebody took the serial between counting and inserting: count again.
pub fn retry_serial(error: AppError) -> AppError {
    let transient = error.code == crate::domain::refusal::Code::Duplicate;
    AppError { transient, ..error }
}

pub async fn update(tx: &WriteTx, id: Uuid, version: i32, change: ItemPatch) -> Result<Change<Model>> {
    let before = spot_check_items::get(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    let mut after = before.clone();
    if let Some(status) = change.status {
        status.code().clone_into(&mut after.status);
    }
    if let Some(kind) = change.item_kind {
        kind.code().clone_into(&mut after.item_kind);
    }
    after.legal_basis = change.legal_basis.or(after.legal_basis);
    after.remark = change.remark.or(after.remark);
    let saved = replace::<Entity>(tx, &before, after).await?;
    let mut event = Event::new(AuditAction::Updated, "spot-check-items", id).before(&before).after(&saved);
    event.department_id = saved.department_id;
    Ok(Change::new(saved, event))
}
