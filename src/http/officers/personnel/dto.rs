//! Views of officers, certificates and recusals.

use crate::http::kernel::reply::{View, versioned};
use crate::http::kernel::view::view;
use crate::kernel::error::{AppError, Result};
use chrono::{DateTime, NaiveDate, Utc};
use domain::officers::certificates::{CertificateAction, CertificateStatus, next};
use domain::officers::personnel::PersonnelStatus;
use domain::officers::recusals::RecusalKind;
use entity::officers::{certificates, personnel};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// 执法人员
#[derive(Serialize, ToSchema)]
pub struct PersonnelView {
    pub id: Uuid,
    pub name: String,
    pub department_id: Uuid,
    /// 身份证号（掩码）
    #[schema(required, example = "5108************13")]
    pub id_number_masked: Option<String>,
    /// 联系电话（掩码）
    #[schema(required, example = "138****5678")]
    pub phone_masked: Option<String>,
    /// 单位
    #[schema(required)]
    pub unit: Option<String>,
    #[schema(required)]
    pub sex: Option<String>,
    #[schema(required)]
    pub staff_type: Option<String>,
    /// 政治面貌
    #[schema(required)]
    pub political_status: Option<String>,
    /// 职级
    #[schema(required)]
    pub rank: Option<String>,
    /// 民族
    #[schema(required)]
    pub nation: Option<String>,
    /// 最高学历
    #[schema(required)]
    pub highest_education: Option<String>,
    /// 学历专业
    #[schema(required)]
    pub academic_qualifications: Option<String>,
    pub has_legal_qualification: bool,
    pub is_expert: bool,
    #[schema(required)]
    pub position: Option<String>,
    pub qualifications: Vec<String>,
    /// 执法事项清单范围
    pub spot_check_item_codes: Vec<String>,
    pub is_supervisor: bool,
    pub status: PersonnelStatus,
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
            phone_masked: officer.phone_masked,
            unit: officer.unit,
            sex: officer.sex,
            staff_type: officer.staff_type,
            political_status: officer.political_status,
            rank: officer.rank,
            nation: officer.nation,
            highest_education: officer.highest_education,
            academic_qualifications: officer.academic_qualifications,
            has_legal_qualification: officer.has_legal_qualification,
            is_expert: officer.is_expert,
            position: officer.position,
            qualifications: officer.qualifications.0,
            spot_check_item_codes: officer.spot_check_item_codes.0,
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
    /// null until the certificate is issued
    #[schema(required)]
    pub certificate_no: Option<String>,
    /// dictionary certificate-kind
    pub kind: String,
    #[schema(required)]
    pub issuing_authority: Option<String>,
    /// 执法区域
    #[schema(required)]
    pub enforcement_area: Option<String>,
    #[schema(required)]
    pub enforcement_type: Option<String>,
    #[schema(required)]
    pub issued_on: Option<NaiveDate>,
    #[schema(required)]
    pub valid_until: Option<NaiveDate>,
    #[schema(required)]
    pub annual_exam_due_on: Option<NaiveDate>,
    pub status: CertificateStatus,
    /// 暂扣的最后一天
    #[schema(required)]
    pub suspended_until: Option<NaiveDate>,
    /// 所补发的原证件
    #[schema(required)]
    pub replaces_id: Option<Uuid>,
    /// 最近一次操作的理由或年审意见
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
        let allowed = CertificateAction::ALL
            .iter()
            .filter(|action| action.permission().is_some())
            .filter(|action| next(model.status, **action).is_some())
            .map(|action| action.code());
        Self {
            id: model.id,
            personnel_id: model.personnel_id,
            certificate_no: model.certificate_no,
            kind: model.kind,
            issuing_authority: model.issuing_authority,
            enforcement_area: model.enforcement_area,
            enforcement_type: model.enforcement_type,
            issued_on: model.issued_on,
            valid_until: model.valid_until,
            annual_exam_due_on: model.annual_exam_due_on,
            allowed_actions: allowed.collect(),
            status: model.status,
            suspended_until: model.suspended_until,
            replaces_id: model.replaces_id,
            reason: model.reason,
            version: model.version,
            created_at: model.created_at,
            updated_at: model.updated_at,
        }
    }
}

view! {
    /// 回避
    pub struct RecusalView of entity::officers::recusals::Model {
        id: Uuid,
        personnel_id: Uuid,
        object_id: Uuid,
        kind: RecusalKind,
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

/// 推算的回避
#[derive(Serialize, ToSchema)]
pub struct ComputedRecusalView {
    pub object_id: Uuid,
    pub kind: RecusalKind,
}

/// 回避关系
#[derive(Serialize, ToSchema)]
pub struct RecusalsView {
    pub items: Vec<RecusalView>,
    /// What the records show today; it is computed anew when a pool is frozen.
    pub computed: Vec<ComputedRecusalView>,
    /// 因住址推算的回避数: which objects they are would tell where the officer lives.
    pub by_address: u64,
}

impl View for RecusalsView {}

impl RecusalsView {
    pub fn of(declared: Vec<entity::officers::recusals::Model>, pairs: BTreeSet<(Uuid, Uuid, RecusalKind)>) -> Self {
        let by_address = pairs.iter().filter(|(_, _, kind)| *kind == RecusalKind::SameAddress).count() as u64;
        let hidden = [RecusalKind::Declared, RecusalKind::SameAddress];
        let computed = pairs.into_iter().filter(|(_, _, kind)| !hidden.contains(kind));
        Self {
            by_address,
            items: declared.into_iter().map(RecusalView::from).collect(),
            computed: computed.map(|(_, object_id, kind)| ComputedRecusalView { object_id, kind }).collect(),
        }
    }
}

/// 执法证与持证人
#[derive(Serialize, ToSchema)]
pub struct HeldCertificateView {
    pub id: Uuid,
    pub personnel_id: Uuid,
    /// 持证人姓名
    pub personnel_name: String,
    pub department_id: Uuid,
    /// null until the certificate is issued
    #[schema(required)]
    pub certificate_no: Option<String>,
    /// dictionary certificate-kind
    pub kind: String,
    pub status: CertificateStatus,
    #[schema(required)]
    pub issued_on: Option<NaiveDate>,
    #[schema(required)]
    pub valid_until: Option<NaiveDate>,
    #[schema(required)]
    pub annual_exam_due_on: Option<NaiveDate>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl HeldCertificateView {
    pub fn of(certificate: certificates::Model, holders: &BTreeMap<Uuid, personnel::Model>) -> Result<Self> {
        let holder = holders.get(&certificate.personnel_id);
        let holder = holder.ok_or_else(|| AppError::internal("a certificate without its officer"))?;
        Ok(Self {
            id: certificate.id,
            personnel_id: holder.id,
            personnel_name: holder.name.clone(),
            department_id: holder.department_id,
            certificate_no: certificate.certificate_no,
            kind: certificate.kind,
            status: certificate.status,
            issued_on: certificate.issued_on,
            valid_until: certificate.valid_until,
            annual_exam_due_on: certificate.annual_exam_due_on,
            version: certificate.version,
            created_at: certificate.created_at,
            updated_at: certificate.updated_at,
        })
    }
}

impl View for HeldCertificateView {}
