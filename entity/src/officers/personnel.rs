//! 执法人员 officers and supervisors.

use domain::kernel::stored::Stored;
use domain::officers::personnel::PersonnelStatus;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "personnel")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub department_id: Uuid,
    pub unit: Option<String>,
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub id_number: Option<String>,
    pub id_number_masked: Option<String>,
    #[serde(skip)]
    pub id_number_digest: Option<String>,
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub phone: Option<String>,
    pub phone_masked: Option<String>,
    #[sea_orm(column_type = "Text")]
    #[serde(skip)]
    pub address: Option<String>,
    #[serde(skip)]
    pub address_digest: Option<String>,
    pub sex: Option<String>,
    pub staff_type: Option<String>,
    pub political_status: Option<String>,
    pub rank: Option<String>,
    pub nation: Option<String>,
    pub highest_education: Option<String>,
    pub academic_qualifications: Option<String>,
    pub has_legal_qualification: bool,
    pub is_expert: bool,
    pub position: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub qualifications: Stored<Vec<String>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub spot_check_item_codes: Stored<Vec<String>>,
    pub is_supervisor: bool,
    pub status: PersonnelStatus,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
