//! What an issued task is received with, and what its steps take.

use crate::kernel::input::rule;
use crate::service::inspections::InspectOfficerBody;
use chrono::NaiveDate;
use domain::inspections::grounds::ExemptGround;
use domain::inspections::issued_tasks::{Feedback, IssueLevel};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 国家、省、市下发任务
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "code": "GJLHJG2026000123", "name": "道路运输企业联合监管", "level": "NATIONAL", "issuer": "交通运输部",
    "content": "核查危险货物运输企业资质、车辆和人员", "due_on": "2027-03-31",
    "objects": [{"name": "旺苍县某运输有限公司", "uscc": "91510821MA00000017"}]
})))]
pub struct IssuedTaskBody {
    /// 任务编号 of the level that issued it; one of its own in the county.
    #[schema(min_length = 2, max_length = 100, pattern = "^[A-Za-z0-9][A-Za-z0-9_-]*$")]
    pub code: String,
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub name: String,
    pub level: IssueLevel,
    /// 发起单位
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    pub issuer: String,
    /// 监管事项目录编码
    #[schema(min_length = 1, max_length = 50, pattern = "^[A-Za-z0-9]+$")]
    #[serde(default)]
    pub matter_code: Option<String>,
    /// 检查主要内容
    #[schema(min_length = 1, max_length = 4000, pattern = "\\S")]
    pub content: String,
    /// 检查要求
    #[schema(min_length = 1, max_length = 4000, pattern = "\\S")]
    #[serde(default)]
    pub requirements: Option<String>,
    /// 接收单位; one's own where it is left out. A partner system names it.
    #[serde(default)]
    pub department_id: Option<Uuid>,
    /// 收到日期, where it came before it was entered; today where it is left out, and no later.
    #[serde(default)]
    pub received_on: Option<NaiveDate>,
    /// 办理期限
    pub due_on: NaiveDate,
    /// 监管对象
    #[schema(max_items = 500)]
    #[serde(default)]
    pub objects: Vec<IssuedObjectBody>,
}

/// 下发任务的监管对象: found in the register by its code, else by its whole name
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct IssuedObjectBody {
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    pub name: String,
    /// 统一社会信用代码
    #[schema(pattern = "^[0-9A-HJ-NP-RT-UW-Y]{18}$")]
    #[serde(default)]
    pub uscc: Option<String>,
}

/// 下发给部门
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_parts))]
#[schema(examples(json!({"parts": [{"department_id": "01930000-0000-7000-8000-000000000001"}]})))]
pub struct IssueToPartsBody {
    #[schema(min_items = 1, max_items = 20)]
    pub parts: Vec<IssuePartBody>,
}

/// 部门任务
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct IssuePartBody {
    pub department_id: Uuid,
    /// 提交期限; some working days before the task is due where it is left out, and no later than it.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
}

fn check_parts(body: &IssueToPartsBody) -> Result<(), ValidationError> {
    let departments: BTreeSet<_> = body.parts.iter().map(|part| part.department_id).collect();
    if departments.len() != body.parts.len() {
        return Err(rule("/parts", "部门重复。", "A department is named twice."));
    }
    Ok(())
}

/// 核对
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"uninspected_reason": "企业已注销，无法检查"})))]
pub struct CheckIssuedBody {
    /// 未检查的理由: where an object of the task has no inspection with an approved result.
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub uninspected_reason: Option<String>,
}

/// 上报
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"report_no": "旺市监报〔2026〕8号"})))]
pub struct ReportBody {
    /// 上报文号 or 回执号
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    #[serde(default)]
    pub report_no: Option<String>,
}

/// 开展检查: for one of the task's objects
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "object_position": 1, "item_ids": ["01930000-0000-7000-8000-000000000003"],
    "officers": [
        {"personnel_id": "01930000-0000-7000-8000-000000000004", "is_leader": true},
        {"personnel_id": "01930000-0000-7000-8000-000000000005", "is_leader": false}
    ]
})))]
pub struct InspectIssuedBody {
    /// 监管对象在任务中的序号, counted from 1
    #[schema(minimum = 1, maximum = 500)]
    pub object_position: u32,
    /// The register's object, where the task's was not found in it.
    #[serde(default)]
    pub object_id: Option<Uuid>,
    #[schema(min_items = 1, max_items = 20)]
    pub item_ids: Vec<Uuid>,
    #[schema(min_items = 2, max_items = 10)]
    pub officers: Vec<InspectOfficerBody>,
    /// 不受频次上限限制的情形
    #[serde(default)]
    pub exempt_ground: Option<ExemptGround>,
}

/// 提交部门任务
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"summary": "已检查 3 户，均未发现问题", "feedback": []})))]
pub struct SubmitPartBody {
    /// 办理情况
    #[schema(min_length = 2, max_length = 4000, pattern = "\\S.*\\S")]
    pub summary: String,
    /// 处罚、强制和其他监管行为; inspections that were made for it are known.
    #[schema(max_items = 200)]
    #[serde(default)]
    pub feedback: Vec<Feedback>,
}
