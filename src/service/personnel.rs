//! 执法人员, their certificates and recusals.

use crate::app::App;
use crate::ctx::new_id;
use crate::domain::access::Reach;
use crate::domain::audit::AuditAction;
use crate::domain::codes::citizen_id::CitizenId;
use crate::domain::personnel::{CertificateAction, CertificateFacts, CertificateStatus, PersonnelStatus, apply};
use crate::domain::refusal::Code;
use crate::domain::text::text;
use crate::error::{AppError, Result};
use crate::input::{nullable, rule};
use crate::persistence::noun::{check_version, insert, replace, touch};
use crate::persistence::tx::{Change, Event, WriteTx};
use crate::persistence::{departments, objects, personnel};
use chrono::NaiveDate;
use entity::personnel::{Entity, Model};
use entity::{certificates, recusals};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 新执法人员
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "李示例", "department_id": "01930000-0000-7000-8000-000000000001", "sex": "1", "staff_type": "01",
    "position": "科员", "qualifications": ["食品"], "is_supervisor": false
})))]
pub struct PersonnelBody {
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub name: String,
    pub department_id: Uuid,
    /// 身份证号: a keyed digest and a masked form are kept, never the number.
    #[schema(pattern = "^[0-9]{17}[0-9Xx]$", write_only)]
    #[serde(default)]
    pub id_number: Option<String>,
    #[schema(pattern = "^[0129]$")]
    #[serde(default)]
    pub sex: Option<String>,
    /// 人员性质 (dictionary law-staff-type)
    #[schema(pattern = "^0[1-5]$")]
    #[serde(default)]
    pub staff_type: Option<String>,
    #[schema(max_length = 100)]
    #[serde(default)]
    pub position: Option<String>,
    /// 专业资格
    #[schema(max_items = 20, max_length = 64, min_length = 1)]
    #[serde(default)]
    pub qualifications: Vec<String>,
    /// 是否执法监督人员; supervisors are not drawn.
    #[serde(default)]
    pub is_supervisor: bool,
}

/// 执法人员的修改
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"position": "副科长"})))]
pub struct PersonnelPatch {
    #[schema(min_length = 1, max_length = 100, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub name: Option<String>,
    #[schema(value_type = Option<String>, max_length = 100)]
    #[serde(default, deserialize_with = "nullable")]
    pub position: Option<Option<String>>,
    #[schema(max_items = 20, max_length = 64, min_length = 1, nullable = false)]
    #[serde(default)]
    pub qualifications: Option<Vec<String>>,
    #[schema(nullable = false)]
    #[serde(default)]
    pub status: Option<PersonnelStatus>,
}

/// 新执法证
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_dates))]
#[schema(examples(json!({
    "certificate_no": "510821990001", "kind": "2", "issuing_authority": "四川省人民政府", "issued_on": "2024-03-01",
    "valid_until": "2030-02-28", "annual_exam_due_on": "2027-03-31"
})))]
pub struct CertificateBody {
    #[schema(min_length = 4, max_length = 100, pattern = "^[0-9A-Za-z-]+$")]
    pub certificate_no: String,
    /// 证件种类 (dictionary certificate-kind)
    #[schema(pattern = "^[1-4]$")]
    pub kind: String,
    #[schema(max_length = 100)]
    #[serde(default)]
    pub issuing_authority: Option<String>,
    #[schema(max_length = 200)]
    #[serde(default)]
    pub enforcement_type: Option<String>,
    #[serde(default)]
    pub issued_on: Option<NaiveDate>,
    pub valid_until: NaiveDate,
    /// 年审截止: the last day on which the annual examination may still be missing.
    #[serde(default)]
    pub annual_exam_due_on: Option<NaiveDate>,
}

/// 回避
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"object_id": "01930000-0000-7000-8000-000000000002", "reason": "近亲属在该企业任职"})))]
pub struct RecusalBody {
    pub object_id: Uuid,
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    pub reason: String,
}

fn check_dates(body: &CertificateBody) -> std::result::Result<(), ValidationError> {
    if body.issued_on.is_some_and(|issued| issued > body.valid_until) {
        return Err(rule("/valid_until", "有效期至早于发证日期。", "The certificate ends before it was issued."));
    }
    Ok(())
}

/// The department must be one the caller may write to.
fn check_reach(tx: &WriteTx, department: Uuid) -> Result<()> {
    let ctx = tx.ctx();
    if ctx.reach == Reach::All || ctx.actor.departments.contains(&department) {
        Ok(())
    } else {
        Err(AppError::no_such("/department_id"))
    }
}

pub async fn create(app: &App, tx: &WriteTx, body: PersonnelBody) -> Result<Change<Model>> {
    departments::get(tx.conn(), body.department_id).await.map_err(|error| error.or_no_such("/department_id"))?;
    check_reach(tx, body.department_id)?;
    let id_number = body.id_number.as_deref().map(CitizenId::parse).transpose().map_err(|_| {
        AppError::invalid_field("/id_number", "CITIZEN_ID", text!("身份证号码有误。", "The ID number is not right."))
    })?;
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        name: body.name,
        department_id: body.department_id,
        id_number_masked: id_number.as_ref().map(CitizenId::masked),
        id_number_digest: id_number.as_ref().map(|id| app.secrets.blind_index(id.reveal())),
        sex: body.sex,
        staff_type: body.staff_type,
        position: body.position,
        qualifications: body.qualifications.into(),
        is_supervisor: body.is_supervisor,
        status: PersonnelStatus::Active.code().to_owned(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await?;
    let event = Event::new(AuditAction::Created, "personnel", saved.id).department(saved.department_id).after(&saved);
    Ok(Change::new(saved, event))
}

pub async fn update(tx: &WriteTx, id: Uuid, version: i32, change: PersonnelPatch) -> Result<Change<Model>> {
    let before = personnel::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let mut after = before.clone();
    after.name = change.name.unwrap_or(after.name);
    after.position = change.position.unwrap_or(after.position);
    if let Some(qualifications) = change.qualifications {
        after.qualifications = qualifications.into();
    }
    if let Some(status) = change.status {
        status.code().clone_into(&mut after.status);
    }
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event =
        Event::new(AuditAction::Updated, "personnel", id).department(saved.department_id).before(&before).after(&saved);
    Ok(Change::new(saved, event))
}

pub async fn add_certificate(
    tx: &WriteTx,
    officer: Uuid,
    body: CertificateBody,
) -> Result<Change<certificates::Model>> {
    let officer = personnel::get(tx.conn(), tx.ctx(), officer).await?;
    let now = tx.ctx().now;
    let model = certificates::Model {
        id: new_id(),
        personnel_id: officer.id,
        certificate_no: body.certificate_no,
        kind: body.kind,
        issuing_authority: body.issuing_authority,
        enforcement_type: body.enforcement_type,
        issued_on: body.issued_on,
        valid_until: body.valid_until,
        annual_exam_due_on: body.annual_exam_due_on,
        status: CertificateStatus::Active.code().to_owned(),
        suspended_until: None,
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await?;
    touch::<Entity>(tx, officer.id).await?;
    let event =
        Event::new(AuditAction::Created, "certificates", saved.id).department(officer.department_id).after(&saved);
    Ok(Change::new(saved, event))
}

pub async fn act_on_certificate(
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: CertificateAction,
    reason: &str,
) -> Result<Change<certificates::Model>> {
    let before = personnel::certificate(tx.conn(), id).await?;
    let officer = personnel::get(tx.conn(), tx.ctx(), before.personnel_id).await?;
    check_version::<certificates::Entity>(&before, version)?;
    let status = apply(CertificateStatus::of(&before.status)?, action)?;
    let mut after = before.clone();
    status.code().clone_into(&mut after.status);
    after.reason = Some(reason.to_owned());
    let saved = replace::<certificates::Entity>(tx, &before, after).await?;
    touch::<Entity>(tx, officer.id).await?;
    let audit = match action {
        CertificateAction::Suspend => AuditAction::Suspended,
        CertificateAction::Resume => AuditAction::Resumed,
        CertificateAction::Revoke => AuditAction::Revoked,
        CertificateAction::Cancel => AuditAction::Cancelled,
    };
    let event = Event::new(audit, "certificates", id)
        .department(officer.department_id)
        .reason(reason.to_owned())
        .before(&before)
        .after(&saved);
    Ok(Change::new(saved, event))
}

pub async fn declare_recusal(tx: &WriteTx, officer: Uuid, body: RecusalBody) -> Result<Change<recusals::Model>> {
    let officer = personnel::get(tx.conn(), tx.ctx(), officer).await?;
    let known = objects::by_ids(tx.conn(), vec![body.object_id]).await?;
    if !known.contains_key(&body.object_id) {
        return Err(AppError::no_such("/object_id"));
    }
    let declared = personnel::recusals_of(tx.conn(), vec![officer.id]).await?;
    if declared.iter().any(|recusal| recusal.object_id == body.object_id) {
        return Err(AppError::new(
            Code::RecusalExists,
            text!("该人员与该对象的回避关系已登记。", "This recusal is already declared."),
        ));
    }
    let model = recusals::Model {
        id: new_id(),
        personnel_id: officer.id,
        object_id: body.object_id,
        reason: body.reason,
        created_by: tx.ctx().actor.id,
        created_at: tx.ctx().now,
    };
    let saved = insert(tx, model).await?;
    let event = Event::new(AuditAction::Created, "recusals", saved.id).department(officer.department_id).after(&saved);
    Ok(Change::new(saved, event))
}

/// What the domain needs to know of a certificate.
pub fn facts(certificate: &certificates::Model) -> Result<CertificateFacts> {
    Ok(CertificateFacts {
        status: CertificateStatus::of(&certificate.status)?,
        valid_until: certificate.valid_until,
        annual_exam_due_on: certificate.annual_exam_due_on,
    })
}
