//! Rows of the enterprise register become objects; the same row again changes nothing.

use super::{Context, Numbered, Outcome};
use crate::kernel::ctx::new_id;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use crate::service::officers::personnel::address_digest;
use domain::credit::CreditClass;
use domain::intake::imports::objects::ObjectRow;
use domain::intake::imports::{Dimension, Finding};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::register::objects::RegistrationStatus;
use entity::register::objects::{Entity, Model};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An object while its batch is applied: as it was stored, if it was, and as it will be.
struct Working {
    before: Option<Model>,
    after: Model,
}

pub async fn apply(
    tx: &WriteTx,
    context: &Context,
    mut outcome: Outcome,
    rows: &[Numbered<&ObjectRow>],
) -> Result<Outcome> {
    let keys = rows.iter().map(|row| row.row.identity_key.clone()).collect();
    let stored = objects::by_identity(tx.conn(), keys).await?;
    let mut working: BTreeMap<String, Working> =
        stored.into_iter().map(|(key, model)| (key, Working { before: Some(model.clone()), after: model })).collect();

    for Numbered { row_no, row } in rows {
        let earlier = context.seen.earlier(&row.identity_key, *row_no);
        if let Some(region) = foreign_region(context, row, working.get(&row.identity_key)) {
            let message = text!("不得报送其他区域的监管对象。", "This object is outside the sender's region.");
            let finding = Finding::error("企业名称", "FOREIGN_REGION", &region, message);
            outcome.refuse(*row_no, finding.of(Dimension::Linkage));
            continue;
        }
        if let Some(known) = working.get_mut(&row.identity_key) {
            let mut after = known.after.clone();
            let changed = merge(&mut after, row, context);
            if let Some(first) = earlier.filter(|_| changed) {
                let message = text!(
                    "与第 {first} 行是同一对象而内容不同；保留第 {first} 行，请核对后只留一行。",
                    "The same object as row {first} with other values; row {first} is kept, please send one of them only."
                );
                let finding = Finding::error("企业名称", "DUPLICATE_IN_FILE", &row.name, message);
                outcome.refuse(*row_no, finding.of(Dimension::Uniqueness));
                continue;
            }
            known.after = after;
            outcome.count(changed);
        } else {
            let after = model(tx, context, row);
            working.insert(row.identity_key.clone(), Working { before: None, after });
            outcome.created += 1;
        }
    }

    save(tx, working, &mut outcome).await?;
    Ok(outcome)
}

async fn save(tx: &WriteTx, working: BTreeMap<String, Working>, outcome: &mut Outcome) -> Result<()> {
    let (mut new, mut new_tags): (Vec<Model>, Vec<(Uuid, String)>) = (Vec::new(), Vec::new());
    for Working { before, after } in working.into_values() {
        match before {
            None => {
                outcome.events.push(Event::new(AuditAction::Imported, "objects", after.id).after(&after));
                new_tags.extend(tags_of(&after).into_iter().map(|tag| (after.id, tag)));
                new.push(after);
            }
            Some(before) if before != after => {
                let saved = replace::<Entity>(tx, &before, after).await?;
                if saved.tags != before.tags {
                    objects::set_tags(tx.conn(), before.id, &tags_of(&saved)).await?;
                }
                let event = Event::new(AuditAction::Imported, "objects", before.id).before(&before).after(&saved);
                outcome.events.push(event);
            }
            Some(_) => {}
        }
    }

    objects::insert_many(tx.conn(), new).await?;
    objects::add_tags(tx.conn(), new_tags).await
}

/// The place that a row has, or would change, and that the sender must not write.
fn foreign_region(context: &Context, row: &ObjectRow, known: Option<&Working>) -> Option<String> {
    let own = context.region.as_ref()?;
    let home = context.app.settings.county.code.clone();
    let told = place(context, row).map(|place| place.township_code.unwrap_or(place.region_code));
    let is = known.map(|known| known.after.township_code.clone().unwrap_or_else(|| known.after.region_code.clone()));
    let will_be = told.or_else(|| is.clone()).unwrap_or(home);
    [Some(will_be), is].into_iter().flatten().find(|place| !place.starts_with(own.as_str()))
}

fn place(context: &Context, row: &ObjectRow) -> Option<domain::kernel::codes::region::Place> {
    let texts = [row.registered_address.as_deref().unwrap_or(""), row.name.as_str()];
    let area =
        row.uscc.as_deref().and_then(|code| code.get(2..8)).filter(|area| area.bytes().all(|b| b.is_ascii_digit()));
    context.gazetteer.locate(&texts, area)
}

fn model(tx: &WriteTx, context: &Context, row: &ObjectRow) -> Model {
    let now = tx.ctx().now;
    let place = place(context, row);

    Model {
        id: new_id(),
        identity_key: row.identity_key.clone(),
        uscc: row.uscc.clone(),
        uscc_valid: row.uscc_valid,
        name: row.name.clone(),
        object_type: row.object_type.clone(),
        cert_type: None,
        cert_no: None,
        region_code: place
            .as_ref()
            .map_or_else(|| context.app.settings.county.code.clone(), |place| place.region_code.clone()),
        township_code: place.and_then(|place| place.township_code),
        registered_address: row.registered_address.clone(),
        address_digest: row.registered_address.as_deref().and_then(|text| address_digest(&context.app, text)),
        cert_number: None,
        cert_digest: None,
        personal_address: None,
        industry_code: row.industry_code.clone(),
        enterprise_type: row.enterprise_type.clone(),
        legal_representative: row.legal_representative.clone(),
        registered_capital_fen: row.registered_capital_fen,
        registered_capital_text: row.registered_capital_text.clone(),
        established_on: row.established_on,
        business_scope: row.business_scope.clone(),
        registration_status: RegistrationStatus::Active,
        local_class: CreditClass::Unclassified,
        local_class_batch: None,
        local_class_batch_id: None,
        tags: row.tags.clone().unwrap_or_default().into(),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Takes over what the row says; what it leaves out stays. True where something changed.
fn merge(object: &mut Model, row: &ObjectRow, context: &Context) -> bool {
    let before = object.clone();
    row.name.clone_into(&mut object.name);
    object.uscc_valid = row.uscc_valid;
    if let Some(place) = place(context, row).filter(|_| row.registered_address.is_some()) {
        object.region_code = place.region_code;
        object.township_code = place.township_code;
    }

    // A person's address is sealed, and a register does not write it out again.
    if object.cert_number.is_none() {
        keep_or(&mut object.registered_address, row.registered_address.as_ref());
        let address = object.registered_address.as_deref();
        object.address_digest = address.and_then(|text| address_digest(&context.app, text));
    }

    keep_or(&mut object.industry_code, row.industry_code.as_ref());
    keep_or(&mut object.enterprise_type, row.enterprise_type.as_ref());
    keep_or(&mut object.legal_representative, row.legal_representative.as_ref());
    keep_or(&mut object.registered_capital_fen, row.registered_capital_fen.as_ref());
    keep_or(&mut object.registered_capital_text, row.registered_capital_text.as_ref());
    keep_or(&mut object.established_on, row.established_on.as_ref());
    keep_or(&mut object.business_scope, row.business_scope.as_ref());
    if let Some(tags) = &row.tags {
        object.tags = tags.clone().into();
    }

    *object != before
}

fn tags_of(object: &Model) -> Vec<String> {
    object.tags.0.clone()
}

fn keep_or<T: Clone>(field: &mut Option<T>, new: Option<&T>) {
    if let Some(new) = new {
        *field = Some(new.clone());
    }
}
