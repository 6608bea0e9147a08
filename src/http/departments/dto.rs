//! Bodies and views of departments.

use crate::http::extract::patch;
use crate::http::reply::versioned;
use crate::service::departments::{DepartmentChange, NewDepartment};
use chrono::{DateTime, Utc};
use entity::departments::Model;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 部门
#[derive(Serialize, ToSchema)]
pub struct DepartmentView {
    pub id: Uuid,
    /// 部门编码: area code and serial.
    #[schema(example = "51082103")]
    pub code: String,
    pub name: String,
    pub short_name: String,
    /// GOVERNMENT_OFFICE, APPROVAL_BUREAU, MARKET_REGULATION, JUSTICE, DEPARTMENT or TOWNSHIP.
    pub kind: String,
    #[schema(required)]
    pub uscc: Option<String>,
    pub region_code: String,
    #[schema(required)]
    pub parent_id: Option<Uuid>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(DepartmentView);

impl From<Model> for DepartmentView {
    fn from(model: Model) -> Self {
        Self {
            id: model.id,
            code: model.code,
            name: model.name,
            short_name: model.short_name,
            kind: model.kind,
            uscc: model.uscc,
            region_code: model.region_code,
            parent_id: model.parent_id,
            version: model.version,
            created_at: model.created_at,
            updated_at: model.updated_at,
        }
    }
}

/// 新部门
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"code": "51082199", "name": "旺苍县示例局", "short_name": "示例局", "kind": "DEPARTMENT", "region_code": "510821"})))]
pub struct DepartmentBody {
    #[schema(pattern = "^[0-9]{8,12}$")]
    pub code: String,
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub name: String,
    #[schema(min_length = 1, max_length = 60, pattern = "\\S")]
    pub short_name: String,
    #[schema(pattern = "^(GOVERNMENT_OFFICE|APPROVAL_BUREAU|MARKET_REGULATION|JUSTICE|DEPARTMENT|TOWNSHIP)$")]
    pub kind: String,
    #[schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    #[serde(default)]
    pub uscc: Option<String>,
    #[schema(pattern = "^[0-9]{6}([0-9]{3})?$")]
    pub region_code: String,
    #[serde(default)]
    pub parent_id: Option<Uuid>,
}

impl From<DepartmentBody> for NewDepartment {
    fn from(body: DepartmentBody) -> Self {
        Self {
            code: body.code,
            name: body.name,
            short_name: body.short_name,
            kind: body.kind,
            uscc: body.uscc,
            region_code: body.region_code,
            parent_id: body.parent_id,
        }
    }
}

/// 部门的修改
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"short_name": "示范局"})))]
pub struct DepartmentPatch {
    #[schema(min_length = 1, max_length = 200, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub name: Option<String>,
    #[schema(min_length = 1, max_length = 60, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub short_name: Option<String>,
    #[schema(value_type = Option<String>, pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    #[serde(default, deserialize_with = "patch::nullable")]
    pub uscc: Option<Option<String>>,
}

impl From<DepartmentPatch> for DepartmentChange {
    fn from(body: DepartmentPatch) -> Self {
        Self { name: body.name, short_name: body.short_name, uscc: body.uscc }
    }
}
