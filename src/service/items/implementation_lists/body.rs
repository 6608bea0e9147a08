//! What is sent about an implementation list.

use crate::kernel::error::Result;
use domain::items::implementation_lists::Elements;
use domain::spot_checks::plans::ItemKind;
use domain::spot_checks::tasks::SpotType;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 检查要点
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct CheckPointBody {
    /// 检查项名称
    #[schema(max_length = 500)]
    pub name: Option<String>,
    /// 检查内容
    #[schema(max_length = 4000)]
    pub content: Option<String>,
    /// 操作要领和方法
    #[schema(max_length = 4000)]
    pub essentials: Option<String>,
    /// 依据条款, as records
    #[schema(max_items = 20)]
    pub clause_ids: Vec<Uuid>,
    /// 依据条款, in words
    #[schema(max_length = 2000)]
    pub basis_text: Option<String>,
    /// 适用检查类型: DAILY, RANDOM, SPECIAL, TEMPORARY
    #[schema(max_items = 4, max_length = 16)]
    pub check_types: Vec<String>,
}

/// 检查实施清单要素; a draft may leave anything open, `…/check` names what is missing.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(examples(json!({
    "check_category": "01", "check_modes": ["1"], "double_random": true, "spot_type": "TARGETED", "joint": false,
    "item_kind": "GENERAL", "object_types": ["1"], "targets": "餐饮服务单位",
    "check_points": [{
        "name": "许可情况", "content": "是否取得食品经营许可并在有效期内", "basis_text": "《中华人民共和国食品安全法》第三十五条",
        "check_types": ["RANDOM", "DAILY"]
    }],
    "exercise_level": "4", "implement_nature": "01", "frequency_text": "每年不超过2次", "max_per_year": 2,
    "ratio_floor_bp": 300, "ratio_ceiling_bp": 1000, "result_codes": ["1", "5", "E"], "qualification_required": false,
    "minimum_officers": 2, "documents": ["现场检查笔录"]
})))]
pub struct ElementsBody {
    /// 检查类别: 01 现场, 02 非现场
    #[schema(max_length = 2)]
    pub check_category: Option<String>,
    /// 检查方式 (dictionary check-mode)
    #[schema(max_items = 3, max_length = 1)]
    pub check_modes: Vec<String>,
    /// 是否纳入双随机
    pub double_random: Option<bool>,
    /// 定向或不定向
    pub spot_type: Option<SpotType>,
    /// 是否适合联合检查
    pub joint: Option<bool>,
    /// 协同相关机构
    #[schema(max_items = 20, max_length = 200)]
    pub cooperating_bodies: Vec<String>,
    /// 一般或重点检查事项
    pub item_kind: Option<ItemKind>,
    /// 监管对象类型 (dictionary supervise-object-type)
    #[schema(max_items = 11, max_length = 2)]
    pub object_types: Vec<String>,
    /// 监管对象, in words
    #[schema(max_length = 500)]
    pub targets: Option<String>,
    /// 检查要点, in their order
    #[schema(max_items = 200)]
    pub check_points: Vec<CheckPointBody>,
    /// 行使层级 (dictionary exercise-level)
    #[schema(max_length = 1)]
    pub exercise_level: Option<String>,
    /// 实施主体性质: 01 法定机关, 02 授权组织
    #[schema(max_length = 2)]
    pub implement_nature: Option<String>,
    /// 检查频次, in words
    #[schema(max_length = 500)]
    pub frequency_text: Option<String>,
    /// 每年上限次数
    #[schema(minimum = 0, maximum = 366)]
    pub max_per_year: Option<u32>,
    /// 抽查比例下限, basis points
    #[schema(minimum = 0, maximum = 10000)]
    pub ratio_floor_bp: Option<u32>,
    /// 抽查比例上限, basis points
    #[schema(minimum = 0, maximum = 10000)]
    pub ratio_ceiling_bp: Option<u32>,
    /// 检查结果 (dictionary spot-result)
    #[schema(max_items = 18, max_length = 2)]
    pub result_codes: Vec<String>,
    /// 检查人员是否需要专业资格
    pub qualification_required: Option<bool>,
    /// 专业资格
    #[schema(max_length = 200)]
    pub qualification: Option<String>,
    /// 检查人员最少人数
    #[schema(minimum = 0, maximum = 20)]
    pub minimum_officers: Option<u32>,
    /// 检查文书
    #[schema(max_items = 50, max_length = 200)]
    pub documents: Vec<String>,
}

impl ElementsBody {
    /// The same fields, as the trade knows them.
    pub fn elements(&self) -> Result<Elements> {
        Ok(serde_json::from_value(serde_json::to_value(self)?)?)
    }

    pub fn of(elements: &Elements) -> Result<Self> {
        Ok(serde_json::from_value(serde_json::to_value(elements)?)?)
    }
}
