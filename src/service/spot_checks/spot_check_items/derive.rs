//! The list follows from the effective implementation lists, and ends with their items.

use super::{blank, next_code};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::items::items;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::versions;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::spot_check_items;
use crate::service::kernel::versions::content;
use domain::items::implementation_lists::Elements;
use domain::items::items::ItemContent;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::plans::ItemKind;
use domain::spot_checks::spot_check_items::{SpotCheckItemAction, next, ratio_text};
use entity::spot_checks::spot_check_items::{Entity, Model};
use uuid::Uuid;

/// The item is cancelled: its spot-check items go with it.
pub async fn retire_of(tx: &WriteTx, item: Uuid) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for before in spot_check_items::of_item(tx.conn(), item).await? {
        let Some(status) = next(before.status, SpotCheckItemAction::Retire) else {
            continue;
        };

        let mut spot = tx.edit_along::<Entity>(before);
        spot.status = status;
        events.push(spot.save(AuditAction::Retired, None).await?);
    }
    Ok(events.into_iter().flat_map(Change::into_events).collect())
}

/// 抽查事项清单 follows from the effective lists: one that is in double random gives a spot-check item, to be published.
pub async fn derive(app: &App, tx: &WriteTx, list: &entity::items::implementation_lists::Model) -> Result<Vec<Event>> {
    let approved =
        versions::newest_approved::<entity::items::implementation_lists::Entity>(tx.conn(), &[list.id]).await?;
    let elements: Elements = content(approved.get(&list.id))?;
    let begun =
        approved.get(&list.id).and_then(|version| version.effective_from).is_some_and(|on| on <= tx.ctx().today());
    if elements.double_random != Some(true) {
        // Until its day the version before it counts.
        return if begun { retire_of(tx, list.item_id).await } else { Ok(Vec::new()) };
    }
    let known = spot_check_items::of_item(tx.conn(), list.item_id).await?;
    let item = items::by_ids(tx.conn(), vec![list.item_id]).await?.pop();
    let item = item.ok_or_else(|| AppError::internal("a list without item"))?;
    let of_item = versions::newest_approved::<entity::items::items::Entity>(tx.conn(), &[item.id]).await?;
    let says: ItemContent = content(of_item.get(&item.id))?;
    let department = departments::get(tx.conn(), list.department_id).await?;

    if known.is_empty() {
        let blank = blank(tx, next_code(tx, &app.settings.county.code).await?);
        let model = filled(blank, &item, &says, &elements, &department.name);
        let saved = insert(tx, model).await?;
        return Ok(vec![Event::created::<Entity>(&saved)]);
    }

    let mut events = Vec::new();
    // What was entered by hand and linked keeps its own words.
    for before in known.into_iter().filter(|spot| spot.derived) {
        let after = filled(before.clone(), &item, &says, &elements, &department.name);
        if after != before {
            let mut spot = tx.edit_along::<Entity>(before);
            *spot = after;
            events.push(spot.save(AuditAction::Updated, None).await?);
        }
    }

    Ok(events.into_iter().flat_map(Change::into_events).collect())
}

fn filled(
    known: Model,
    item: &entity::items::items::Model,
    says: &ItemContent,
    elements: &Elements,
    department: &str,
) -> Model {
    let small = |value: Option<u32>| value.and_then(|value| i32::try_from(value).ok());
    let (floor, ceiling) = (elements.ratio_floor_bp.unwrap_or(0), elements.ratio_ceiling_bp.unwrap_or(0));
    let on_site = elements.check_category.as_deref() == Some("01");

    Model {
        category: says.main_name.clone().unwrap_or_else(|| item.name.clone()).chars().take(200).collect(),
        name: item.name.clone(),
        legal_basis: says.legal_basis.clone(),
        check_body: Some(department.to_owned()),
        targets: elements.targets.clone().unwrap_or_default(),
        ratio_text: ratio_text(floor, ceiling),
        ratio_floor_bp: small(elements.ratio_floor_bp),
        ratio_ceiling_bp: small(elements.ratio_ceiling_bp),
        frequency_text: elements.frequency_text.clone(),
        max_per_year: small(elements.max_per_year),
        mode_text: Some(if on_site { "现场检查" } else { "非现场检查" }.to_owned()),
        modes: vec![if on_site { "1" } else { "2" }.to_owned()].into(),
        qualification_required: elements.qualification_required == Some(true),
        qualification_text: elements.qualification.clone(),
        item_kind: elements.item_kind.unwrap_or(ItemKind::General),
        department_id: Some(item.department_id),
        item_id: Some(item.id),
        joint: elements.joint == Some(true),
        derived: true,
        ..known
    }
}
