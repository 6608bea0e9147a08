//! Rows of a published list become spot-check items; an item without a code is known by its wording.

use super::{Context, Numbered, Outcome};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::{insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::spot_check_items;
use crate::service::spot_checks::spot_check_items::{blank, code};
use domain::intake::imports::spot_check_items::ItemRow;
use domain::intake::imports::{Dimension, Finding};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::spot_checks::spot_check_items::{Entity, Model};
use std::collections::HashMap;

/// The same key as [`ItemRow::identity`], from what is stored.
fn identity(item: &Model) -> String {
    let parts =
        [&item.name, item.sub_item.as_deref().unwrap_or(""), item.check_body.as_deref().unwrap_or(""), &item.targets];
    parts.join("\u{1f}")
}

pub async fn apply(
    tx: &WriteTx,
    context: &Context,
    mut outcome: Outcome,
    rows: &[Numbered<&ItemRow>],
) -> Result<Outcome> {
    // A county's list has some hundred items: all of them fit in memory.
    let stored = spot_check_items::all(tx.conn()).await?;
    let mut serial = stored.len() as u64;
    let mut known: HashMap<String, Model> = stored.into_iter().map(|item| (identity(&item), item)).collect();

    for Numbered { row_no, row } in rows {
        let department = row.department_code.as_ref().map(|code| (code, context.departments.get(code).copied()));
        if let Some((code, None)) = department {
            let message = text!("部门编码不存在，责任部门留空。", "There is no such department; it is left open.");
            let finding = Finding::warning("部门编码", "UNKNOWN_DEPARTMENT", code, message).of(Dimension::Linkage);
            outcome.findings.push((*row_no, finding));
        }
        let department = department.and_then(|(_, id)| id);
        let saved = match known.remove(&row.identity()) {
            None => {
                serial += 1;
                let model = fill(blank(tx, code(&context.app.settings.county.code, serial)), row, department);
                let saved = insert(tx, model).await;
                let saved = saved.map_err(AppError::again)?;
                outcome.created += 1;
                outcome.events.push(Event::new(AuditAction::Imported, "spot-check-items", saved.id).after(&saved));
                saved
            }
            Some(before) => {
                let after = fill(before.clone(), row, department.or(before.department_id));
                outcome.count(after != before);
                if after == before {
                    before
                } else {
                    let saved = replace::<Entity>(tx, &before, after).await?;
                    let event = Event::new(AuditAction::Imported, "spot-check-items", saved.id);
                    outcome.events.push(event.before(&before).after(&saved));
                    saved
                }
            }
        };
        known.insert(row.identity(), saved);
    }

    Ok(outcome)
}

fn fill(item: Model, row: &ItemRow, department_id: Option<uuid::Uuid>) -> Model {
    let number = |value: Option<u32>| value.and_then(|value| i32::try_from(value).ok());
    Model {
        category: row.category.clone(),
        name: row.name.clone(),
        sub_item: row.sub_item.clone(),
        legal_basis: row.legal_basis.clone(),
        check_body: row.check_body.clone(),
        targets: row.targets.clone(),
        ratio_text: row.ratio_text.clone(),
        ratio_floor_bp: number(row.ratio.floor_bp),
        ratio_ceiling_bp: number(row.ratio.ceiling_bp),
        frequency_text: row.frequency_text.clone(),
        max_per_year: number(row.max_per_year),
        mode_text: row.mode_text.clone(),
        modes: row.modes.clone().into(),
        qualification_text: row.qualification_text.clone(),
        qualification_required: row.qualification_required,
        item_kind: row.item_kind.map_or(item.item_kind, |kind| kind),
        department_id,
        remark: row.remark.clone(),
        ..item
    }
}
