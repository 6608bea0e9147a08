//! 指标: the facts are read, the two sets of each department follow, and the county's is their union.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::access::activity;
use crate::persistence::officers::rolls;
use crate::persistence::oversight::clue_figures::{self, Part};
use crate::persistence::oversight::indicators as store;
use chrono::{DateTime, Datelike, Utc};
use domain::access::users::{IdentityState, UserStatus};
use domain::items::implementation_lists::ListState;
use domain::kernel::clocks::calendar::start_of;
use domain::kernel::text::Text;
use domain::oversight::indicators::items::{
    ItemFacts, MappingFacts, catalogue_accuracy, claim_rate, list_completion, mapping_completion,
};
use domain::oversight::indicators::people::{
    AccountFacts, HolderFacts, RollFacts, monthly_active, officer_accuracy, officer_collection, officer_registration,
};
use domain::oversight::indicators::risks::{
    ModelFacts, TaskFacts, VerdictFacts, clue_precision, clue_timeliness, credit_application, model_elements,
};
use domain::oversight::indicators::{IndicatorCode, Ratio, Sets};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An indicator, by department.
pub struct Indicator {
    pub code: IndicatorCode,
    pub departments: BTreeMap<Uuid, Ratio>,
}

impl Indicator {
    /// The whole the caller may see.
    pub fn total(&self) -> Ratio {
        self.departments.values().copied().fold(Ratio::default(), Ratio::plus)
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
    let since = begin_of_year(ctx);
    let mut departments: BTreeMap<Uuid, Ratio> = BTreeMap::new();
    // Clues are many: the database counts them. What no department has taken is nobody's, and the county's.
    if code == IndicatorCode::ClueTimeliness {
        for row in clue_figures::timeliness(conn, ctx, since).await? {
            let (in_time, late) = (row.in_time.unsigned_abs(), row.late.unsigned_abs());
            let ratio = Ratio { numerator: in_time, denominator: in_time + late };
            departments.insert(row.department_id.unwrap_or_default(), ratio);
        }
    } else if code == IndicatorCode::CluePrecision {
        for row in clue_figures::verdicts(conn, ctx, since).await? {
            let count = row.count.unsigned_abs();
            let ratio = Ratio { numerator: if row.verdict.is_hit() { count } else { 0 }, denominator: count };
            let known = departments.entry(row.department_id.unwrap_or_default()).or_default();
            *known = known.plus(ratio);
        }
    } else {
        departments = sets(conn, ctx, code).await?.iter().map(|(id, sets)| (*id, sets.ratio())).collect();
    }

    Ok(Indicator { code, departments })
}

/// The two sets of each department, of the indicators whose records are few.
async fn sets(conn: &impl ConnectionTrait, ctx: &Ctx, code: IndicatorCode) -> Result<BTreeMap<Uuid, Sets>> {
    Ok(match code {
        IndicatorCode::ClaimRate => by_department(&item_facts(conn, ctx).await?, claim_rate),
        IndicatorCode::ListCompletion => by_department(&item_facts(conn, ctx).await?, list_completion),
        IndicatorCode::MappingCompletion => by_department(&mapping_facts(conn, ctx).await?, mapping_completion),
        IndicatorCode::CatalogueAccuracy => by_department(&mapping_facts(conn, ctx).await?, catalogue_accuracy),
        IndicatorCode::CreditApplication => by_department(&task_facts(conn, ctx).await?, credit_application),
        IndicatorCode::ModelElements => by_department(&model_facts(conn, ctx).await?, model_elements),
        IndicatorCode::OfficerRegistration => by_department(&holder_facts(conn, ctx).await?, officer_registration),
        IndicatorCode::MonthlyActive => by_department(&account_facts(conn, ctx).await?, monthly_active),
        IndicatorCode::OfficerCollection => by_department(&roll_facts(conn, ctx).await?, officer_collection),
        IndicatorCode::OfficerAccuracy => by_department(&roll_facts(conn, ctx).await?, officer_accuracy),
        // Counted by the database.
        IndicatorCode::ClueTimeliness | IndicatorCode::CluePrecision => BTreeMap::new(),
    })
}

fn by_department<'a, F>(facts: &'a [(Uuid, F)], count: impl Fn(Vec<&'a F>) -> Sets) -> BTreeMap<Uuid, Sets> {
    let mut grouped: BTreeMap<Uuid, Vec<&F>> = BTreeMap::new();
    for (department, fact) in facts {
        grouped.entry(*department).or_default().push(fact);
    }
    grouped.into_iter().map(|(department, facts)| (department, count(facts))).collect()
}

/// The first moment of the year in Asia/Shanghai.
fn begin_of_year(ctx: &Ctx) -> DateTime<Utc> {
    let today = ctx.today();
    start_of(today.with_ordinal(1).unwrap_or(today))
}

async fn mapping_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, MappingFacts)>> {
    let facts = store::mappings(conn, ctx).await?.into_iter().map(|own| {
        let facts = MappingFacts { id: own.id, state: own.state, differences: own.differences.0 };
        (own.department_id, facts)
    });
    Ok(facts.collect())
}

async fn task_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, TaskFacts)>> {
    let mut facts = Vec::new();
    for (task, draw) in store::drawn_tasks(conn, ctx, begin_of_year(ctx)).await? {
        let classes = task.strata.iter().map(|rule| rule.class);
        let strata = draw.strata.0;
        let batches = draw.class_batches.0;
        let classified = batches.iter().map(|batch| batch.objects).sum();
        let strata = classes.zip(strata).collect();
        facts.push((task.lead_department_id, TaskFacts { id: task.id, classified, strata }));
    }
    Ok(facts)
}

async fn model_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, ModelFacts)>> {
    let count = |number: i32| u64::try_from(number).unwrap_or(0);
    let models = store::models(conn, ctx).await?.into_iter().map(|(model, version)| {
        let required = count(version.elements_required);
        (model.department_id, ModelFacts { id: model.id, required, filled: count(version.elements_filled) })
    });
    Ok(models.collect())
}

async fn holder_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, HolderFacts)>> {
    let mut accounts = BTreeMap::new();
    for row in store::accounts(conn, ctx).await? {
        let Some(officer) = row.personnel_id else { continue };
        let state = (row.status, row.identity_state);
        // The best of several accounts counts.
        let best = accounts.entry(officer).or_insert(state);
        if state == (UserStatus::Active, IdentityState::Verified) {
            *best = state;
        }
    }
    let holders = store::holders(conn, ctx).await?.into_iter();
    Ok(holders.map(|(id, department)| (department, HolderFacts { id, account: accounts.get(&id).copied() })).collect())
}

async fn account_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, AccountFacts)>> {
    let today = ctx.today();
    let first = today.with_day(1).unwrap_or(today);
    let seen: BTreeSet<Uuid> = activity::active_between(conn, first, today).await?.into_iter().collect();
    let accounts = store::accounts(conn, ctx).await?.into_iter().filter(store::is_active);
    Ok(accounts
        .filter_map(|row| Some((row.department_id?, AccountFacts { id: row.id, seen: seen.contains(&row.id) })))
        .collect())
}

async fn roll_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, RollFacts)>> {
    let Some(newest) = rolls::newest(conn).await? else { return Ok(Vec::new()) };
    let mut rows = store::roll(conn, ctx, newest.import_id).await?;
    let facts = rows.entries.into_iter().map(|(entry, department)| {
        let differing = rows.differing.remove(&entry.certificate_no).unwrap_or_default();
        (department, RollFacts { id: entry.id, uploaded: !rows.missing.contains(&entry.certificate_no), differing })
    });
    Ok(facts.collect())
}

async fn item_facts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, ItemFacts)>> {
    let today = ctx.today();
    let in_force: BTreeSet<Uuid> =
        crate::persistence::kernel::versions::ids_in_force::<entity::items::items::Entity>(conn, today)
            .await?
            .into_iter()
            .collect();
    let lists_in_force: BTreeSet<Uuid> =
        crate::persistence::kernel::versions::ids_in_force::<entity::items::implementation_lists::Entity>(conn, today)
            .await?
            .into_iter()
            .collect();
    let lists = store::lists(conn, ctx).await?;
    let lists: BTreeMap<Uuid, (Uuid, ListState)> =
        lists.into_iter().map(|row| (row.item_id, (row.id, row.state))).collect();
    let mut facts = Vec::new();

    for item in store::items(conn, ctx).await? {
        let list = lists.get(&item.id).map(|(id, state)| (*state, lists_in_force.contains(id)));
        facts.push((
            item.department_id,
            ItemFacts {
                id: item.id,
                origin: item.origin,
                state: item.state,
                administrative_type: item.administrative_type,
                in_force: in_force.contains(&item.id),
                list,
            },
        ));
    }

    Ok(facts)
}

/// Which records of the denominator do not count, whose they are, and why: a page of them, and how many there are.
type MissingPage = (Vec<(Uuid, Uuid, Text)>, usize);

async fn missing(conn: &impl ConnectionTrait, ctx: &Ctx, code: IndicatorCode, part: Part) -> Result<MissingPage> {
    let since = begin_of_year(ctx);
    if matches!(code, IndicatorCode::ClueTimeliness | IndicatorCode::CluePrecision) {
        let of_part = |id: &Uuid| part.department.is_none_or(|wanted| wanted == *id);
        let figures = compute(conn, ctx, code).await?.departments.into_iter().filter(|(id, _)| of_part(id));
        let total = figures.map(|(_, ratio)| ratio.denominator - ratio.numerator).sum::<u64>();
        let mut page = Vec::new();
        if code == IndicatorCode::ClueTimeliness {
            for (department, facts) in clue_figures::late_clues(conn, ctx, since, part).await? {
                let why = clue_timeliness([&facts], ctx.now).missing;
                page.extend(why.into_iter().map(|(id, reason)| (id, department, reason)));
            }
        } else {
            for (id, department, verdict) in clue_figures::misses(conn, ctx, since, part).await? {
                let why = clue_precision([&VerdictFacts { id, verdict }]).missing;
                page.extend(why.into_iter().map(|(id, reason)| (id, department.unwrap_or_default(), reason)));
            }
        }
        return Ok((page, usize::try_from(total).unwrap_or(usize::MAX)));
    }

    let mut missing: Vec<(Uuid, Uuid, Text)> = sets(conn, ctx, code)
        .await?
        .into_iter()
        .filter(|(id, _)| part.department.is_none_or(|wanted| wanted == *id))
        .flat_map(|(department, sets)| sets.missing.into_iter().map(move |(id, reason)| (id, department, reason)))
        .collect();
    missing.sort_by_key(|(id, ..)| *id);
    let total = missing.len();
    let page = missing.into_iter().filter(|(id, ..)| part.after.is_none_or(|after| *id > after));

    Ok((page.take(usize::try_from(part.limit).unwrap_or(usize::MAX)).collect(), total))
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
    let (page, total) = missing(conn, ctx, code, Part { department, after, limit: limit as u64 }).await?;
    let ids: Vec<_> = page.iter().map(|(id, ..)| *id).collect();
    let names = match code {
        IndicatorCode::ClaimRate | IndicatorCode::ListCompletion => store::item_names(conn, ids).await?,
        IndicatorCode::MappingCompletion | IndicatorCode::CatalogueAccuracy => store::mapping_names(conn, ids).await?,
        IndicatorCode::CreditApplication => store::task_names(conn, ids).await?,
        IndicatorCode::ClueTimeliness | IndicatorCode::CluePrecision => clue_figures::names(conn, ids).await?,
        IndicatorCode::ModelElements => store::model_names(conn, ids).await?,
        IndicatorCode::OfficerRegistration => store::officer_names(conn, ids).await?,
        IndicatorCode::MonthlyActive => store::account_names(conn, ids).await?,
        IndicatorCode::OfficerCollection | IndicatorCode::OfficerAccuracy => store::roll_names(conn, ids).await?,
    };
    let page = page.into_iter().map(|(id, department_id, reason)| {
        let (code, name) = names.get(&id).cloned().unwrap_or_default();
        Missing { id, department_id, code, name, reason }
    });

    Ok((page.collect(), total))
}
