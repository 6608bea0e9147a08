//! Rows of the enterprise register become objects; the same row again changes nothing.

mod register;

use super::{Context, DataSet, Numbered, Outcome};
use crate::kernel::ctx::new_id;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use crate::service::kernel::sealed;
use crate::service::officers::personnel::address_digest;
use crate::service::register::objects as object_service;
use domain::credit::CreditClass;
use domain::intake::imports::objects::{self as object_row, ObjectRow};
use domain::intake::imports::reading::fields::Cells;
use domain::intake::imports::{Dimension, Finding, Parsed};
use domain::kernel::codes::region::Place;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::register::objects::RegistrationStatus;
use entity::intake::imports;
use entity::register::objects::{Entity, Model};
use register::{Known, Register};
use uuid::Uuid;

pub(super) struct Objects;

impl DataSet for Objects {
    type Row = ObjectRow;

    fn parse(cells: &dyn Cells, context: &Context) -> Parsed<ObjectRow> {
        object_row::parse(cells, context.today, &context.gazetteer)
    }

    async fn apply(
        tx: &WriteTx,
        context: &Context,
        _: &imports::Model,
        mut outcome: Outcome,
        rows: &[Numbered<&ObjectRow>],
    ) -> Result<Outcome> {
        let mut register = Register::load(tx, &context.app.settings.county.code, rows).await?;

        for Numbered { at, row } in rows {
            let known = register.find(row);
            let stored = known.object().and_then(|id| register.object(id));
            if let Some(region) = foreign_region(context, row, stored) {
                let message = text!("不得报送其他区域的监管对象。", "This object is outside the sender's region.");
                let finding = Finding::error("企业名称", "FOREIGN_REGION", &region, message);
                outcome.refuse(*at, finding.of(Dimension::Linkage));
                continue;
            }
            let Some(stored) = stored.cloned() else {
                if let Known::Doubtful(other) = &known {
                    outcome.findings.push((*at, possible_duplicate(register.object(*other))));
                }
                let mut fresh = blank(tx, context, row, register.free_key(row));
                merge(&mut fresh, row, context).await?;
                register.put(fresh);
                outcome.created += 1;
                continue;
            };
            let mut after = stored.clone();
            if matches!(known, Known::TakenOver(_)) {
                outcome.findings.push((*at, taken_over(&stored)));
                after.identity_key.clone_from(&row.identity_key);
                after.object_type.clone_from(&row.object_type);
            }
            merge(&mut after, row, context).await?;
            outcome.count(after != stored);
            register.put(after);
        }

        save(tx, register, &mut outcome).await?;
        Ok(outcome)
    }
}

/// An enterprise that stood in the register by its name or old number, and has its code now.
fn taken_over(before: &Model) -> Finding {
    let known = before.registration_no.clone().unwrap_or_else(|| before.name.clone());
    let message = text!(
        "登记库中已有同名同址的对象（{known}），已补上统一社会信用代码，未另建。",
        "The register has the object at this name and address ({known}); it got the code, and none was made beside it."
    );
    Finding::warning("统一社会信用代码", "TAKEN_OVER", &known, message).of(Dimension::Uniqueness)
}

/// Two objects that may be one.
fn possible_duplicate(other: Option<&Model>) -> Finding {
    let known = other.map_or_else(String::new, |other| {
        let number = other.uscc.clone().or_else(|| other.registration_no.clone());
        number.unwrap_or_else(|| other.registered_address.clone().unwrap_or_default())
    });
    let id = other.map(|other| other.id).unwrap_or_default();
    let message = text!(
        "登记库中有同名对象（{known}，{id}），地址或乡镇不同，已另建；如为同一主体请合并。",
        "The register has an object of the same name ({known}, {id}) elsewhere; this one was made beside it. Merge them if they are one."
    );
    Finding::warning("企业名称", "POSSIBLE_DUPLICATE", &known, message).of(Dimension::Uniqueness)
}

async fn save(tx: &WriteTx, register: Register, outcome: &mut Outcome) -> Result<()> {
    let (mut new, mut new_tags): (Vec<Model>, Vec<(Uuid, String)>) = (Vec::new(), Vec::new());
    for (before, after) in register.into_changes() {
        let Some(before) = before else {
            outcome.events.push(Event::new(AuditAction::Imported, "objects", after.id).after(&after));
            new_tags.extend(after.tags.0.iter().map(|tag| (after.id, tag.clone())));
            new.push(after);
            continue;
        };
        if before == after {
            continue;
        }
        let saved = replace::<Entity>(tx, &before, after).await?;
        if saved.tags != before.tags {
            objects::set_tags(tx.conn(), before.id, &saved.tags.0).await?;
        }
        let event = Event::new(AuditAction::Imported, "objects", before.id).before(&before).after(&saved);
        outcome.events.push(event);
    }

    objects::insert_many(tx.conn(), new).await?;
    objects::add_tags(tx.conn(), new_tags).await
}

/// The place that a row has, or would change, and that the sender must not write.
fn foreign_region(context: &Context, row: &ObjectRow, known: Option<&Model>) -> Option<String> {
    let own = context.region.as_ref()?;
    let home = context.app.settings.county.code.clone();
    let told = row.place.clone().map(|place| place.township_code.unwrap_or(place.region_code));
    let is = known.map(|known| known.township_code.clone().unwrap_or_else(|| known.region_code.clone()));
    let will_be = told.or_else(|| is.clone()).unwrap_or(home);
    [Some(will_be), is].into_iter().flatten().find(|place| !place.starts_with(own.as_str()))
}

/// An object that is new: where it lies, and nothing else yet.
fn blank(tx: &WriteTx, context: &Context, row: &ObjectRow, identity_key: String) -> Model {
    let now = tx.ctx().now;
    let place = row.place.clone();
    let place =
        place.unwrap_or_else(|| Place { region_code: context.app.settings.county.code.clone(), township_code: None });

    Model {
        id: new_id(),
        identity_key,
        uscc: None,
        uscc_valid: false,
        registration_no: None,
        name: row.name.clone(),
        object_type: row.object_type.clone(),
        cert_type: None,
        cert_no: None,
        region_code: place.region_code,
        township_code: place.township_code,
        registered_address: None,
        address_digest: None,
        business_address: None,
        phone: None,
        phone_masked: None,
        cert_number: None,
        cert_digest: None,
        personal_address: None,
        industry_code: None,
        enterprise_type: None,
        legal_representative: None,
        registered_capital_fen: None,
        registered_capital_text: None,
        established_on: None,
        business_scope: None,
        registration_status: RegistrationStatus::Active,
        registration_authority: None,
        key_supervision: None,
        local_class: CreditClass::Unclassified,
        local_class_batch: None,
        local_class_batch_id: None,
        tags: Vec::new().into(),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Takes over what the row says; what it leaves out stays.
async fn merge(object: &mut Model, row: &ObjectRow, context: &Context) -> Result<()> {
    let app = &context.app;
    row.name.clone_into(&mut object.name);
    if row.uscc.is_some() {
        object.uscc.clone_from(&row.uscc);
        object.uscc_valid = row.uscc_valid;
    }
    if let Some(place) = row.place.as_ref().filter(|_| row.registered_address.is_some()) {
        let moved = place.region_code != object.region_code;
        object.region_code.clone_from(&place.region_code);
        // An address that names no township takes none away, unless it lies elsewhere.
        if moved || place.township_code.is_some() {
            object.township_code.clone_from(&place.township_code);
        }
    }

    // A person's address is sealed, and a register does not write it out again.
    if object.cert_number.is_none() {
        keep_or(&mut object.registered_address, row.registered_address.as_ref());
        let address = object.registered_address.as_deref();
        object.address_digest = address.and_then(|text| address_digest(app, text));
    }
    if let Some(phone) = &row.phone {
        let place = object_service::place("phone", object.id);
        let known = sealed::open_some(app, place, object.phone.as_deref()).await?;
        if known.as_ref() != Some(phone) {
            object_service::set_phone(app, object, Some(phone)).await?;
        }
    }

    keep_or(&mut object.registration_no, row.registration_no.as_ref());
    keep_or(&mut object.business_address, row.business_address.as_ref());
    keep_or(&mut object.industry_code, row.industry_code.as_ref());
    keep_or(&mut object.enterprise_type, row.enterprise_type.as_ref());
    keep_or(&mut object.legal_representative, row.legal_representative.as_ref());
    keep_or(&mut object.registered_capital_fen, row.registered_capital_fen.as_ref());
    keep_or(&mut object.registered_capital_text, row.registered_capital_text.as_ref());
    keep_or(&mut object.established_on, row.established_on.as_ref());
    keep_or(&mut object.business_scope, row.business_scope.as_ref());
    keep_or(&mut object.registration_authority, row.registration_authority.as_ref());
    keep_or(&mut object.key_supervision, row.key_supervision.as_ref());
    object.registration_status = row.registration_status.unwrap_or(object.registration_status);
    if let Some(tags) = &row.tags {
        object.tags = tags.clone().into();
    }

    Ok(())
}

fn keep_or<T: Clone>(field: &mut Option<T>, new: Option<&T>) {
    if let Some(new) = new {
        *field = Some(new.clone());
    }
}
