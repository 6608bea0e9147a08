//! Rows of a published list become spot-check items; an item without a code is known by its wording. What is published, or
//! follows from an implementation list, is not an import's to change.

use super::{Context, DataSet, Numbered, Outcome};
use crate::kernel::error::Result;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::{insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::spot_check_items;
use crate::service::spot_checks::spot_check_items::{blank, next_code};
use domain::access::Decide;
use domain::intake::imports::reading::fields::Cells;
use domain::intake::imports::spot_check_items::{self as item_row, ItemRow, identity};
use domain::intake::imports::{Dimension, Finding, Parsed};
use domain::kernel::characters::name_form;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::plans::{ItemKind, check_ratio};
use domain::spot_checks::spot_check_items::{SpotCheckItemAction, SpotCheckItemFacts, SpotCheckItemStatus};
use entity::intake::imports;
use entity::spot_checks::spot_check_items::{Entity, Model};
use std::collections::HashMap;

pub(super) struct SpotCheckItems;

impl DataSet for SpotCheckItems {
    type Row = ItemRow;

    fn parse(cells: &dyn Cells, _: &Context) -> Parsed<ItemRow> {
        item_row::parse(cells)
    }

    async fn apply(
        tx: &WriteTx,
        context: &Context,
        _: &imports::Model,
        outcome: Outcome,
        rows: &[Numbered<&ItemRow>],
    ) -> Result<Outcome> {
        apply(tx, context, outcome, rows).await
    }
}

async fn apply(tx: &WriteTx, context: &Context, mut outcome: Outcome, rows: &[Numbered<&ItemRow>]) -> Result<Outcome> {
    // A county's list has some hundred items: all of them fit in memory.
    let stored = spot_check_items::all(tx.conn()).await?;
    let key = |item: &Model| identity(&item.name, item.sub_item.as_deref(), item.check_body.as_deref(), &item.targets);
    // What has been retired is history: the same words again are another item.
    let living = stored.into_iter().filter(|item| item.status != SpotCheckItemStatus::Retired);
    let mut known: HashMap<String, Model> = living.map(|item| (key(&item), item)).collect();

    for Numbered { at, row } in rows {
        let department = row.department_code.as_ref().map(|code| (code, context.departments.get(code).copied()));
        if let Some((code, None)) = department {
            let message = text!("部门编码不存在，责任部门留空。", "There is no such department; it is left open.");
            let finding = Finding::warning("部门编码", "UNKNOWN_DEPARTMENT", code, message).of(Dimension::Linkage);
            outcome.findings.push((*at, finding));
        }
        outcome.findings.extend(above_ceiling(context, row).map(|finding| (*at, finding)));
        let department = department.and_then(|(_, id)| id);
        let saved = match known.remove(&row.identity()) {
            None => {
                let model = fill(blank(tx, next_code(tx, &context.app.settings.county.code).await?), row, department);
                let saved = insert(tx, model).await?;
                outcome.created += 1;
                outcome.events.push(Event::new(AuditAction::Imported, "spot-check-items", saved.id).after(&saved));
                saved
            }
            Some(before) => {
                let after = fill(before.clone(), row, department.or(before.department_id));
                let fixed = fixed(tx, &before);
                if after == before || (fixed.is_some() && in_one_form(&after) == in_one_form(&before)) {
                    outcome.count(false);
                    before
                } else if let Some(finding) = fixed {
                    outcome.refuse(*at, finding);
                    before
                } else {
                    let saved = replace::<Entity>(tx, &before, after).await?;
                    let event = Event::new(AuditAction::Imported, "spot-check-items", saved.id);
                    outcome.events.push(event.before(&before).after(&saved));
                    outcome.count(true);
                    saved
                }
            }
        };
        known.insert(row.identity(), saved);
    }

    Ok(outcome)
}

/// Why a stored item keeps its words: it is published or over, or they follow its implementation list.
fn fixed(tx: &WriteTx, item: &Model) -> Option<Finding> {
    const FIELD: &str = "抽查事项名称";
    if item.derived {
        let message = text!(
            "该事项由检查实施清单产生，内容随清单变更，不能以导入修改。",
            "The item follows from an implementation list and changes with it; an import does not change it."
        );
        return Some(Finding::error(FIELD, "ITEM_DERIVED", &item.code, message));
    }

    let open = item.published_at.is_none()
        && SpotCheckItemFacts::from(item).decide(&tx.ctx().actor, SpotCheckItemAction::Update).is_ok();
    (!open).then(|| {
        let message = text!(
            "该事项已公布或已失效，不能以导入修改；请先作失效处理，再另行登记。",
            "The item is published or over, so an import does not change it; retire it and enter another."
        );
        Finding::error(FIELD, "ITEM_PUBLISHED", &item.code, message)
    })
}

/// An item with its words as they are compared: blanks and widths change nothing that is published.
fn in_one_form(item: &Model) -> Model {
    let optional = |text: &Option<String>| text.as_deref().map(name_form);
    Model {
        category: name_form(&item.category),
        name: name_form(&item.name),
        sub_item: optional(&item.sub_item),
        legal_basis: optional(&item.legal_basis),
        check_body: optional(&item.check_body),
        targets: name_form(&item.targets),
        ratio_text: name_form(&item.ratio_text),
        frequency_text: optional(&item.frequency_text),
        mode_text: optional(&item.mode_text),
        qualification_text: optional(&item.qualification_text),
        remark: optional(&item.remark),
        ..item.clone()
    }
}

/// 一般检查事项 above the ceiling: it can be entered, and is not planned so.
fn above_ceiling(context: &Context, row: &ItemRow) -> Option<Finding> {
    let share = row.ratio.ceiling_bp.or(row.ratio.floor_bp);
    let kind = row.item_kind.filter(|kind| *kind == ItemKind::General)?;
    let refusal = check_ratio(&context.app.settings.rules, kind, share).err()?;
    Some(Finding::warning("抽查比例", "GENERAL_ITEM_CEILING", &row.ratio_text, refusal.detail))
}

/// What the row says; what it leaves out stays.
fn fill(item: Model, row: &ItemRow, department_id: Option<uuid::Uuid>) -> Model {
    let number = |value: Option<u32>| value.and_then(|value| i32::try_from(value).ok());
    let (said_often, said_how) = (row.frequency_text.is_some(), row.mode_text.is_some());
    let said_who = row.qualification_text.is_some();

    Model {
        // No column says it: what an item was entered under stays.
        category: if item.category.is_empty() { row.category.clone() } else { item.category },
        name: row.name.clone(),
        sub_item: row.sub_item.clone().or(item.sub_item),
        legal_basis: row.legal_basis.clone().or(item.legal_basis),
        check_body: row.check_body.clone().or(item.check_body),
        targets: row.targets.clone(),
        ratio_text: row.ratio_text.clone(),
        ratio_floor_bp: number(row.ratio.floor_bp),
        ratio_ceiling_bp: number(row.ratio.ceiling_bp),
        frequency_text: row.frequency_text.clone().or(item.frequency_text),
        max_per_year: if said_often { number(row.max_per_year) } else { item.max_per_year },
        mode_text: row.mode_text.clone().or(item.mode_text),
        modes: if said_how { row.modes.clone().into() } else { item.modes },
        qualification_text: row.qualification_text.clone().or(item.qualification_text),
        qualification_required: if said_who { row.qualification_required } else { item.qualification_required },
        item_kind: row.item_kind.map_or(item.item_kind, |kind| kind),
        department_id,
        remark: row.remark.clone().or(item.remark),
        ..item
    }
}
