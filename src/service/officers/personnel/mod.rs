//! 执法人员: officers and supervisors; their certificates, recusals and personal data in files of their own.

pub mod bodies;
pub mod certificates;
pub mod recusals;
pub mod then;

pub use bodies::{CertificateBody, PersonnelBody, PersonnelPatch, RecusalBody};
pub use certificates::{certified, facts};

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::kernel::vault::Place;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::personnel;
use crate::persistence::register::departments;
use crate::service::kernel::sealed;
use domain::access::Permission;
use domain::kernel::codes::citizen_id::CitizenId;
use domain::kernel::text::text;
use domain::officers::personnel::{PersonnelStatus, masked_phone};
use domain::officers::recusals::comparable_address;
use domain::oversight::audit::AuditAction;
use entity::officers::personnel::{Entity, Model};
use uuid::Uuid;

/// Where an officer's personal data lives.
pub const fn place(column: &'static str, id: Uuid) -> Place {
    Place { table: "personnel", column, id }
}

/// The keyed digest under which two equal addresses are found.
pub fn address_digest(app: &App, address: &str) -> Option<String> {
    let comparable = comparable_address(address);
    // A village's or a street's name alone says nothing.
    (comparable.chars().count() >= 8).then(|| app.secrets.blind_index(&format!("address {comparable}")))
}

/// Puts an ID number on an officer: sealed, masked and findable.
pub async fn set_id_number(app: &App, officer: &mut Model, number: &CitizenId) -> Result<()> {
    officer.id_number = Some(sealed::seal(app, place("id_number", officer.id), number.reveal()).await?);
    officer.id_number_masked = Some(number.masked());
    officer.id_number_digest = Some(app.secrets.blind_index(number.reveal()));
    Ok(())
}

pub async fn set_phone(app: &App, officer: &mut Model, phone: Option<&str>) -> Result<()> {
    officer.phone = sealed::seal_some(app, place("phone", officer.id), phone).await?;
    officer.phone_masked = phone.map(masked_phone);
    Ok(())
}

pub async fn set_address(app: &App, officer: &mut Model, address: Option<&str>) -> Result<()> {
    officer.address = sealed::seal_some(app, place("address", officer.id), address).await?;
    officer.address_digest = address.and_then(|address| address_digest(app, address));
    Ok(())
}

/// Puts the identity back where a living certificate stands on it.
pub async fn keep_identity(tx: &WriteTx, before: &Model, after: &mut Model) -> Result<()> {
    if personnel::holds_a_certificate(tx.conn(), before.id).await? {
        after.name.clone_from(&before.name);
        after.id_number.clone_from(&before.id_number);
        after.id_number_masked.clone_from(&before.id_number_masked);
        after.id_number_digest.clone_from(&before.id_number_digest);
    }
    Ok(())
}

/// A department does not put another person behind a certificate; the justice bureau corrects it.
async fn check_identity(tx: &WriteTx, before: &Model, after: &Model) -> Result<()> {
    let changed = after.name != before.name || after.id_number_digest != before.id_number_digest;
    let known = before.id_number_digest.is_some() || after.name != before.name;
    let bureau = tx.ctx().actor.reach(Permission::CertificatesApprove).is_some();
    if changed && known && !bureau && personnel::holds_a_certificate(tx.conn(), before.id).await? {
        let detail = text!(
            "持证人员的姓名和身份证号由司法局更正。",
            "The name and ID number of a certificate holder are the justice bureau's to correct."
        );
        return Err(AppError::invalid_field("/name", "HOLDER_IDENTITY", detail));
    }
    Ok(())
}

fn parse_id_number(text: Option<&str>) -> Result<Option<CitizenId>> {
    text.map(CitizenId::parse).transpose().map_err(|_| {
        AppError::invalid_field("/id_number", "CITIZEN_ID", text!("身份证号码有误。", "The ID number is not right."))
    })
}

/// Codes must be in the national tables; every wrong one is named.
fn check_codes(app: &App, officer: &Model) -> Result<()> {
    let fields = [
        ("/sex", "sex", &officer.sex),
        ("/staff_type", "law-staff-type", &officer.staff_type),
        ("/political_status", "political-status", &officer.political_status),
        ("/rank", "rank", &officer.rank),
        ("/nation", "nation", &officer.nation),
        ("/highest_education", "highest-education", &officer.highest_education),
    ];
    let mut errors = Vec::new();
    for (pointer, table, value) in fields {
        let known = |code: &String| {
            app.tables.get(table).is_some_and(|table| table.values.iter().any(|value| value.code == *code))
        };
        if value.as_ref().is_some_and(|code| !known(code)) {
            let detail = text!("代码不在代码表 {table} 中。", "The code is not in the dictionary {table}.");
            errors.push(FieldError::new(pointer, "UNKNOWN_CODE", detail));
        }
    }

    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}

/// An officer of whom nothing but the name is known.
pub fn blank(tx: &WriteTx, name: String, department_id: Uuid) -> Model {
    let now = tx.ctx().now;
    Model {
        id: new_id(),
        name,
        department_id,
        unit: None,
        id_number: None,
        id_number_masked: None,
        id_number_digest: None,
        phone: None,
        phone_masked: None,
        address: None,
        address_digest: None,
        sex: None,
        staff_type: None,
        political_status: None,
        rank: None,
        nation: None,
        highest_education: None,
        academic_qualifications: None,
        has_legal_qualification: false,
        is_expert: false,
        position: None,
        qualifications: Vec::<String>::new().into(),
        spot_check_item_codes: Vec::<String>::new().into(),
        is_supervisor: false,
        status: PersonnelStatus::Active,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

pub async fn create(app: &App, tx: &WriteTx, body: PersonnelBody) -> Result<Change<Model>> {
    departments::get(tx.conn(), body.department_id).await.map_err(|error| error.or_no_such("/department_id"))?;
    tx.ctx().check_own(body.department_id, "/department_id")?;
    let id_number = parse_id_number(body.id_number.as_deref())?;
    let mut model = Model {
        unit: body.unit,
        sex: body.sex,
        staff_type: body.staff_type,
        political_status: body.political_status,
        rank: body.rank,
        nation: body.nation,
        highest_education: body.highest_education,
        academic_qualifications: body.academic_qualifications,
        has_legal_qualification: body.has_legal_qualification,
        is_expert: body.is_expert,
        position: body.position,
        qualifications: body.qualifications.into(),
        spot_check_item_codes: body.spot_check_item_codes.into(),
        is_supervisor: body.is_supervisor,
        ..blank(tx, body.name, body.department_id)
    };
    check_codes(app, &model)?;
    if let Some(number) = &id_number {
        set_id_number(app, &mut model, number).await?;
    }
    set_phone(app, &mut model, body.phone.as_deref()).await?;
    set_address(app, &mut model, body.address.as_deref()).await?;
    let saved = insert(tx, model).await?;
    let event = Event::new(AuditAction::Created, "personnel", saved.id).department(saved.department_id).after(&saved);

    Ok(Change::new(saved, event))
}

pub async fn update(app: &App, tx: &WriteTx, id: Uuid, version: i32, change: PersonnelPatch) -> Result<Change<Model>> {
    let before = personnel::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let id_number = parse_id_number(change.id_number.as_deref())?;
    let mut after = before.clone();
    change.merge(&mut after);
    check_codes(app, &after)?;
    if let Some(number) = &id_number {
        set_id_number(app, &mut after, number).await?;
    }
    if let Some(phone) = &change.phone {
        set_phone(app, &mut after, phone.as_deref()).await?;
    }
    if let Some(address) = &change.address {
        set_address(app, &mut after, address.as_deref()).await?;
    }
    check_identity(tx, &before, &after).await?;
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event =
        Event::new(AuditAction::Updated, "personnel", id).department(saved.department_id).before(&before).after(&saved);

    Ok(Change::new(saved, event))
}
