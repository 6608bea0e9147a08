//! Views of supervised objects.

use crate::http::kernel::reply::{View, versioned};
use crate::kernel::ctx::Ctx;
use crate::service::register::objects::ObjectFinding;
use chrono::{DateTime, NaiveDate, Utc};
use domain::credit::CreditClass;
use domain::intake::imports::{Dimension, Severity};
use domain::register::objects::RegistrationStatus;
use entity::register::objects::Model;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 监管对象
#[derive(Serialize, ToSchema)]
pub struct ObjectView {
    pub id: Uuid,
    #[schema(required)]
    pub uscc: Option<String>,
    /// 统一社会信用代码校验位是否相符
    pub uscc_valid: bool,
    pub name: String,
    /// 监管对象类型 (dictionary supervise-object-type)
    #[schema(example = "1")]
    pub object_type: String,
    #[schema(required)]
    pub cert_type: Option<String>,
    #[schema(required)]
    pub cert_no: Option<String>,
    #[schema(example = "510821")]
    pub region_code: String,
    #[schema(required, example = "510821100")]
    pub township_code: Option<String>,
    /// 注册号: 15 digits, of before 2015
    #[schema(required)]
    pub registration_no: Option<String>,
    #[schema(required)]
    pub registered_address: Option<String>,
    /// 经营地址
    #[schema(required)]
    pub business_address: Option<String>,
    /// 联系电话, masked
    #[schema(required)]
    pub phone_masked: Option<String>,
    /// GB/T 4754
    #[schema(required)]
    pub industry_code: Option<String>,
    #[schema(required)]
    pub enterprise_type: Option<String>,
    #[schema(required)]
    pub legal_representative: Option<String>,
    /// 注册资本, fen
    #[schema(required)]
    pub registered_capital_fen: Option<i64>,
    /// 注册资本原文
    #[schema(required)]
    pub registered_capital_text: Option<String>,
    #[schema(required)]
    pub established_on: Option<NaiveDate>,
    #[schema(required)]
    pub business_scope: Option<String>,
    pub registration_status: RegistrationStatus,
    /// 登记机关
    #[schema(required)]
    pub registration_authority: Option<String>,
    /// 是否重点监管; null where nobody said
    #[schema(required)]
    pub key_supervision: Option<bool>,
    /// 本地信用类别, for internal use only.
    /// null for those who may not read credit classes.
    #[schema(required)]
    pub local_class: Option<CreditClass>,
    /// 信用批次, yyyyMM
    #[schema(required)]
    pub local_class_batch: Option<String>,
    pub tags: Vec<String>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(ObjectView);

impl ObjectView {
    pub fn of(ctx: &Ctx, object: Model) -> Self {
        let shown = ctx.actor.sees_class();
        Self {
            id: object.id,
            uscc: object.uscc,
            uscc_valid: object.uscc_valid,
            name: object.name,
            object_type: object.object_type,
            cert_type: object.cert_type,
            cert_no: object.cert_no,
            region_code: object.region_code,
            township_code: object.township_code,
            registration_no: object.registration_no,
            registered_address: object.registered_address,
            business_address: object.business_address,
            phone_masked: object.phone_masked,
            industry_code: object.industry_code,
            enterprise_type: object.enterprise_type,
            legal_representative: object.legal_representative,
            registered_capital_fen: object.registered_capital_fen,
            registered_capital_text: object.registered_capital_text,
            established_on: object.established_on,
            business_scope: object.business_scope,
            registration_status: object.registration_status,
            registration_authority: object.registration_authority,
            key_supervision: object.key_supervision,
            local_class: Some(object.local_class).filter(|_| shown),
            local_class_batch: object.local_class_batch.filter(|_| shown),
            tags: object.tags.0,
            version: object.version,
            created_at: object.created_at,
            updated_at: object.updated_at,
        }
    }
}

/// 监管对象的质量问题
#[derive(Serialize, ToSchema)]
pub struct ObjectFindingView {
    /// 字段
    #[schema(example = "统一社会信用代码")]
    pub field: String,
    #[schema(example = "POSSIBLE_DUPLICATE")]
    pub rule: &'static str,
    pub dimension: Dimension,
    /// ERROR 应予更正，WARNING 请核对
    pub severity: Severity,
    pub message_zh: String,
    pub message_en: String,
    /// 可能是同一主体的另一对象
    #[schema(required)]
    pub other_id: Option<Uuid>,
}

impl From<ObjectFinding> for ObjectFindingView {
    fn from(found: ObjectFinding) -> Self {
        let ObjectFinding { finding, other_id } = found;
        Self {
            field: finding.field.into_owned(),
            rule: finding.rule,
            dimension: finding.dimension,
            severity: finding.severity,
            message_zh: finding.message.zh,
            message_en: finding.message.en,
            other_id,
        }
    }
}

/// 监管对象的全部质量问题
#[derive(Serialize, ToSchema)]
pub struct ObjectFindingsView {
    pub items: Vec<ObjectFindingView>,
}

impl View for ObjectFindingsView {}
