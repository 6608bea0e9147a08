//! Views of spot-check items.

use crate::domain::plans::ItemKind;
use crate::domain::spot_check_items::ItemStatus;
use crate::http::reply::versioned;
use crate::http::view::view;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

view! {
    /// 抽查事项
    pub struct SpotCheckItemView of entity::spot_check_items::Model {
        id: Uuid,
        #[schema(example = "510821SC000001")]
        code: String,
        category: String,
        name: String,
        sub_item: Option<String>,
        legal_basis: Option<String>,
        /// 抽查主体
        check_body: Option<String>,
        /// 抽查对象
        targets: String,
        /// 抽查比例原文
        #[schema(example = "抽查比例不少于2‰")]
        ratio_text: String,
        /// 下限, basis points, where the text names one
        ratio_floor_bp: Option<i32>,
        /// 上限, basis points, where the text names one
        ratio_ceiling_bp: Option<i32>,
        frequency_text: Option<String>,
        /// 每年上限次数, where the text names one
        max_per_year: Option<i32>,
        mode_text: Option<String>,
        /// 抽查方式代码 (dictionary spot-check-way)
        #[schema(value_type = Vec<String>)]
        modes: Value,
        qualification_text: Option<String>,
        qualification_required: bool,
        #[schema(value_type = ItemKind)]
        item_kind: String,
        department_id: Option<Uuid>,
        #[schema(value_type = ItemStatus)]
        status: String,
        remark: Option<String>,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

versioned!(SpotCheckItemView);
