//! Rows of a pushed credit batch become classifications, and the newest one an object's local class.

use super::{Numbered, Outcome};
use crate::ctx::new_id;
use crate::domain::audit::AuditAction;
use crate::domain::credit::Scheme;
use crate::domain::imports::credit_classifications::CreditRow;
use crate::domain::imports::{Dimension, Finding};
use crate::domain::text::text;
use crate::error::Result;
use crate::persistence::errors::AppResult;
use crate::persistence::noun::replace;
use crate::persistence::tx::{Event, WriteTx};
use crate::persistence::{credit, objects};
use entity::credit_classifications::{Entity, Model};
use entity::objects::Model as Object;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

type Key = (Uuid, String, String, String);

fn key(row: &Model) -> Key {
    (row.object_id, row.scheme.clone(), row.source.clone(), row.batch.clone())
}

pub async fn apply(tx: &WriteTx, mut outcome: Outcome, rows: &[Numbered<&CreditRow>]) -> Result<Outcome> {
    let found = objects::by_uscc(tx.conn(), rows.iter().map(|row| row.row.uscc.clone()).collect()).await?;
    let stored = credit::of_objects(tx.conn(), found.values().map(|object| object.id).collect()).await?;
    let mut known: HashMap<Key, Model> = stored.into_iter().map(|row| (key(&row), row)).collect();
    let mut new = Vec::new();
    for Numbered { row_no, row } in rows {
        let Some(object) = found.get(&row.uscc) else {
            let message =
                text!("登记库中没有该主体，待其入库后重报。", "The register has no such object; send it again later.");
            let finding = Finding::error("统一社会信用代码", "UNKNOWN_OBJECT", &row.uscc, message);
            outcome.refuse(*row_no, finding.of(Dimension::Linkage));
            continue;
        };
        let row = model(tx, row, object.id);
        match known.get_mut(&key(&row)) {
            Some(same) if same.level == row.level => outcome.count(false),
            Some(other) => {
                let before = other.clone();
                other.level = row.level;
                other.local_class = row.local_class;
                other.received_at = row.received_at;
                if let Some(pending) = new.iter_mut().find(|pending: &&mut Model| pending.id == other.id) {
                    *pending = other.clone();
                } else {
                    other.clone().into_active_model().reset_all().update(tx.conn()).await.or_app()?;
                }
                let event = Event::new(AuditAction::Imported, "credit-classifications", other.id);
                outcome.events.push(event.before(&before).after(other));
                outcome.count(true);
            }
            None => {
                let event = Event::new(AuditAction::Imported, "credit-classifications", row.id).after(&row);
                outcome.events.push(event);
                known.insert(key(&row), row.clone());
                new.push(row);
                outcome.created += 1;
            }
        }
    }
    let inserted = new.into_iter().map(|row| row.into_active_model().reset_all());
    Entity::insert_many(inserted).exec_without_returning(tx.conn()).await.or_app()?;
    reclassify(tx, &found, known.into_values(), &mut outcome).await?;
    Ok(outcome)
}

/// The newest batch counts; within a month the market regulation's scheme goes before the national one.
async fn reclassify(
    tx: &WriteTx,
    found: &BTreeMap<String, Object>,
    rows: impl Iterator<Item = Model>,
    outcome: &mut Outcome,
) -> Result<()> {
    let mut newest: HashMap<Uuid, Model> = HashMap::new();
    let rank = |row: &Model| (row.batch.clone(), row.scheme == Scheme::MarketRegulation.national(), row.source.clone());
    for row in rows {
        match newest.get(&row.object_id) {
            Some(best) if rank(best) >= rank(&row) => {}
            _ => {
                newest.insert(row.object_id, row);
            }
        }
    }
    for object in found.values() {
        let Some(best) = newest.get(&object.id) else { continue };
        if object.local_class == best.local_class && object.local_class_batch.as_ref() == Some(&best.batch) {
            continue;
        }
        let after = Object {
            local_class: best.local_class.clone(),
            local_class_batch: Some(best.batch.clone()),
            ..object.clone()
        };
        let saved = replace::<entity::objects::Entity>(tx, object, after).await?;
        let event = Event::new(AuditAction::Imported, "objects", object.id).before(object).after(&saved);
        outcome.events.push(event);
    }
    Ok(())
}

fn model(tx: &WriteTx, row: &CreditRow, object_id: Uuid) -> Model {
    Model {
        id: new_id(),
        object_id,
        scheme: row.scheme.national().to_owned(),
        level: row.level.clone(),
        batch: row.batch.clone(),
        source: row.source.clone(),
        local_class: row.local_class.code().to_owned(),
        received_at: tx.ctx().now,
    }
}
