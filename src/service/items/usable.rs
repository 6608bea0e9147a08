//! Which spot-check items may be planned, drawn or inspected on a day, and under which versions.

use crate::domain::items::{Facts, Unusable, usability};
use crate::domain::refusal::Code;
use crate::domain::rules::EFFECTIVE_ITEMS;
use crate::domain::spot_check_items::ItemStatus;
use crate::domain::text::text;
use crate::error::{AppError, FieldError, Result};
use crate::persistence::{implementation_lists, items, versions};
use chrono::NaiveDate;
use entity::{implementation_lists as lists, items as item_entity, spot_check_items};
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The versions that a plan, a task or an inspection works under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    pub item_version: Option<i32>,
    pub list_version: Option<i32>,
}

/// What stands in the way of each spot-check item on a day, and its versions. A constant number of statements.
pub async fn used_versions(
    conn: &impl ConnectionTrait,
    spots: &[spot_check_items::Model],
    day: NaiveDate,
) -> Result<BTreeMap<Uuid, (Option<Unusable>, Used)>> {
    let linked: Vec<_> = spots.iter().filter_map(|spot| spot.item_id).collect();
    let mut known = items::by_ids(conn, linked).await?;
    let successors = items::by_ids(conn, known.iter().filter_map(|item| item.successor_id).collect()).await?;
    known.extend(successors);
    let ids: Vec<_> = known.iter().map(|item| item.id).collect();
    let in_force = versions::in_force::<item_entity::Entity>(conn, &ids, day).await?;
    let of_items = implementation_lists::of_items(conn, &ids).await?;
    let list_ids: Vec<_> = of_items.values().map(|list| list.id).collect();
    let lists_in_force = versions::in_force::<lists::Entity>(conn, &list_ids, day).await?;
    let mut found = BTreeMap::new();
    for spot in spots {
        let linked = spot.item_id.and_then(|id| known.iter().find(|item| item.id == id));
        // A cancelled item is carried on by its successor.
        let successor = linked
            .filter(|item| !in_force.contains_key(&item.id))
            .and_then(|item| known.iter().find(|other| Some(other.id) == item.successor_id));
        let item = successor.or(linked);
        let list = item.and_then(|item| of_items.get(&item.id));
        let version = item.and_then(|item| in_force.get(&item.id));
        let list_version = list.and_then(|list| lists_in_force.get(&list.id));
        let lost = item.is_some_and(|item| item.basis_lost_on.is_some_and(|on| on <= day))
            || list.is_some_and(|list| list.basis_lost_on.is_some_and(|on| on <= day));
        let facts = Facts {
            linked: item.is_some(),
            published: spot.status == ItemStatus::Published.code(),
            item_in_force: version.is_some(),
            list_in_force: list_version.is_some(),
            basis_lost: lost,
        };
        let used = Used {
            item_version: version.map(|version| version.number),
            list_version: list_version.map(|version| version.number),
        };
        found.insert(spot.id, (usability(facts), used));
    }
    Ok(found)
}

/// Refuses spot-check items that may not be used on a day, each by its pointer; gives the versions of the others.
pub async fn check_usable(
    conn: &impl ConnectionTrait,
    spots: &[(String, spot_check_items::Model)],
    day: NaiveDate,
) -> Result<BTreeMap<Uuid, Used>> {
    let models: Vec<_> = spots.iter().map(|(_, spot)| spot.clone()).collect();
    let found = used_versions(conn, &models, day).await?;
    let mut errors = Vec::new();
    for (pointer, spot) in spots {
        let Some((Some(why), _)) = found.get(&spot.id) else { continue };
        let remedy = why.remedy();
        let detail = text!("“{name}”：{zh}", "\"{name}\": {en}", name = spot.name, zh = remedy.zh, en = remedy.en);
        errors.push(FieldError::new(pointer.clone(), why.code(), detail));
    }
    if errors.is_empty() {
        return Ok(found.into_iter().map(|(id, (_, used))| (id, used)).collect());
    }
    let mut error = AppError::new(
        Code::ItemNotEffective,
        text!(
            "未生效、未公布的事项不得列入计划、抽取或检查（{day}）。",
            "Only items that are effective and published may be planned, drawn or inspected ({day})."
        ),
    )
    .with_errors(errors);
    error.basis = Some(EFFECTIVE_ITEMS);
    Err(error)
}
