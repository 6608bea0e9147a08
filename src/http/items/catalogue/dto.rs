//! Views of the catalogue.

use crate::http::kernel::reply::{View, versioned};
use crate::http::kernel::view::view;
use crate::service::items::items::ItemContentBody;
use chrono::{DateTime, Utc};
use domain::items::catalogue::FieldChange;
use domain::items::catalogue::{CatalogueStatus, CatalogueVersionStatus, ChangeKind};
use domain::items::items::ItemContent;
use domain::kernel::stored::Stored;
use serde_json::Value;
use uuid::Uuid;

view! {
    /// 目录清单版本
    pub struct CatalogueVersionView of entity::items::catalogue_versions::Model {
        id: Uuid,
        /// 版本号: day and serial
        #[schema(example = "20261124001")]
        number: String,
        import_id: Uuid,
        filename: String,
        status: CatalogueVersionStatus,
        items_total: i64,
        items_new: i64,
        items_changed: i64,
        items_cancelled: i64,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

view! {
    /// 目录事项（子项）
    pub struct CatalogueItemView of entity::items::catalogue_items::Model {
        id: Uuid,
        /// 子项编码, 14 digits
        #[schema(example = "31001001000001")]
        code: String,
        /// 主项编码, 8 digits
        main_code: String,
        name: String,
        /// 监管部门 (dictionary supervise-dept)
        duty_code: String,
        /// 监管层级是否含县级
        county_level: bool,
        #[schema(value_type = ItemContentBody)]
        content: Stored<ItemContent>,
        status: CatalogueStatus,
        /// 首次出现的版本
        first_version: String,
        /// 最近出现的版本
        last_version: String,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

/// 变化的字段
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct FieldChangeView {
    pub field: String,
    pub before: Value,
    pub after: Value,
}

view! {
    /// 目录变化
    pub struct CatalogueChangeView of entity::items::catalogue_changes::Model {
        id: Uuid,
        catalogue_version_id: Uuid,
        catalogue_item_id: Uuid,
        code: String,
        name: String,
        kind: ChangeKind,
        /// 逐字段的前后对照; empty for new and left-out items
        #[schema(value_type = Vec<FieldChangeView>)]
        fields: Stored<Vec<FieldChange>>,
        created_at: DateTime<Utc>,
    }
}

versioned!(CatalogueVersionView, CatalogueItemView);

impl View for CatalogueChangeView {}
