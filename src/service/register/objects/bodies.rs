//! What is sent to register an object.

use crate::kernel::input::{nullable, rule};
use chrono::NaiveDate;
use domain::kernel::codes::citizen_id::CitizenId;
use domain::kernel::codes::uscc::Uscc;
use domain::register::objects::RegistrationStatus;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

/// 新监管对象
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_identity))]
#[schema(examples(json!({
    "name": "旺苍县示例食品有限责任公司", "object_type": "1", "uscc": "91510821MA6000016U", "region_code": "510821",
    "township_code": "510821100", "registered_address": "旺苍县东河镇新华街1号", "industry_code": "H6210",
    "registered_capital_fen": 50000000, "established_on": "2019-05-20", "tags": ["餐饮服务"]
})))]
pub struct ObjectBody {
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    pub name: String,
    /// 监管对象类型 (dictionary supervise-object-type)
    #[schema(pattern = "^([1-9]|1[01])$")]
    pub object_type: String,
    /// 统一社会信用代码; one whose check character fails is kept and marked.
    #[schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$")]
    #[serde(default)]
    pub uscc: Option<String>,
    /// 证件类型（国家代码）; numbers of personal certificates are kept sealed and shown masked.
    #[schema(pattern = "^[0-9]{3}$")]
    #[serde(default)]
    pub cert_type: Option<String>,
    #[schema(min_length = 1, max_length = 64, pattern = "\\S")]
    #[serde(default)]
    pub cert_no: Option<String>,
    #[schema(pattern = "^[0-9]{6}$")]
    pub region_code: String,
    #[schema(pattern = "^[0-9]{9}$")]
    #[serde(default)]
    pub township_code: Option<String>,
    /// 注册号: 15 digits, of before 2015
    #[schema(pattern = "^[0-9]{15}$")]
    #[serde(default)]
    pub registration_no: Option<String>,
    #[schema(max_length = 600)]
    #[serde(default)]
    pub registered_address: Option<String>,
    /// 经营地址
    #[schema(max_length = 600)]
    #[serde(default)]
    pub business_address: Option<String>,
    /// 联系电话: kept sealed, shown masked.
    #[schema(pattern = "^[0-9+ -]{5,20}$", write_only)]
    #[serde(default)]
    pub phone: Option<String>,
    /// 登记机关
    #[schema(max_length = 200)]
    #[serde(default)]
    pub registration_authority: Option<String>,
    /// 是否重点监管
    #[serde(default)]
    pub key_supervision: Option<bool>,
    /// GB/T 4754
    #[schema(pattern = "^[A-T][0-9]{0,4}$")]
    #[serde(default)]
    pub industry_code: Option<String>,
    #[schema(max_length = 100)]
    #[serde(default)]
    pub enterprise_type: Option<String>,
    #[schema(max_length = 100)]
    #[serde(default)]
    pub legal_representative: Option<String>,
    /// 注册资本, fen
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    #[serde(default)]
    pub registered_capital_fen: Option<i64>,
    #[serde(default)]
    pub established_on: Option<NaiveDate>,
    #[schema(max_length = 3000)]
    #[serde(default)]
    pub business_scope: Option<String>,
    #[schema(max_items = 50, max_length = 64, min_length = 1, pattern = "\\S")]
    #[serde(default)]
    pub tags: Vec<String>,
}

/// 监管对象的修改; what identifies the object does not change.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"registered_address": "旺苍县东河镇新华街2号", "tags": ["餐饮服务", "食品经营"]})))]
pub struct ObjectPatch {
    #[schema(min_length = 1, max_length = 300, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub name: Option<String>,
    #[schema(pattern = "^[0-9]{6}$", nullable = false)]
    #[serde(default)]
    pub region_code: Option<String>,
    #[schema(value_type = Option<String>, pattern = "^[0-9]{9}$")]
    #[serde(default, deserialize_with = "nullable")]
    pub township_code: Option<Option<String>>,
    #[schema(value_type = Option<String>, max_length = 600)]
    #[serde(default, deserialize_with = "nullable")]
    pub registered_address: Option<Option<String>>,
    #[schema(value_type = Option<String>, pattern = "^[A-T][0-9]{0,4}$")]
    #[serde(default, deserialize_with = "nullable")]
    pub industry_code: Option<Option<String>>,
    #[schema(value_type = Option<String>, max_length = 3000)]
    #[serde(default, deserialize_with = "nullable")]
    pub business_scope: Option<Option<String>>,
    /// 经营地址
    #[schema(value_type = Option<String>, max_length = 600)]
    #[serde(default, deserialize_with = "nullable")]
    pub business_address: Option<Option<String>>,
    /// 联系电话: kept sealed, shown masked.
    #[schema(value_type = Option<String>, pattern = "^[0-9+ -]{5,20}$", write_only)]
    #[serde(default, deserialize_with = "nullable")]
    pub phone: Option<Option<String>>,
    /// 是否重点监管
    #[schema(nullable = false)]
    #[serde(default)]
    pub key_supervision: Option<bool>,
    #[schema(nullable = false)]
    #[serde(default)]
    pub registration_status: Option<RegistrationStatus>,
    #[schema(max_items = 50, max_length = 64, min_length = 1, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub tags: Option<Vec<String>>,
}

fn check_identity(body: &ObjectBody) -> std::result::Result<(), ValidationError> {
    let personal = |code: &String| Uscc::parse(code).is_err() && CitizenId::parse(code).is_ok();
    if body.uscc.as_ref().is_some_and(personal) {
        return Err(rule(
            "/uscc",
            "这是身份证号；请填写证件类型和证件号码。",
            "This is a person's ID number: send it as certificate type and number.",
        ));
    }
    if body.uscc.as_ref().is_some_and(|code| !Uscc::identifies(code)) {
        return Err(rule(
            "/uscc",
            "前两位不是登记管理部门和机构类别（GB 32100），或为占位，不能作为统一社会信用代码。",
            "Its first two signs name no registering department (GB 32100), or it is a placeholder: this is no USCC.",
        ));
    }
    if body.cert_type.is_some() != body.cert_no.is_some() {
        return Err(rule("/cert_no", "证件类型与证件号码应同时填写。", "Certificate type and number go together."));
    }
    Ok(())
}
