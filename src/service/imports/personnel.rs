//! Rows of a list of officers become officers with their certificates.

use super::{Context, Numbered, Outcome};
use crate::ctx::new_id;
use crate::domain::audit::AuditAction;
use crate::domain::imports::personnel::PersonnelRow;
use crate::domain::imports::{Dimension, Finding};
use crate::domain::personnel::{CertificateStatus, PersonnelStatus};
use crate::domain::text::text;
use crate::error::Result;
use crate::persistence::errors::AppResult;
use crate::persistence::noun::replace;
use crate::persistence::personnel;
use crate::persistence::tx::{Event, WriteTx};
use entity::certificates;
use entity::personnel::{Entity, Model};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use uuid::Uuid;

pub async fn apply(
    tx: &WriteTx,
    context: &Context,
    mut outcome: Outcome,
    rows: &[Numbered<&PersonnelRow>],
) -> Result<Outcome> {
    let numbers = rows.iter().map(|row| row.row.certificate_no.clone()).collect();
    let mut known = personnel::by_certificate_no(tx.conn(), numbers).await?;
    for Numbered { row_no, row } in rows {
        let Some(department) = context.departments.get(&row.department_code).copied() else {
            let message = text!("部门编码不存在，请先建立该部门。", "There is no such department; create it first.");
            let finding = Finding::error("部门编码", "UNKNOWN_DEPARTMENT", &row.department_code, message);
            outcome.refuse(*row_no, finding.of(Dimension::Linkage));
            continue;
        };
        let saved = match known.remove(&row.certificate_no) {
            Some((certificate, officer)) => {
                update(tx, context, &mut outcome, row, department, certificate, officer).await?
            }
            None => create(tx, context, &mut outcome, row, department).await?,
        };
        known.insert(row.certificate_no.clone(), saved);
    }
    Ok(outcome)
}

type Pair = (certificates::Model, Model);

async fn create(
    tx: &WriteTx,
    context: &Context,
    outcome: &mut Outcome,
    row: &PersonnelRow,
    department: Uuid,
) -> Result<Pair> {
    let digest = row.citizen_id.as_ref().map(|id| context.app.secrets.blind_index(id.reveal()));
    let known = match &digest {
        Some(digest) => personnel::by_id_digest(tx.conn(), digest).await?,
        None => None,
    };
    let officer = match known {
        Some(officer) => officer,
        None => {
            let now = tx.ctx().now;
            let mut officer = Model {
                id: new_id(),
                name: row.name.clone(),
                department_id: department,
                id_number_masked: row.citizen_id.as_ref().map(|id| id.masked()),
                id_number_digest: digest,
                sex: None,
                staff_type: None,
                position: None,
                qualifications: Vec::<String>::new().into(),
                is_supervisor: row.is_supervisor,
                status: PersonnelStatus::Active.code().to_owned(),
                version: 1,
                created_at: now,
                updated_at: now,
            };
            merge(&mut officer, row, department);
            let officer = officer.into_active_model().reset_all().insert(tx.conn()).await.or_app()?;
            let event = Event::new(AuditAction::Imported, "personnel", officer.id).department(department);
            outcome.events.push(event.after(&officer));
            officer
        }
    };
    let certificate = certificate(tx, row, officer.id).into_active_model().reset_all();
    let certificate = certificate.insert(tx.conn()).await.or_app()?;
    let event = Event::new(AuditAction::Imported, "certificates", certificate.id).department(department);
    outcome.events.push(event.after(&certificate));
    outcome.created += 1;
    Ok((certificate, officer))
}

async fn update(
    tx: &WriteTx,
    context: &Context,
    outcome: &mut Outcome,
    row: &PersonnelRow,
    department: Uuid,
    certificate: certificates::Model,
    officer: Model,
) -> Result<Pair> {
    let mut new_officer = officer.clone();
    merge(&mut new_officer, row, department);
    if let Some(id) = &row.citizen_id {
        new_officer.id_number_masked = Some(id.masked());
        new_officer.id_number_digest = Some(context.app.secrets.blind_index(id.reveal()));
    }
    let mut new_certificate = certificate.clone();
    new_certificate.kind.clone_from(&row.certificate_kind);
    new_certificate.issuing_authority = row.issuing_authority.clone().or(new_certificate.issuing_authority);
    new_certificate.enforcement_type = row.enforcement_type.clone().or(new_certificate.enforcement_type);
    new_certificate.issued_on = row.issued_on.or(new_certificate.issued_on);
    new_certificate.valid_until = row.valid_until;
    new_certificate.annual_exam_due_on = row.annual_exam_due_on.or(new_certificate.annual_exam_due_on);
    let (officer_changed, certificate_changed) = (new_officer != officer, new_certificate != certificate);
    outcome.count(officer_changed || certificate_changed);
    let saved_officer = if officer_changed {
        let saved = replace::<Entity>(tx, &officer, new_officer).await?;
        let event = Event::new(AuditAction::Imported, "personnel", saved.id).department(department);
        outcome.events.push(event.before(&officer).after(&saved));
        saved
    } else {
        officer
    };
    let saved_certificate = if certificate_changed {
        let saved = replace::<certificates::Entity>(tx, &certificate, new_certificate).await?;
        let event = Event::new(AuditAction::Imported, "certificates", saved.id).department(department);
        outcome.events.push(event.before(&certificate).after(&saved));
        saved
    } else {
        certificate
    };
    Ok((saved_certificate, saved_officer))
}

fn merge(officer: &mut Model, row: &PersonnelRow, department: Uuid) {
    officer.name.clone_from(&row.name);
    officer.department_id = department;
    officer.sex = row.sex.clone().or(officer.sex.take());
    officer.staff_type = row.staff_type.clone().or(officer.staff_type.take());
    officer.position = row.position.clone().or(officer.position.take());
    officer.is_supervisor = row.is_supervisor;
    if !row.qualifications.is_empty() {
        officer.qualifications = row.qualifications.clone().into();
    }
}

fn certificate(tx: &WriteTx, row: &PersonnelRow, personnel_id: Uuid) -> certificates::Model {
    let now = tx.ctx().now;
    certificates::Model {
        id: new_id(),
        personnel_id,
        certificate_no: row.certificate_no.clone(),
        kind: row.certificate_kind.clone(),
        issuing_authority: row.issuing_authority.clone(),
        enforcement_type: row.enforcement_type.clone(),
        issued_on: row.issued_on,
        valid_until: row.valid_until,
        annual_exam_due_on: row.annual_exam_due_on,
        status: CertificateStatus::Active.code().to_owned(),
        suspended_until: None,
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
