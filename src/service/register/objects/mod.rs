//! 监管对象: kept by hand beside the imports.

mod bodies;
mod quality;

pub use bodies::{ObjectBody, ObjectPatch};
pub use quality::{ObjectFinding, findings};

use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::AppError;
use crate::kernel::error::Result;
use crate::kernel::vault::Place;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, insert_last, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use crate::service::kernel::sealed;
use crate::service::officers::personnel::address_digest;
use domain::access::Reach;
use domain::credit::CreditClass;
use domain::kernel::codes::uscc::Uscc;
use domain::kernel::text::text;
use domain::officers::personnel::masked_phone;
use domain::oversight::audit::AuditAction;
use domain::register::objects::{RegistrationStatus, identity_key};
use domain::register::quality::ObjectFacts;
use entity::register::objects::{Entity, Model};
use uuid::Uuid;

pub async fn create(app: &App, tx: &WriteTx, mut body: ObjectBody) -> Result<Change<Model>> {
    check_place(tx.ctx(), &body.region_code, body.township_code.as_deref())?;
    let id = new_id();
    let personal = personal_data(app, id, &mut body).await?;
    let identity_no = personal.identity_no;
    let certificate = body.cert_type.as_deref().zip(identity_no.as_deref());
    let tags = unique(body.tags);
    let now = tx.ctx().now;
    let address_digest = body.registered_address.as_deref().and_then(|address| address_digest(app, address));
    let mut model = Model {
        id,
        registration_no: body.registration_no,
        business_address: body.business_address,
        phone: None,
        phone_masked: None,
        registration_authority: body.registration_authority,
        key_supervision: body.key_supervision,
        cert_number: personal.cert_number,
        cert_digest: personal.cert_digest,
        personal_address: personal.address,
        address_digest,
        identity_key: identity_key(body.uscc.as_deref(), &body.object_type, certificate, &body.name),
        uscc_valid: body.uscc.as_deref().is_some_and(|code| Uscc::parse(code).is_ok()),
        uscc: body.uscc,
        name: body.name,
        object_type: body.object_type,
        cert_type: body.cert_type,
        cert_no: body.cert_no,
        region_code: body.region_code,
        township_code: body.township_code,
        registered_address: body.registered_address,
        industry_code: body.industry_code,
        enterprise_type: body.enterprise_type,
        legal_representative: body.legal_representative,
        registered_capital_fen: body.registered_capital_fen,
        registered_capital_text: None,
        established_on: body.established_on,
        business_scope: body.business_scope,
        registration_status: RegistrationStatus::Active,
        local_class: CreditClass::Unclassified,
        local_class_batch: None,
        local_class_batch_id: None,
        tags: tags.clone().into(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    set_phone(app, &mut model, body.phone.as_deref()).await?;
    let object = if tags.is_empty() {
        insert_last(tx, model)?
    } else {
        let object = insert(tx, model).await?;
        objects::add_tags(tx.conn(), tags.into_iter().map(|tag| (object.id, tag)).collect()).await?;
        object
    };
    let event = Event::new(AuditAction::Created, "objects", object.id).after(&object);

    Ok(Change::new(object, event))
}

pub async fn update(app: &App, tx: &WriteTx, id: Uuid, version: i32, change: ObjectPatch) -> Result<Change<Model>> {
    let before = objects::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let mut after = before.clone();
    after.name = change.name.unwrap_or(after.name);
    after.region_code = change.region_code.unwrap_or(after.region_code);
    after.township_code = change.township_code.unwrap_or(after.township_code);
    if let Some(address) = change.registered_address {
        put_address(app, &mut after, address).await?;
    }
    after.industry_code = change.industry_code.unwrap_or(after.industry_code);
    after.business_scope = change.business_scope.unwrap_or(after.business_scope);
    after.business_address = change.business_address.unwrap_or(after.business_address);
    after.key_supervision = change.key_supervision.or(after.key_supervision);
    if let Some(phone) = change.phone {
        set_phone(app, &mut after, phone.as_deref()).await?;
    }
    if let Some(status) = change.registration_status {
        after.registration_status = status;
    }
    let tags = change.tags.map(unique);
    if let Some(tags) = &tags {
        after.tags = tags.clone().into();
    }
    check_place(tx.ctx(), &after.region_code, after.township_code.as_deref())?;
    let object = replace::<Entity>(tx, &before, after).await?;
    if let Some(tags) = tags.filter(|_| object.tags != before.tags) {
        objects::set_tags(tx.conn(), id, &tags).await?;
    }
    let event = Event::new(AuditAction::Updated, "objects", id).before(&before).after(&object);

    Ok(Change::new(object, event))
}

/// A township lies in its county, and both in what the caller may write.
fn check_place(ctx: &Ctx, region: &str, township: Option<&str>) -> Result<()> {
    if township.is_some_and(|township| !township.starts_with(region)) {
        let detail = text!("乡镇不属于该县区。", "The township is not of this county.");
        return Err(AppError::invalid_field("/township_code", "NOT_OF_THE_REGION", detail));
    }
    if ctx.reach == Reach::Region && !ctx.actor.covers_region(township.unwrap_or(region)) {
        let detail = text!("不得登记其他区域的对象。", "This object is outside your region.");
        return Err(AppError::invalid_field("/region_code", "FOREIGN_REGION", detail));
    }
    Ok(())
}

/// An object, as far as its quality goes.
pub fn facts_of(object: &Model) -> ObjectFacts<'_> {
    ObjectFacts {
        id: object.id,
        name: &object.name,
        object_type: &object.object_type,
        uscc: object.uscc.as_deref(),
        uscc_valid: object.uscc_valid,
        registration_no: object.registration_no.as_deref(),
        has_certificate: object.cert_type.is_some(),
        region: &object.region_code,
        township: object.township_code.as_deref(),
        address: object.registered_address.as_deref(),
        industry: object.industry_code.as_deref(),
        status: object.registration_status,
    }
}

/// 联系电话: often a person's own.
pub async fn set_phone(app: &App, object: &mut Model, phone: Option<&str>) -> Result<()> {
    object.phone = sealed::seal_some(app, place("phone", object.id), phone).await?;
    object.phone_masked = phone.map(masked_phone);
    Ok(())
}

/// An organisation's address is public, a person's is sealed.
async fn put_address(app: &App, object: &mut Model, address: Option<String>) -> Result<()> {
    if object.cert_number.is_some() {
        object.personal_address =
            sealed::seal_some(app, place("personal_address", object.id), address.as_deref()).await?;
    } else {
        object.address_digest = address.as_deref().and_then(|address| address_digest(app, address));
        object.registered_address = address;
    }
    Ok(())
}

/// What is sealed of an object that is a person.
struct Personal {
    /// What identifies: the number itself for organisations, a keyed digest for people.
    identity_no: Option<String>,
    cert_digest: Option<String>,
    cert_number: Option<String>,
    address: Option<String>,
}

/// Where an object's personal data lives.
pub const fn place(column: &'static str, id: Uuid) -> Place {
    Place { table: "objects", column, id }
}

/// A person's number, for what the platform itself writes of them.
pub async fn number_of(app: &App, object: &Model) -> Result<Option<String>> {
    sealed::open_some(app, place("cert_number", object.id), object.cert_number.as_deref()).await
}

/// Takes a person's number and address out of the body: they are sealed, and the number is shown masked.
async fn personal_data(app: &App, id: Uuid, body: &mut ObjectBody) -> Result<Personal> {
    let Some(number) = body.cert_no.clone() else {
        return Ok(Personal { identity_no: None, cert_digest: None, cert_number: None, address: None });
    };
    if matches!(body.cert_type.as_deref(), Some("001" | "099")) {
        return Ok(Personal { identity_no: Some(number), cert_digest: None, cert_number: None, address: None });
    }
    let number = number.to_ascii_uppercase();
    let tail: String = number.chars().skip(number.chars().count().saturating_sub(2)).collect();
    body.cert_no = Some(format!("****{tail}"));
    let address = body.registered_address.take();
    let digest = app.secrets.blind_index(&number);

    Ok(Personal {
        cert_digest: Some(digest.clone()),
        identity_no: Some(digest),
        cert_number: Some(sealed::seal(app, place("cert_number", id), &number).await?),
        address: sealed::seal_some(app, place("personal_address", id), address.as_deref()).await?,
    })
}

fn unique(mut tags: Vec<String>) -> Vec<String> {
    tags.sort();
    tags.dedup();
    tags
}
