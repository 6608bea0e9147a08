//! Views of spot-check items.

use crate::http::kernel::reply::versioned;
use crate::kernel::ctx::Ctx;
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::spot_checks::plans::ItemKind;
use domain::spot_checks::spot_check_items::SpotCheckItemFacts;
use domain::spot_checks::spot_check_items::{SpotCheckItemAction, SpotCheckItemStatus};
use entity::spot_checks::spot_check_items::Model;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 抽查事项
#[derive(Serialize, ToSchema)]
pub struct SpotCheckItemView {
    pub id: Uuid,
    #[schema(example = "510821SC000001")]
    pub code: String,
    pub category: String,
    pub name: String,
    #[schema(required)]
    pub sub_item: Option<String>,
    #[schema(required)]
    pub legal_basis: Option<String>,
    /// 抽查主体
    #[schema(required)]
    pub check_body: Option<String>,
    /// 抽查对象
    pub targets: String,
    /// 抽查比例原文
    #[schema(example = "抽查比例不少于2‰")]
    pub ratio_text: String,
    /// 下限, basis points, where the text names one
    #[schema(required)]
    pub ratio_floor_bp: Option<i32>,
    /// 上限, basis points, where the text names one
    #[schema(required)]
    pub ratio_ceiling_bp: Option<i32>,
    #[schema(required)]
    pub frequency_text: Option<String>,
    /// 每年上限次数, where the text names one
    #[schema(required)]
    pub max_per_year: Option<i32>,
    #[schema(required)]
    pub mode_text: Option<String>,
    /// 抽查方式代码 (dictionary spot-check-way)
    pub modes: Vec<String>,
    #[schema(required)]
    pub qualification_text: Option<String>,
    pub qualification_required: bool,
    pub item_kind: ItemKind,
    #[schema(required)]
    pub department_id: Option<Uuid>,
    /// 对应的监管事项: without one the item cannot be published
    #[schema(required)]
    pub item_id: Option<Uuid>,
    /// 是否适合联合检查
    pub joint: bool,
    /// 由检查实施清单产生: its wording follows the list
    pub derived: bool,
    pub status: SpotCheckItemStatus,
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub remark: Option<String>,
    /// What this caller may do now.
    pub allowed_actions: Vec<SpotCheckItemAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(SpotCheckItemView);

impl SpotCheckItemView {
    pub fn of(ctx: &Ctx, item: Model) -> Self {
        Self {
            allowed_actions: SpotCheckItemFacts::from(&item).allowed_actions(&ctx.actor),
            id: item.id,
            code: item.code,
            category: item.category,
            name: item.name,
            sub_item: item.sub_item,
            legal_basis: item.legal_basis,
            check_body: item.check_body,
            targets: item.targets,
            ratio_text: item.ratio_text,
            ratio_floor_bp: item.ratio_floor_bp,
            ratio_ceiling_bp: item.ratio_ceiling_bp,
            frequency_text: item.frequency_text,
            max_per_year: item.max_per_year,
            mode_text: item.mode_text,
            modes: item.modes.0,
            qualification_text: item.qualification_text,
            qualification_required: item.qualification_required,
            item_kind: item.item_kind,
            department_id: item.department_id,
            item_id: item.item_id,
            joint: item.joint,
            derived: item.derived,
            status: item.status,
            published_at: item.published_at,
            remark: item.remark,
            version: item.version,
            created_at: item.created_at,
            updated_at: item.updated_at,
        }
    }
}
