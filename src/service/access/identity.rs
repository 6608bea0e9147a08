//! 实名认证: what a person says of themselves against the justice roll and the register, and decisions by hand.

use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::kernel::vault::Place;
use crate::persistence::access::users;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::{personnel, rolls};
use crate::service::access::users::about;
use crate::service::kernel::sealed;
use domain::access::users::{IdentityAction, IdentityFacts, IdentityState, apply_identity, compare_identity};
use domain::kernel::codes::citizen_id::CitizenId;
use domain::kernel::text::text;
use domain::officers::certificates::CertificateStatus;
use domain::oversight::audit::AuditAction;
use entity::access::users::{Entity, Model};
use entity::officers::personnel::Model as Officer;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 实名信息
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"name": "张示例", "id_number": "510821199001010013", "certificate_no": "510821030001"})))]
pub struct IdentityBody {
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub name: String,
    #[schema(pattern = "^[0-9]{17}[0-9Xx]$", write_only)]
    pub id_number: String,
    /// 执法证号; people without one are verified by hand.
    #[schema(min_length = 4, max_length = 100, pattern = "^[0-9A-Za-z-]+$")]
    #[serde(default)]
    pub certificate_no: Option<String>,
}

/// 人工核验
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"confirmed": true, "evidence": "当面核对身份证与执法证原件，2026-11-24"})))]
pub struct IdentityDecisionBody {
    pub confirmed: bool,
    /// 依据: what was looked at.
    #[schema(min_length = 4, max_length = 1000, pattern = "\\S.*\\S")]
    pub evidence: String,
}

/// Comparisons that may fail before a person's claims go to manual verification: the answers must not be a way to find
/// out somebody else's number.
const ATTEMPTS: i32 = 5;

/// The person registers; what the roll knows decides at once.
pub async fn claim(app: &App, tx: &WriteTx, body: IdentityBody) -> Result<Change<Model>> {
    let number = CitizenId::parse(&body.id_number).map_err(|_| {
        AppError::invalid_field("/id_number", "CITIZEN_ID", text!("身份证号码有误。", "The ID number is not right."))
    })?;
    let before = users::get(tx.conn(), tx.ctx().actor.id).await?;
    let digest = app.secrets.blind_index(number.reveal());
    let claimed = IdentityFacts {
        name: body.name.clone(),
        id_number_digest: Some(digest.clone()),
        certificate_no: body.certificate_no.clone().unwrap_or_default(),
    };
    let (action, fields, officer) = match &body.certificate_no {
        // Enough was tried: from now on people look at it.
        _ if before.identity_attempts >= ATTEMPTS => (IdentityAction::Await, Vec::new(), None),
        None => (IdentityAction::Await, Vec::new(), None),
        Some(number) => judge(tx, number, &claimed).await?,
    };
    let state = apply_identity(before.identity_state, action)?;
    let place = Place { table: "users", column: "id_number", id: before.id };
    let after = Model {
        identity_state: state,
        identity_name: Some(body.name),
        id_number: Some(sealed::seal(app, place, number.reveal()).await?),
        id_number_masked: Some(number.masked()),
        id_number_digest: Some(digest),
        identity_certificate_no: body.certificate_no,
        identity_mismatches: fields.into_iter().map(str::to_owned).collect::<Vec<_>>().into(),
        identity_evidence: None,
        identity_attempts: before.identity_attempts + i32::from(action == IdentityAction::Differ),
        personnel_id: before.personnel_id.or(officer.filter(|_| state == IdentityState::Verified)),
        ..before.clone()
    };

    save(tx, &before, after, AuditAction::IdentityClaimed, action.label()).await
}

/// Against the newest roll, else the register; with it the officer whose valid certificate it is.
async fn judge(
    tx: &WriteTx,
    number: &str,
    claimed: &IdentityFacts,
) -> Result<(IdentityAction, Vec<&'static str>, Option<Uuid>)> {
    let register = registered(tx, number).await?;
    let proved = register.as_ref().filter(|officer| officer.id_number_digest == claimed.id_number_digest);
    let officer = proved.map(|officer| officer.id);
    if let Some(officer) = officer
        && users::is_taken(tx.conn(), officer, tx.ctx().actor.id).await?
    {
        return Ok((IdentityAction::Await, Vec::new(), None));
    }
    let Some(known) = known_facts(tx, number, claimed, register).await? else {
        return Ok((IdentityAction::Await, Vec::new(), None));
    };
    let fields = compare_identity(claimed, &known);
    // A roll without ID numbers proves a name and a number that stands on a card, not a person.
    let proves = known.id_number_digest.is_some();
    let action = match (fields.is_empty(), proves) {
        (true, true) => IdentityAction::Match,
        (true, false) => IdentityAction::Await,
        (false, _) => IdentityAction::Differ,
    };

    Ok((action, fields, officer))
}

/// What is known of the number, else of the person under another number.
async fn known_facts(
    tx: &WriteTx,
    number: &str,
    claimed: &IdentityFacts,
    register: Option<Officer>,
) -> Result<Option<IdentityFacts>> {
    let roll = rolls::newest(tx.conn()).await?;
    let mut entry = match &roll {
        Some(roll) => rolls::entry(tx.conn(), roll.import_id, number).await?,
        None => None,
    };
    if let (None, Some(officer)) = (&entry, register) {
        return Ok(Some(IdentityFacts {
            name: officer.name,
            id_number_digest: officer.id_number_digest,
            certificate_no: number.to_owned(),
        }));
    }

    if let (None, Some(roll), Some(digest)) = (&entry, &roll, &claimed.id_number_digest) {
        entry = rolls::entry_of_person(tx.conn(), roll.import_id, digest).await?;
    }

    Ok(entry.map(|entry| IdentityFacts {
        name: entry.name,
        id_number_digest: entry.id_number_digest,
        certificate_no: entry.certificate_no,
    }))
}

/// The officer of the register who holds the valid certificate of this number.
async fn registered(tx: &WriteTx, number: &str) -> Result<Option<Officer>> {
    let found = personnel::by_certificate_no(tx.conn(), vec![number.to_owned()]).await?.remove(number);
    let valid = found.filter(|(certificate, _)| certificate.status == CertificateStatus::Active);
    Ok(valid.map(|(_, officer)| officer))
}

/// 人工核验, with evidence.
pub async fn decide(tx: &WriteTx, id: Uuid, version: i32, body: IdentityDecisionBody) -> Result<Change<Model>> {
    let before = users::get(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    tx.ctx().actor.check_not_own(Some(before.id))?;
    let action = if body.confirmed { IdentityAction::Confirm } else { IdentityAction::Deny };
    let state = apply_identity(before.identity_state, action)?;
    let mut after = Model {
        identity_state: state,
        identity_evidence: Some(body.evidence.clone()),
        identity_attempts: 0,
        ..before.clone()
    };

    if state == IdentityState::Verified {
        after.identity_mismatches = Vec::<String>::new().into();
        if let (None, Some(number)) = (after.personnel_id, &before.identity_certificate_no) {
            let officer = registered(tx, number).await?.map(|officer| officer.id);
            after.personnel_id = match officer {
                Some(officer) if !users::is_taken(tx.conn(), officer, id).await? => Some(officer),
                _ => None,
            };
        }
    }

    save(tx, &before, after, AuditAction::IdentityDecided, &body.evidence).await
}

async fn save(tx: &WriteTx, before: &Model, after: Model, action: AuditAction, reason: &str) -> Result<Change<Model>> {
    let saved = replace::<Entity>(tx, before, after).await?;
    let event = about(action, &saved).reason(reason.to_owned()).before(before).after(&saved);
    Ok(Change::new(saved, event))
}
