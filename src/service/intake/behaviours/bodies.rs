//! What the use cases of behaviours take.

use crate::kernel::input::moment_or_none;
use chrono::{DateTime, Utc};
use domain::intake::behaviours::BehaviourSet;
use domain::intake::behaviours::exchange::Operation;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, Object, ObjectBuilder, Schema, Type};
use uuid::Uuid;
use validator::Validate;

/// Columns of one row, at most: no national table has half as many.
const MOST_COLUMNS: usize = 120;

/// 监管行为: a national row in its exchange envelope. What is wrong with the row itself does not refuse it; it is said in the
/// answer.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "kind": "CHECK", "cd_id": "JC-2026-0001", "cd_operation": "I", "cd_time": "2026-10-13T02:00:00Z",
    "content": {
        "supervise_item_implement_code": "无", "supervise_item_check_icode": "91510821MAR05011841",
        "check_action_name": "食品经营检查", "check_action_code": "JC-2026-0001", "supervise_object": "旺苍县某店",
        "administrative_cp": "旺苍县某店", "administrative_cp_na": "02", "administrative_cp_ce_type": "001",
        "administrative_cp_ui_code": "91510821MAR0501184", "area_number": "510821", "check_form": "01",
        "check_type": "01", "check_result": "01", "check_date": "2026-10-12", "check_personnel": ["张三", "李四"]
    }
})))]
pub struct BehaviourBody {
    pub kind: BehaviourSet,
    /// 主键 of the sender: with `cd_source` and the kind it is one record.
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub cd_id: String,
    /// 来源; the department's code where it is left out
    #[schema(min_length = 1, max_length = 50, pattern = "\\S")]
    #[serde(default)]
    pub cd_source: Option<String>,
    /// 批次号; the day where it is left out
    #[schema(min_length = 1, max_length = 50, pattern = "\\S")]
    #[serde(default)]
    pub cd_batch: Option<String>,
    /// When the sender wrote the row; now, where it is left out, and no later
    #[serde(default, deserialize_with = "moment_or_none")]
    pub cd_time: Option<DateTime<Utc>>,
    pub cd_operation: Operation,
    /// 部门; one's own where it is left out
    #[serde(default)]
    pub department_id: Option<Uuid>,
    /// 存量: it happened before the platform gathered it.
    #[serde(default)]
    pub is_stock: bool,
    /// The columns of the national table by their names: texts, numbers, true and false, lists of texts
    #[schema(schema_with = columns)]
    pub content: BTreeMap<String, Value>,
}

/// Columns by their names, each with a value that a national column has.
fn columns() -> Object {
    let of = |kind| ObjectBuilder::new().schema_type(kind);
    // Whole numbers as JSON has them without loss.
    let number = of(Type::Number).minimum(Some(-9_007_199_254_740_991_i64)).maximum(Some(9_007_199_254_740_991_i64));
    let value = AnyOfBuilder::new()
        .item(of(Type::String))
        .item(number)
        .item(of(Type::Boolean))
        .item(ArrayBuilder::new().items(of(Type::String)))
        .item(of(Type::Null));
    let columns = of(Type::Object).additional_properties(Some(Schema::from(value.build())));
    columns.max_properties(Some(MOST_COLUMNS)).build()
}

/// 一批监管行为
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"rows": [{
    "kind": "OTHER", "cd_id": "QT-2026-0001", "cd_operation": "I", "content": {"action_name": "约谈", "action_code": "QT-2026-0001"}
}]})))]
pub struct BehaviourBatchBody {
    #[schema(min_items = 1, max_items = 1000)]
    pub rows: Vec<BehaviourBody>,
}

/// 核销质量问题
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"rule": "AREA_FOREIGN", "field": "area_number", "reason": "飞地，由本县管辖"})))]
pub struct OverrideBody {
    /// The finding's rule
    #[schema(pattern = "^[A-Z_]{3,40}$")]
    pub rule: String,
    /// Its column; empty where it is about the row
    #[schema(max_length = 50)]
    #[serde(default)]
    pub field: String,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}
