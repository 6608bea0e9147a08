//! 个人信息: read in full for a stated purpose, exported and erased for the person they are about.

use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::kernel::vault::Place;
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::{personal_data as store, personnel};
use crate::persistence::register::objects;
use crate::service::complaints;
use crate::service::intake::behaviours;
use crate::service::kernel::sealed;
use crate::service::officers::personnel as officers;
use crate::service::register::objects as object_service;
use domain::access::Reach;
use domain::access::users::IdentityState;
use domain::kernel::codes::citizen_id::CitizenId;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::RECORDS_ARE_KEPT;
use domain::kernel::text::text;
use domain::officers::personnel::PersonnelStatus;
use domain::oversight::audit::AuditAction;
use entity::officers::personnel::Model as Officer;
use uuid::Uuid;

/// What is sealed of one record.
#[derive(Clone, Debug, Default)]
pub struct Revealed {
    /// The noun of the record, as in its path.
    pub resource: &'static str,
    pub id: Uuid,
    pub name: String,
    pub id_number: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
}

async fn open_officer(app: &App, officer: &Officer) -> Result<Revealed> {
    let open = async |column, value: &Option<String>| {
        sealed::open_some(app, officers::place(column, officer.id), value.as_deref()).await
    };
    Ok(Revealed {
        resource: "personnel",
        id: officer.id,
        name: officer.name.clone(),
        id_number: open("id_number", &officer.id_number).await?,
        phone: open("phone", &officer.phone).await?,
        address: open("address", &officer.address).await?,
    })
}

async fn open_object(app: &App, object: &entity::register::objects::Model) -> Result<Revealed> {
    let open = async |column, value: &Option<String>| {
        sealed::open_some(app, object_service::place(column, object.id), value.as_deref()).await
    };
    Ok(Revealed {
        resource: "objects",
        id: object.id,
        name: object.name.clone(),
        id_number: open("cert_number", &object.cert_number).await?,
        phone: open("phone", &object.phone).await?,
        address: open("personal_address", &object.personal_address).await?,
    })
}

async fn open_user(app: &App, user: &entity::access::users::Model) -> Result<Revealed> {
    let place = Place { table: "users", column: "id_number", id: user.id };
    Ok(Revealed {
        resource: "users",
        id: user.id,
        name: user.identity_name.clone().unwrap_or_else(|| user.display_name.clone()),
        id_number: sealed::open_some(app, place, user.id_number.as_deref()).await?,
        phone: None,
        address: None,
    })
}

fn read_event(revealed: &Revealed, purpose: &str) -> Event {
    Event::new(AuditAction::PersonalDataRead, revealed.resource, revealed.id).reason(purpose.to_owned())
}

pub async fn reveal_officer(app: &App, tx: &WriteTx, id: Uuid, purpose: &str) -> Result<Change<Revealed>> {
    let officer = personnel::get(tx.conn(), tx.ctx(), id).await?;
    let revealed = open_officer(app, &officer).await?;
    let event = read_event(&revealed, purpose).department(officer.department_id);
    Ok(Change::new(revealed, event))
}

pub async fn reveal_object(app: &App, tx: &WriteTx, id: Uuid, purpose: &str) -> Result<Change<Revealed>> {
    let object = objects::get(tx.conn(), tx.ctx(), id).await?;
    // The register is everybody's, a person's data only of those who inspect the person.
    let own = tx.ctx().reach == Reach::All || inspections::are_of(tx.conn(), tx.ctx(), id).await?;
    if !own {
        return Err(AppError::not_found());
    }
    let revealed = open_object(app, &object).await?;
    let event = read_event(&revealed, purpose);
    Ok(Change::new(revealed, event))
}

fn digest_of(app: &App, id_number: &str) -> Result<String> {
    let number = CitizenId::parse(id_number).map_err(|_| {
        AppError::invalid_field("/id_number", "CITIZEN_ID", text!("身份证号码有误。", "The ID number is not right."))
    })?;
    Ok(app.secrets.blind_index(number.reveal()))
}

/// 导出: everything the platform holds about one person, for that person (个人信息保护法第四十五条).
pub async fn export(app: &App, tx: &WriteTx, id_number: &str, purpose: &str) -> Result<Change<Vec<Revealed>>> {
    let found = store::of_person(tx.conn(), &digest_of(app, id_number)?).await?;
    let mut all = Vec::new();
    for officer in &found.personnel {
        all.push(open_officer(app, officer).await?);
    }
    for object in &found.objects {
        all.push(open_object(app, object).await?);
    }
    for user in &found.users {
        all.push(open_user(app, user).await?);
    }
    for complaint in &found.complaints {
        all.push(complaints::open(app, complaint).await?);
    }
    for behaviour in &found.behaviours {
        all.push(behaviours::open(app, behaviour).await?);
    }
    let events = all.iter().map(|revealed| {
        Event::new(AuditAction::PersonalDataExported, revealed.resource, revealed.id).reason(purpose.to_owned())
    });
    let events = events.collect();

    Ok(written_down(all, AuditAction::PersonalDataExported, purpose, events))
}

/// A line for each record; where there was none, one that says so.
fn written_down<T>(value: T, action: AuditAction, why: &str, mut events: Vec<Event>) -> Change<T> {
    let first = events.pop();
    let first = first.unwrap_or_else(|| Event::new(action, "personal-data", Uuid::nil()).reason(why.to_owned()));
    Change::new(value, first).and_all(events)
}

/// What was erased and what the law keeps.
#[derive(Clone, Debug, Default)]
pub struct Erased {
    pub erased: Vec<(&'static str, Uuid)>,
    /// Record and why it stays.
    pub kept: Vec<(&'static str, Uuid, &'static str)>,
}

/// 删除: sealed values of one person, where no duty to keep them stands against it (个人信息保护法第四十七条).
/// Names and certificates in inspections stay: they are part of the record of public acts.
pub async fn erase(app: &App, tx: &WriteTx, id_number: &str, reason: &str) -> Result<Change<Erased>> {
    let digest = digest_of(app, id_number)?;
    let found = store::of_person(tx.conn(), &digest).await?;
    let mut outcome = Erased::default();
    let mut events = Vec::new();
    let mut done = |resource, id| {
        outcome.erased.push((resource, id));
        events.push(Event::new(AuditAction::PersonalDataErased, resource, id).reason(reason.to_owned()));
    };
    let mut kept = Vec::new();

    for officer in found.personnel {
        let holder = personnel::holds_a_certificate(tx.conn(), officer.id).await?;
        if holder || officer.status == PersonnelStatus::Active {
            kept.push(("personnel", officer.id, "在岗执法人员的资格信息须依法保存"));
            continue;
        }
        let after = Officer {
            id_number: None,
            id_number_masked: None,
            id_number_digest: None,
            phone: None,
            phone_masked: None,
            address: None,
            address_digest: None,
            ..officer.clone()
        };
        replace::<entity::officers::personnel::Entity>(tx, &officer, after).await?;
        done("personnel", officer.id);
    }

    for user in found.users {
        let after = entity::access::users::Model {
            id_number: None,
            id_number_masked: None,
            id_number_digest: None,
            identity_name: None,
            identity_certificate_no: None,
            identity_state: IdentityState::Unverified,
            identity_mismatches: Vec::<String>::new().into(),
            identity_evidence: None,
            ..user.clone()
        };
        replace::<entity::access::users::Entity>(tx, &user, after).await?;
        done("users", user.id);
    }

    for complaint in found.complaints {
        if !domain::complaints::is_over(complaint.status) {
            kept.push(("complaints", complaint.id, "投诉举报办结前须能告知反映人"));
            continue;
        }
        let after = complaints::without_reporter(complaint.clone());
        replace::<entity::complaints::complaints::Entity>(tx, &complaint, after).await?;
        done("complaints", complaint.id);
    }

    for behaviour in found.behaviours {
        kept.push(("behaviours", behaviour.id, "监管行为是公共管理的记录，须依法保存"));
    }
    for object in found.objects {
        kept.push(("objects", object.id, "监管对象的身份信息须在监管期内保存"));
    }
    outcome.kept = kept;
    if outcome.erased.is_empty() && !outcome.kept.is_empty() {
        let detail = text!(
            "该人员的信息均须依法保存：{why}。",
            "The law keeps all of this person's data ({n} records).",
            why = outcome
                .kept
                .iter()
                .map(|(_, _, why)| *why)
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
                .join("；"),
            n = outcome.kept.len()
        );
        return Err(Refusal::new(Code::ErasureRefused, detail).under(RECORDS_ARE_KEPT).into());
    }

    store::forget_on_rolls(tx.conn(), &digest).await?;
    Ok(written_down(outcome, AuditAction::PersonalDataErased, reason, events))
}
