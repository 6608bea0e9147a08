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
use crate::persistence::noun::{insert, replace};
use crate::persistence::personnel;
use crate::persistence::tx::{Event, WriteTx};
use entity::certificates;
use entity::personnel::{Entity, Model};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is known while a batch is applied: certificates by number, officers once each.
struct Known {
    certificates: BTreeMap<String, certificates::Model>,
    officers: BTreeMap<Uuid, Model>,
}

pub async fn apply(
    tx: &WriteTx,
    context: &Context,
    mut outcome: Outcome,
    rows: &[Numbered<&PersonnelRow>],
) -> Result<Outcome> {
    let numbers = rows.iter().map(|row| row.row.certificate_no.clone()).collect();
    let mut known = Known { certificates: BTreeMap::new(), officers: BTreeMap::new() };
    for (number, (certificate, officer)) in personnel::by_certificate_no(tx.conn(), numbers).await? {
        known.certificates.insert(number, certificate);
        known.officers.insert(officer.id, officer);
    }
    for Numbered { row_no, row } in rows {
        let Some(department) = context.departments.get(&row.department_code).copied() else {
            let message = text!("部门编码不存在，请先建立该部门。", "There is no such department; create it first.");
            let finding = Finding::error("部门编码", "UNKNOWN_DEPARTMENT", &row.department_code, message);
            outcome.refuse(*row_no, finding.of(Dimension::Linkage));
            continue;
        };
        let digest = row.citizen_id.as_ref().map(|id| context.app.secrets.blind_index(id.reveal()));
        let holder = match &digest {
            Some(digest) => personnel::by_id_digest(tx.conn(), digest).await?,
            None => None,
        };
        let certificate = known.certificates.get(&row.certificate_no).cloned();
        if let (Some(certificate), Some(holder)) = (&certificate, &holder)
            && certificate.personnel_id != holder.id
        {
            let message = text!(
                "该身份证号属于另一名已登记的执法人员，与执法证号不符。",
                "This ID number is another officer's; it does not go with the certificate number."
            );
            let finding = Finding::error("身份证号", "CITIZEN_ID_OF_ANOTHER", "", message).without_value();
            outcome.refuse(*row_no, finding.of(Dimension::Uniqueness));
            continue;
        }
        let officer_id = certificate.as_ref().map(|certificate| certificate.personnel_id);
        let officer = officer_id.and_then(|id| known.officers.get(&id).cloned()).or(holder);
        let is_new = certificate.is_none();
        let (officer, officer_changed) = save_officer(tx, &mut outcome, row, department, digest, officer).await?;
        let (certificate, certificate_changed) = save_certificate(tx, &mut outcome, row, &officer, certificate).await?;
        if is_new {
            outcome.created += 1;
        } else {
            outcome.count(officer_changed || certificate_changed);
        }
        known.officers.insert(officer.id, officer);
        known.certificates.insert(row.certificate_no.clone(), certificate);
    }
    Ok(outcome)
}

async fn save_officer(
    tx: &WriteTx,
    outcome: &mut Outcome,
    row: &PersonnelRow,
    department: Uuid,
    digest: Option<String>,
    before: Option<Model>,
) -> Result<(Model, bool)> {
    let mut after = before.clone().unwrap_or_else(|| blank(tx, row, department));
    merge(&mut after, row, department);
    if digest.is_some() {
        after.id_number_masked = row.citizen_id.as_ref().map(crate::domain::codes::citizen_id::CitizenId::masked);
        after.id_number_digest = digest;
    }
    let event = |id| Event::new(AuditAction::Imported, "personnel", id).department(department);
    let Some(before) = before else {
        let saved = insert(tx, after).await?;
        outcome.events.push(event(saved.id).after(&saved));
        return Ok((saved, true));
    };
    if after == before {
        return Ok((before, false));
    }
    let saved = replace::<Entity>(tx, &before, after).await?;
    outcome.events.push(event(saved.id).before(&before).after(&saved));
    Ok((saved, true))
}

async fn save_certificate(
    tx: &WriteTx,
    outcome: &mut Outcome,
    row: &PersonnelRow,
    officer: &Model,
    before: Option<certificates::Model>,
) -> Result<(certificates::Model, bool)> {
    let event = |id| Event::new(AuditAction::Imported, "certificates", id).department(officer.department_id);
    let Some(before) = before else {
        let certificate = certificate(tx, row, officer.id).into_active_model().reset_all();
        let saved = certificate.insert(tx.conn()).await.or_app()?;
        outcome.events.push(event(saved.id).after(&saved));
        return Ok((saved, true));
    };
    let after = certificates::Model {
        kind: row.certificate_kind.clone().unwrap_or_else(|| before.kind.clone()),
        issuing_authority: row.issuing_authority.clone().or_else(|| before.issuing_authority.clone()),
        enforcement_type: row.enforcement_type.clone().or_else(|| before.enforcement_type.clone()),
        issued_on: row.issued_on.or(before.issued_on),
        valid_until: row.valid_until,
        annual_exam_due_on: row.annual_exam_due_on.or(before.annual_exam_due_on),
        ..before.clone()
    };
    if after == before {
        return Ok((before, false));
    }
    let saved = replace::<certificates::Entity>(tx, &before, after).await?;
    outcome.events.push(event(saved.id).before(&before).after(&saved));
    Ok((saved, true))
}

fn blank(tx: &WriteTx, row: &PersonnelRow, department_id: Uuid) -> Model {
    let now = tx.ctx().now;
    Model {
        id: new_id(),
        name: row.name.clone(),
        department_id,
        id_number_masked: None,
        id_number_digest: None,
        sex: None,
        staff_type: None,
        position: None,
        qualifications: Vec::<String>::new().into(),
        is_supervisor: false,
        status: PersonnelStatus::Active.code().to_owned(),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

fn merge(officer: &mut Model, row: &PersonnelRow, department: Uuid) {
    officer.name.clone_from(&row.name);
    officer.department_id = department;
    officer.sex = row.sex.clone().or(officer.sex.take());
    officer.staff_type = row.staff_type.clone().or(officer.staff_type.take());
    officer.position = row.position.clone().or(officer.position.take());
    officer.is_supervisor = row.is_supervisor.unwrap_or(officer.is_supervisor);
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
        kind: row.certificate_kind.clone().unwrap_or_else(|| "1".to_owned()),
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
