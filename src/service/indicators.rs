//! 指标 1–3: the facts are read, the two sets of each department follow, and the county's is their union.

use crate::ctx::Ctx;
use crate::domain::implementation_lists::ListState;
use crate::domain::indicators::items::{ItemFacts, MappingFacts, catalogue_accuracy, claim_rate, list_completion};
use crate::domain::indicators::{IndicatorCode, Ratio, Sets};
use crate::domain::items::{ItemOrigin, ItemState};
use crate::domain::mappings::MappingState;
use crate::domain::text::Text;
use crate::error::Result;
use crate::persistence::indicators as store;
use crate::service::mappings::stored_differences;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An indicator, by department.
pub struct Indicator {
    pub code: IndicatorCode,
    pub departments: BTreeMap<Uuid, Sets>,
}

impl Indicator {
    /// The whole the caller may see.
    pub fn total(&self) -> Ratio {
        self.departments.values().map(Sets::ratio).fold(Ratio::default(), Ratio::plus)
    }
}

/// A record of the denominator that does not count, and why.
pub struct Missing {
    pub id: Uuid,
    pub department_id: Uuid,
    pub code: String,
    pub name: String,
    pub reason: Text,
}

/// The indicator over the departments that the caller may see.
pub async fn compute(conn: &impl ConnectionTrait, ctx: &Ctx, code: IndicatorCode) -> Result<Indicator> {
    let departments = match code {
        IndicatorCode::ClaimRate => by_department(&item_facts(conn, ctx).await?, claim_rate),
        IndicatorCode::ListCompletion => by_department(&item_facts(conn, ctx).await?, list_completion),
        IndicatorCode::CatalogueAccuracy => {
            let mut facts = Vec::new();
            for own in store::mappings(conn, ctx).await? {
                let state = MappingState::of(&own.state)?;
                facts.push((
                    own.department_id,
                    MappingFacts { id: own.id, state, differences: stored_differences(&own)? },
                ));
            }
            by_department(&facts, catalogue_accuracy)
        }
    };
    Ok(Indicator { code, departments })
}

fn by_department<'a, F>(facts: &'a [(Uuid, F)], count: impl Fn(Vec<&'a F>) -> Sets) -> BTreeMap<Uuid, Sets> {
    let mut grouped: BTreeMap<Uuid, Vec<&F>> = BTreeMap::new();
    for (department, fact) in facts {
        grouped.entry(*department).or_default().push(fact);
    }
    grouped.into_iter().map(|(department, facts)| (department, count(facts))).collect()
}

async fn item_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, ItemFacts)>> {
    let today = ctx.today();
    let in_force: BTreeSet<Uuid> =
        crate::persistence::versions::ids_in_force::<entity::items::Entity>(conn, today).await?.into_iter().collect();
    let lists_in_force: BTreeSet<Uuid> =
        crate::persistence::versions::ids_in_force::<entity::implementation_lists::Entity>(conn, today)
            .await?
            .into_iter()
            .collect();
    let lists = store::lists(conn, ctx).await?;
    let lists: BTreeMap<Uuid, (Uuid, String)> =
        lists.into_iter().map(|row| (row.item_id, (row.id, row.state))).collect();
    let mut facts = Vec::new();
    for item in store::items(conn, ctx).await? {
        let list = match lists.get(&item.id) {
            Some((id, state)) => Some((ListState::of(state)?, lists_in_force.contains(id))),
            None => None,
        };
        facts.push((
            item.department_id,
            ItemFacts {
                id: item.id,
                origin: ItemOrigin::of(&item.origin)?,
                state: ItemState::of(&item.state)?,
                administrative_type: item.administrative_type,
                in_force: in_force.contains(&item.id),
                list,
            },
        ));
    }
    Ok(facts)
}

/// What is missing, in the order of the ids, from an id on.
pub async fn explain(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    code: IndicatorCode,
    department: Option<Uuid>,
    after: Option<Uuid>,
    limit: usize,
) -> Result<(Vec<Missing>, usize)> {
    let indicator = compute(conn, ctx, code).await?;
    let mut missing: Vec<(Uuid, Uuid, Text)> = indicator
        .departments
        .into_iter()
        .filter(|(id, _)| department.is_none_or(|wanted| wanted == *id))
        .flat_map(|(department, sets)| sets.missing.into_iter().map(move |(id, reason)| (id, department, reason)))
        .collect();
    missing.sort_by_key(|(id, ..)| *id);
    let total = missing.len();
    let page: Vec<_> =
        missing.into_iter().filter(|(id, ..)| after.is_none_or(|after| *id > after)).take(limit).collect();
    let ids: Vec<_> = page.iter().map(|(id, ..)| *id).collect();
    let names = match code {
        IndicatorCode::ClaimRate | IndicatorCode::ListCompletion => store::item_names(conn, ids).await?,
        IndicatorCode::CatalogueAccuracy => store::mapping_names(conn, ids).await?,
    };
    let page = page.into_iter().map(|(id, department_id, reason)| {
        let (code, name) = names.get(&id).cloned().unwrap_or_default();
        Missing { id, department_id, code, name, reason }
    });
    Ok((page.collect(), total))
}
