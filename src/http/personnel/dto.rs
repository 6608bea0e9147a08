//! Views of officers, certificates and recusals.

use crate::domain::personnel::{CertificateAction, CertificateStatus, PersonnelStatus, next};
use crate::http::reply::{View, versioned};
use crate::http::view::view;
use chrono::{DateTime, NaiveDate, Utc};
use entity::{certificates, personnel};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 执法人员
#[derive(Serialize, ToSchema)]
pub struct PersonnelView {
    pub id: Uuid,
    pub name: String,
    pub department_id: Uuid,
    /// 身份证号（掩码）
    #[schema(required, example = "510821********0013")]
    pub id_number_masked: Option<String>,
    #[schema(required)]
    pub sex: Option<String>,
    #[schema(required)]
    pub staff_type: Option<String>,
    #[schema(required)]
    pub position: Option<String>,
    pub qualifications: Vec<String>,
    pub is_supervisor: bool,
    #[schema(value_type = PersonnelStatus)]
    pub status: String,
    pub certificates: Vec<CertificateView>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(PersonnelView);

impl PersonnelView {
    pub fn of(officer: personnel::Model, certificates: Vec<certificates::Model>) -> Self {
        Self {
            id: officer.id,
            name: officer.name,
            department_id: officer.department_id,
            id_number_masked: officer.id_number_masked,
            sex: officer.sex,
            staff_type: officer.staff_type,
            position: officer.position,
            qualifications: serde_json::from_value(officer.qualifications).unwrap_or_default(),
            is_supervisor: officer.is_supervisor,
            status: officer.status,
            certificates: certificates.into_iter().map(Into::into).collect(),
            version: officer.version,
            created_at: officer.created_at,
            updated_at: officer.updated_at,
        }
    }
}

/// 执法证
#[derive(Serialize, ToSchema)]
pub struct CertificateView {
    pub id: Uuid,
    pub personnel_id: Uuid,
    pub certificate_no: String,
    /// dictionary certificate-kind
    pub kind: String,
    #[schema(required)]
    pub issuing_authority: Option<String>,
    #[schema(required)]
    pub enforcement_type: Option<String>,
    #[schema(required)]
    pub issued_on: Option<NaiveDate>,
    pub valid_until: NaiveDate,
    #[schema(required)]
    pub annual_exam_due_on: Option<NaiveDate>,
    #[schema(value_type = CertificateStatus)]
    pub status: String,
    /// 最近一次暂扣、恢复、吊销或注销的理由
    #[schema(required)]
    pub reason: Option<String>,
    /// What the certificate's state allows, for those who may.
    pub allowed_actions: Vec<&'static str>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(CertificateView);

impl From<certificates::Model> for CertificateView {
    fn from(model: certificates::Model) -> Self {
        let status = CertificateStatus::of(&model.status).ok();
        let allowed = CertificateAction::ALL
            .iter()
            .filter(|action| status.is_some_and(|status| next(status, **action).is_some()))
            .map(|action| action.code());
        Self {
            id: model.id,
            personnel_id: model.personnel_id,
            certificate_no: model.certificate_no,
            kind: model.kind,
            issuing_authority: model.issuing_authority,
            enforcement_type: model.enforcement_type,
            issued_on: model.issued_on,
            valid_until: model.valid_until,
            annual_exam_due_on: model.annual_exam_due_on,
            allowed_actions: allowed.collect(),
            status: model.status,
            reason: model.reason,
            version: model.version,
            created_at: model.created_at,
            updated_at: model.updated_at,
        }
    }
}

view! {
    /// 回避
    pub struct RecusalView of entity::recusals::Model {
        id: Uuid,
        personnel_id: Uuid,
        object_id: Uuid,
        reason: String,
        created_by: Uuid,
        created_at: DateTime<Utc>,
    }
}

impl View for RecusalView {
    fn id(&self) -> Option<Uuid> {
        Some(self.id)
    }
}

/// 回避关系
#[derive(Serialize, ToSchema)]
pub struct RecusalsView {
    pub items: Vec<RecusalView>,
}

impl View for RecusalsView {}
