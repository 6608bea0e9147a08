//! 监管对象 the register.

use domain::credit::CreditClass;
use domain::kernel::stored::Stored;
use domain::register::objects::RegistrationStatus;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "objects")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[serde(skip)]
    pub identity_key: String,
    pub uscc: Option<String>,
    pub uscc_valid: bool,
    pub registration_no: Option<String>,
    pub name: String,
    pub object_type: String,
    pub cert_type: Option<String>,
    pub cert_no: Option<String>,
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub cert_number: Option<String>,
    #[serde(skip)]
    pub cert_digest: Option<String>,
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub personal_address: Option<String>,
    pub region_code: String,
    pub township_code: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub registered_address: Option<String>,
    #[serde(skip)]
    pub address_digest: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub business_address: Option<String>,
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub phone: Option<String>,
    pub phone_masked: Option<String>,
    pub industry_code: Option<String>,
    pub enterprise_type: Option<String>,
    pub legal_representative: Option<String>,
    pub registered_capital_fen: Option<i64>,
    pub registered_capital_text: Option<String>,
    pub established_on: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub business_scope: Option<String>,
    pub registration_status: RegistrationStatus,
    pub registration_authority: Option<String>,
    pub key_supervision: Option<bool>,
    pub local_class: CreditClass,
    pub local_class_batch: Option<String>,
    pub local_class_batch_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary")]
    pub tags: Stored<Vec<String>>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
