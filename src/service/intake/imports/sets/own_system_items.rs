//! Rows of a department's own system's item list become mappings to be confirmed; the same row again changes nothing.

use super::{Context, DataSet, Numbered, Outcome};
use crate::kernel::ctx::new_id;
use crate::kernel::error::Result;
use crate::persistence::items::mappings as store;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::{insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::service::items::mappings::Unified;
use crate::service::oversight::worklist;
use domain::intake::imports::own_system_items::{self as own_row, OwnItemRow};
use domain::intake::imports::reading::fields::Cells;
use domain::intake::imports::{Dimension, Finding, Parsed};
use domain::items::mappings::MappingState;
use domain::kernel::stored::Stored;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::intake::imports;
use entity::items::own_system_items::{Entity, Model};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) struct OwnSystemItems;

impl DataSet for OwnSystemItems {
    type Row = OwnItemRow;

    fn parse(cells: &dyn Cells, _: &Context) -> Parsed<OwnItemRow> {
        own_row::parse(cells)
    }

    async fn apply(
        tx: &WriteTx,
        context: &Context,
        _: &imports::Model,
        outcome: Outcome,
        rows: &[Numbered<&OwnItemRow>],
    ) -> Result<Outcome> {
        apply(tx, context, outcome, rows).await
    }
}

async fn apply(
    tx: &WriteTx,
    context: &Context,
    mut outcome: Outcome,
    rows: &[Numbered<&OwnItemRow>],
) -> Result<Outcome> {
    let departments = context.departments.values().copied().collect();
    let codes = rows.iter().map(|row| row.row.item.code.clone()).collect();
    let mut known = store::of_codes(tx.conn(), departments, codes).await?;
    let mut unified: BTreeMap<Uuid, Unified> = BTreeMap::new();

    for Numbered { at, row } in rows {
        let department = context.departments.get(&row.department_code).copied();
        let department = department.filter(|id| context.allowed.as_ref().is_none_or(|own| own.contains(id)));
        let Some(department) = department else {
            let message = text!(
                "部门不存在，或不是导入人所在部门。",
                "There is no such department, or it is not the sender's own."
            );
            let finding = Finding::error("部门编码", "UNKNOWN_DEPARTMENT", &row.department_code, message);
            outcome.refuse(*at, finding.of(Dimension::Linkage));
            continue;
        };
        if let std::collections::btree_map::Entry::Vacant(entry) = unified.entry(department) {
            entry.insert(Unified::of(tx.conn(), department).await?);
        }
        let Some(unified) = unified.get(&department) else { continue };
        let key = (department, row.system.clone(), row.item.code.clone());
        let before = known.get(&key).cloned();
        let after = fill(before.clone().unwrap_or_else(|| blank(tx, department, row)), row);
        let after = unified.match_up(&after)?;
        let saved = match &before {
            Some(before) if *before == after => {
                outcome.count(false);
                continue;
            }
            Some(before) => {
                let saved = replace::<Entity>(tx, before, after).await?;
                let event = Event::new(AuditAction::Imported, "item-mappings", saved.id).department(department);
                outcome.events.push(event.before(before).after(&saved));
                outcome.count(true);
                saved
            }
            None => {
                let saved = insert(tx, after).await?;
                let event = Event::new(AuditAction::Imported, "item-mappings", saved.id).department(department);
                outcome.events.push(event.after(&saved));
                outcome.created += 1;
                saved
            }
        };
        worklist::mapping(&context.app, tx, &saved).await?;
        known.insert(key, saved);
    }

    Ok(outcome)
}

fn blank(tx: &WriteTx, department_id: Uuid, row: &OwnItemRow) -> Model {
    let now = tx.ctx().now;
    Model {
        id: new_id(),
        department_id,
        system: row.system.clone(),
        code: row.item.code.clone(),
        name: String::new(),
        legal_basis: None,
        administrative_type: None,
        supervise_form: None,
        state: MappingState::Unmatched,
        item_id: None,
        suggested_item_id: None,
        score: None,
        differences: Stored::default(),
        differences_count: 0,
        confirmed_by: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// What the row says; what it leaves out stays.
fn fill(known: Model, row: &OwnItemRow) -> Model {
    Model {
        name: row.item.name.clone(),
        legal_basis: row.item.legal_basis.clone().or(known.legal_basis),
        administrative_type: row.item.administrative_type.clone().or(known.administrative_type),
        supervise_form: row.item.supervise_form.clone().or(known.supervise_form),
        ..known
    }
}
