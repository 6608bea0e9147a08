//! Which spot-check items may be planned, drawn or inspected on a day, and under which versions.

use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::items::{implementation_lists, items, legal_clauses};
use crate::persistence::kernel::noun::lock_rows;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::versions;
use crate::service::kernel::versions::content;
use chrono::NaiveDate;
use domain::items::clauses::is_upheld;
use domain::items::implementation_lists::{CheckPoint, Elements};
use domain::items::items::{Facts, ItemContent, ItemState, Unusable, usability};
use domain::kernel::refusal::Code;
use domain::kernel::rules::EFFECTIVE_ITEMS;
use domain::kernel::text::text;
use domain::spot_checks::plans::ItemKind;
use domain::spot_checks::spot_check_items::SpotCheckItemStatus;
use entity::items::{implementation_lists as lists, items as item_entity};
use entity::kernel::versions as version_entity;
use entity::spot_checks::spot_check_items;
use sea_orm::ConnectionTrait;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The versions that a plan, a task or an inspection works under.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Used {
    pub item_version: Option<i32>,
    pub list_version: Option<i32>,
    /// 检查人员最少人数 that the list asks for.
    pub minimum_officers: Option<u32>,
    /// 每年上限次数: how often an object is inspected for it in a calendar year at most.
    pub max_per_year: Option<u32>,
    /// 抽查比例上限 of a general item, basis points.
    pub ceiling_bp: Option<u32>,
    /// 专业资格 that its officers need.
    pub qualification: Option<String>,
    /// 检查要点, in their order.
    pub check_points: Vec<CheckPoint>,
}

impl Used {
    /// What the list in force says, or where it says nothing the published line.
    fn new(
        spot: &spot_check_items::Model,
        item_version: Option<i32>,
        list_version: Option<i32>,
        list: Option<&Elements>,
    ) -> Self {
        let published = |value: Option<i32>| value.and_then(|value| u32::try_from(value).ok());
        let kind = list.and_then(|list| list.item_kind).unwrap_or(spot.item_kind);
        let ceiling = list.and_then(|list| list.ratio_ceiling_bp).or_else(|| published(spot.ratio_ceiling_bp));
        let qualified = list.filter(|list| list.qualification_required == Some(true));
        Self {
            item_version,
            list_version,
            minimum_officers: list.and_then(|list| list.minimum_officers),
            max_per_year: list.and_then(|list| list.max_per_year).or_else(|| published(spot.max_per_year)),
            ceiling_bp: ceiling.filter(|_| kind == ItemKind::General),
            qualification: qualified.and_then(|list| list.qualification.clone()),
            check_points: list.map(|list| list.check_points.clone()).unwrap_or_default(),
        }
    }
}

/// What stands in the way of each spot-check item on a day, and its versions. A constant number of statements.
pub async fn used_versions(
    conn: &impl ConnectionTrait,
    spots: &[spot_check_items::Model],
    day: NaiveDate,
) -> Result<BTreeMap<Uuid, (Option<Unusable>, Used)>> {
    let known = items::with_successors(conn, spots.iter().filter_map(|spot| spot.item_id).collect()).await?;
    let ids: Vec<_> = known.iter().map(|item| item.id).collect();
    let in_force = versions::in_force::<item_entity::Entity>(conn, &ids, day).await?;
    let of_items = implementation_lists::of_items(conn, &ids).await?;
    let list_ids: Vec<_> = of_items.values().map(|list| list.id).collect();
    let lists_in_force = versions::in_force::<lists::Entity>(conn, &list_ids, day).await?;
    let says = contents(&in_force)?;
    let elements: BTreeMap<Uuid, Elements> = contents(&lists_in_force)?;
    let cited = says.values().flat_map(|content: &ItemContent| content.clause_ids.clone());
    let cited = cited.chain(elements.values().flat_map(|list| list.citations().into_iter().map(|(clause, _)| clause)));
    let ends = legal_clauses::repeals_of(conn, cited.collect()).await?;
    let ended = |clause: Uuid| ends.get(&clause).copied().flatten();
    let lost = |on: Option<NaiveDate>| on.is_some_and(|on| on <= day);
    let mut found = BTreeMap::new();

    for spot in spots {
        let item = carrier(&known, spot.item_id, |item| in_force.contains_key(&item.id));
        let list = item.and_then(|item| of_items.get(&item.id));
        let version = item.and_then(|item| in_force.get(&item.id));
        let list_version = list.and_then(|list| lists_in_force.get(&list.id));
        // Judged by the version of the day; what somebody upheld stands.
        let item_lost = item.zip(version).is_some_and(|(item, version)| {
            !is_upheld(item.upheld_version, version.number)
                && lost(says.get(&item.id).and_then(|content| content.basis_lost_on(ended)))
        });
        let list_lost = list.zip(list_version).is_some_and(|(list, version)| {
            !is_upheld(list.upheld_version, version.number)
                && lost(elements.get(&list.id).and_then(|elements| elements.basis_lost_on(ended)))
        });
        let asked = list.and_then(|list| elements.get(&list.id));
        let in_double_random = asked.is_some_and(|list| list.double_random == Some(true));
        let facts = Facts {
            linked: item.is_some(),
            published: spot.status == SpotCheckItemStatus::Published,
            item_in_force: version.is_some(),
            list_in_force: list_version.is_some() && in_double_random,
            basis_lost: item_lost || list_lost,
        };
        let number = |version: Option<&&version_entity::Model>| version.map(|version| version.number);
        let used = Used::new(spot, number(version.as_ref()), number(list_version.as_ref()), asked);
        found.insert(spot.id, (usability(facts), used));
    }

    Ok(found)
}

fn contents<C: DeserializeOwned + Default>(
    versions: &BTreeMap<Uuid, version_entity::Model>,
) -> Result<BTreeMap<Uuid, C>> {
    versions.iter().map(|(id, version)| Ok((*id, content(Some(version))?))).collect()
}

/// The item itself while it is in force; once cancelled, whichever successor carries it on.
fn carrier(
    known: &[item_entity::Model],
    start: Option<Uuid>,
    in_force: impl Fn(&item_entity::Model) -> bool,
) -> Option<&item_entity::Model> {
    let find = |id: Option<Uuid>| known.iter().find(|item| Some(item.id) == id);
    let mut item = find(start)?;
    // No chain is longer than the items there are.
    for _ in 0..known.len() {
        if in_force(item) || item.state != ItemState::Cancelled {
            break;
        }
        let Some(next) = find(item.successor_id) else { break };
        item = next;
    }

    Some(item)
}

/// Refuses spot-check items that may not be used on a day, each by its pointer; gives the versions of the others.
/// Their items are locked, so that none is cancelled before what is planned under it is written.
pub async fn check_usable(
    tx: &WriteTx,
    spots: &[(String, spot_check_items::Model)],
    day: NaiveDate,
) -> Result<BTreeMap<Uuid, Used>> {
    let models: Vec<_> = spots.iter().map(|(_, spot)| spot.clone()).collect();
    lock_rows::<item_entity::Entity>(tx.conn(), models.iter().filter_map(|spot| spot.item_id)).await?;
    let found = used_versions(tx.conn(), &models, day).await?;
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
