//! 随机抽查事项清单: derived from the effective implementation lists, or kept by hand and linked; published.

mod derive;
mod usable;

pub use derive::{derive, retire_of};
pub use usable::{Used, check_usable, used_versions};

use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::items::items;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use domain::access::Decide;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::plans::ItemKind;
use domain::spot_checks::spot_check_items::{
    SpotCheckItemAction, SpotCheckItemFacts, SpotCheckItemStatus, needs_qualification, parse_max_per_year, parse_modes,
    parse_ratio,
};
use entity::spot_checks::spot_check_items::{Column, Entity, Model};
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
pub struct SpotCheckItemBody {
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

/// 抽查事项的修改
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"remark": "2026年起实施"})))]
pub struct SpotCheckItemPatch {
    /// 监管事项: in force, of type 行政检查, with its implementation list.
    #[schema(nullable = false)]
    #[serde(default)]
    pub item_id: Option<Uuid>,
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
pub async fn next_code(tx: &WriteTx, county: &str) -> Result<String> {
    serials::next::<Entity>(tx, Column::Code, &format!("{county}SC"), 6).await
}

pub async fn create(county: &str, tx: &WriteTx, body: SpotCheckItemBody) -> Result<Change<Model>> {
    if let Some(department) = body.department_id {
        departments::get(tx.conn(), department).await.map_err(|error| error.or_no_such("/department_id"))?;
    }
    let small = |value: Option<u32>| value.and_then(|value| i32::try_from(value).ok());
    let ratio = parse_ratio(&body.ratio_text);
    let model = Model {
        category: body.category,
        name: body.name,
        sub_item: body.sub_item,
        legal_basis: Some(body.legal_basis),
        check_body: body.check_body,
        targets: body.targets,
        ratio_floor_bp: small(ratio.floor_bp),
        ratio_ceiling_bp: small(ratio.ceiling_bp),
        ratio_text: body.ratio_text,
        max_per_year: small(body.frequency_text.as_deref().and_then(parse_max_per_year)),
        frequency_text: body.frequency_text,
        modes: body.mode_text.as_deref().map(parse_modes).unwrap_or_default().into(),
        mode_text: body.mode_text,
        qualification_required: body.qualification_text.as_deref().is_some_and(needs_qualification),
        qualification_text: body.qualification_text,
        item_kind: body.item_kind,
        department_id: body.department_id,
        remark: body.remark,
        ..blank(tx, next_code(tx, county).await?)
    };
    let saved = insert(tx, model).await?;
    let event = Event::created::<Entity>(&saved);

    Ok(Change::new(saved, event))
}

pub async fn update(tx: &WriteTx, id: Uuid, version: i32, change: SpotCheckItemPatch) -> Result<Change<Model>> {
    let mut spot = tx.edit::<Entity>(id, version).await?;

    spot.status = SpotCheckItemFacts::from(&*spot).decide(&tx.ctx().actor, SpotCheckItemAction::Update)?;
    if let Some(item) = change.item_id.filter(|item| spot.item_id != Some(*item)) {
        if spot.derived || spot.status == SpotCheckItemStatus::Published {
            let detail = text!(
                "由实施清单产生或已公布的抽查事项不能改关联；请先使其失效。",
                "A derived or published spot-check item keeps its item; retire it first."
            );
            return Err(AppError::invalid_field("/item_id", "IMMUTABLE", detail));
        }
        let found = items::by_ids(tx.conn(), vec![item]).await?.pop();
        let found = found.filter(|found| spot.department_id.is_none_or(|own| own == found.department_id));
        let found = found.ok_or_else(|| AppError::no_such("/item_id"))?;
        spot.item_id = Some(found.id);
        spot.department_id = Some(found.department_id);
    }
    if let Some(kind) = change.item_kind {
        spot.item_kind = kind;
    }
    spot.legal_basis = change.legal_basis.or_else(|| spot.legal_basis.clone());
    spot.remark = change.remark.or_else(|| spot.remark.clone());

    spot.save(AuditAction::Updated, None).await
}

/// 公布: what is not in force cannot be published.
pub async fn publish(tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Model>> {
    let mut spot = tx.edit::<Entity>(id, version).await?;

    spot.status = SpotCheckItemFacts::from(&*spot).decide(&tx.ctx().actor, SpotCheckItemAction::Publish)?;
    spot.published_at = Some(tx.ctx().now);
    check_usable(tx, &[("/item_id".to_owned(), spot.clone())], tx.ctx().today()).await?;

    spot.save(AuditAction::Published, None).await
}

/// 失效
pub async fn retire(tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    let mut spot = tx.edit::<Entity>(id, version).await?;

    spot.status = SpotCheckItemFacts::from(&*spot).decide(&tx.ctx().actor, SpotCheckItemAction::Retire)?;

    spot.save(AuditAction::Retired, Some(reason)).await
}

/// A row with nothing in it yet.
pub fn blank(tx: &WriteTx, code: String) -> Model {
    let now = tx.ctx().now;
    Model {
        id: new_id(),
        code,
        category: String::new(),
        name: String::new(),
        sub_item: None,
        legal_basis: None,
        check_body: None,
        targets: String::new(),
        ratio_text: String::new(),
        ratio_floor_bp: None,
        ratio_ceiling_bp: None,
        frequency_text: None,
        max_per_year: None,
        mode_text: None,
        modes: Vec::<String>::new().into(),
        qualification_text: None,
        qualification_required: false,
        item_kind: ItemKind::General,
        department_id: None,
        item_id: None,
        joint: false,
        derived: false,
        status: SpotCheckItemStatus::Draft,
        published_at: None,
        remark: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
