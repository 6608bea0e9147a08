//! What is sent about an item.

use crate::kernel::error::Result;
use chrono::NaiveDate;
use domain::items::items::ItemContent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 监管事项要素; a draft may leave anything open.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct ItemContentBody {
    /// 子项名称
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub name: Option<String>,
    /// 主项名称
    #[schema(max_length = 500)]
    pub main_name: Option<String>,
    /// 行政类型 (dictionary administrative-type)
    #[schema(pattern = "^[0-3]$")]
    pub administrative_type: Option<String>,
    /// 监管对象
    #[schema(max_length = 500)]
    pub supervise_object: Option<String>,
    /// 监管形式（监管行为）
    #[schema(max_length = 255)]
    pub supervise_form: Option<String>,
    /// 设定依据, in words
    #[schema(max_length = 4000)]
    pub legal_basis: Option<String>,
    /// 设定依据, as clauses
    #[schema(max_items = 50)]
    pub clause_ids: Vec<Uuid>,
    /// 监管方式
    #[schema(max_length = 2000)]
    pub supervise_way: Option<String>,
    /// 监管流程
    #[schema(max_length = 4000)]
    pub supervise_flow: Option<String>,
    /// 监管结果
    #[schema(max_length = 4000)]
    pub supervise_result: Option<String>,
    /// 监管层级 (dictionary exercise-level)
    #[schema(max_items = 5, pattern = "^[1-5]$")]
    pub supervise_levels: Vec<String>,
    /// 适用范围: 1 全省, 2 地市, 3 区县
    #[schema(pattern = "^[1-3]$")]
    pub apply_range: Option<String>,
}

impl ItemContentBody {
    /// The same fields, as the trade knows them.
    pub fn content(&self) -> Result<ItemContent> {
        Ok(serde_json::from_value(serde_json::to_value(self)?)?)
    }

    pub fn of(content: &ItemContent) -> Result<Self> {
        Ok(serde_json::from_value(serde_json::to_value(content)?)?)
    }
}

/// 监管事项草稿
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "code": "51082131001001", "content": {
        "name": "对小作坊食品安全的监督检查", "administrative_type": "0", "supervise_object": "食品生产加工小作坊",
        "supervise_form": "现场检查", "legal_basis": "《四川省食品小作坊、小经营店及摊贩管理条例》第三十六条",
        "supervise_way": "双随机抽查、日常检查", "supervise_flow": "检查—处理—公示", "supervise_result": "检查结果公示",
        "supervise_levels": ["4"]
    }
})))]
pub struct ItemBody {
    /// 事项编码; of a local item only, and fixed once it was approved. Left out, it stays as it is.
    #[schema(pattern = "^[0-9A-Z]{8,20}$")]
    #[serde(default)]
    pub code: Option<String>,
    pub content: ItemContentBody,
    /// 责任部门 of a new item; one's own where it is left out.
    #[serde(default)]
    pub department_id: Option<Uuid>,
}

/// 不认领的说明
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"statement": "该事项的职责由市级部门行使，本县无此职能。"})))]
pub struct StatementBody {
    #[schema(min_length = 5, max_length = 2000, pattern = "\\S.*\\S")]
    pub statement: String,
}

/// 批准
#[derive(Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({})))]
pub struct ApproveBody {
    /// 生效日期 (of a cancellation: its last day is the day before); today where it is left out.
    #[serde(default)]
    pub effective_on: Option<NaiveDate>,
}

/// 取消事项
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"reason": "依据的条例已修订，事项不再设定。"})))]
pub struct CancelBody {
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
    /// 承接事项: open tasks go on under it. Without one, an item in use cannot be cancelled.
    #[serde(default)]
    pub successor_id: Option<Uuid>,
}
