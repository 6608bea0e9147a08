//! 随机抽查事项 spot-check items.

use domain::kernel::stored::Stored;
use domain::spot_checks::plans::ItemKind;
use domain::spot_checks::spot_check_items::SpotCheckItemFacts;
use domain::spot_checks::spot_check_items::SpotCheckItemStatus;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "spot_check_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub category: String,
    pub name: String,
    pub sub_item: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub legal_basis: Option<String>,
    pub check_body: Option<String>,
    pub targets: String,
    pub ratio_text: String,
    pub ratio_floor_bp: Option<i32>,
    pub ratio_ceiling_bp: Option<i32>,
    pub frequency_text: Option<String>,
    pub max_per_year: Option<i32>,
    pub mode_text: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub modes: Stored<Vec<String>>,
    pub qualification_text: Option<String>,
    pub qualification_required: bool,
    pub item_kind: ItemKind,
    pub department_id: Option<Uuid>,
    pub item_id: Option<Uuid>,
    pub joint: bool,
    pub derived: bool,
    pub status: SpotCheckItemStatus,
    pub published_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub remark: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Model> for SpotCheckItemFacts {
    fn from(row: &Model) -> Self {
        Self { status: row.status, department_id: row.department_id }
    }
}
