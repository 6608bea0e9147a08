//! The pool of a task: who is eligible, in which stratum — and a dry run of what a draw would ask of whom.

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::credit;
use crate::persistence::inspections::inspections;
use crate::persistence::officers::personnel;
use crate::persistence::register::objects;
use crate::persistence::spot_checks::tasks;
use crate::persistence::spot_checks::tasks::Parts;
use crate::service::officers::personnel::facts;
use chrono::{Datelike, Months, NaiveDate};
use domain::credit::ClassBatch;
use domain::credit::{CreditClass, StrategyRow, Visit};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::officers::certificates::check_certificate;
use domain::spot_checks::draws::strata::Stratum;
use domain::spot_checks::tasks::PoolFilter;
use domain::spot_checks::tasks::{StratumRule, strata};
use entity::register::objects::Column;
use entity::spot_checks::tasks::Model;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An eligible object.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub id: Uuid,
    pub class: CreditClass,
    pub batch: Option<Uuid>,
    pub township: Option<String>,
}

/// The eligible objects, and how many were left out because they were inspected lately or often enough this year.
pub(super) struct Eligible {
    pub objects: Vec<Candidate>,
    pub excluded_recently: usize,
    pub excluded_by_frequency: usize,
}

pub(super) async fn eligible(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    app: &App,
    task: &Model,
    parts: &Parts,
) -> Result<Eligible> {
    let rules = &task.strata.0;
    let classes: Vec<_> = rules.iter().map(|rule| rule.class.code()).collect();
    let base = condition(&task.pool_filter).add(Column::LocalClass.is_in(classes));
    let maximum = app.settings.rules.maximum_pool;
    let limit = u64::from(maximum) + 1;
    let all = objects::eligible(conn, base.clone(), limit).await?;

    if all.len() > maximum as usize {
        return Err(Refusal::new(
            Code::PoolTooLarge,
            text!(
                "对象库超过 {maximum} 户，请缩小筛选范围。",
                "More than {maximum} objects are eligible; narrow the filter."
            ),
        )
        .into());
    }

    let months = u32::try_from(task.exclude_months).unwrap_or(0);
    let all_count = all.len();
    let kept = match ctx.today().checked_sub_months(Months::new(months)).filter(|_| months > 0) {
        None => all,
        Some(since) => {
            let items: Vec<_> = parts.items.iter().map(|item| item.spot_check_item_id).collect();
            let recently = inspections::inspected_since(&items, since);
            objects::eligible(conn, base.add(Column::Id.not_in_subquery(recently)), limit).await?
        }
    };
    // The two readings are not of one moment.
    let excluded_recently = all_count.saturating_sub(kept.len());
    let candidates = kept.into_iter().map(|row| {
        Ok(Candidate {
            id: row.id,
            class: row.local_class,
            batch: row.local_class_batch_id,
            township: row.township_code,
        })
    });
    let mut objects = candidates.collect::<Result<Vec<_>>>()?;
    let before = objects.len();
    keep_within_frequency(conn, task, ctx.today(), &mut objects).await?;
    let excluded_by_frequency = before - objects.len();

    Ok(Eligible { objects, excluded_recently, excluded_by_frequency })
}

/// A strategy may say how often in a year an object of a class is inspected at most.
async fn keep_within_frequency(
    conn: &impl ConnectionTrait,
    task: &Model,
    today: NaiveDate,
    objects: &mut Vec<Candidate>,
) -> Result<()> {
    let caps: BTreeMap<_, _> =
        rows(conn, task).await?.iter().filter_map(|row| Some((row.class, u64::from(row.max_per_year?)))).collect();
    if caps.is_empty() {
        return Ok(());
    }
    let first = today.with_ordinal(1).unwrap_or(today);
    let inspected = inspections::counts_since(conn, first).await?;
    // What is not classified is treated like 一般.
    let cap = |class| {
        caps.get(&class).or_else(|| caps.get(&CreditClass::General).filter(|_| class == CreditClass::Unclassified))
    };
    objects.retain(|object| {
        let visits = inspected.get(&object.id).copied().unwrap_or(0);
        cap(object.class).is_none_or(|cap| visits < *cap)
    });

    Ok(())
}

/// The lines of the task's strategy; none where it has strata of its own.
async fn rows(conn: &impl ConnectionTrait, task: &Model) -> Result<Vec<StrategyRow>> {
    let Some(id) = task.strategy_id else { return Ok(Vec::new()) };
    Ok(credit::get::<entity::credit::credit_strategies::Entity>(conn, id).await?.rows.0)
}

fn condition(filter: &PoolFilter) -> Condition {
    let among = |column: Column, values: &[String]| (!values.is_empty()).then(|| column.is_in(values.to_vec()));
    let mut condition = Condition::all()
        .add_option(among(Column::RegionCode, &filter.region_codes))
        .add_option(among(Column::TownshipCode, &filter.township_codes))
        .add_option(among(Column::ObjectType, &filter.object_types));
    if !filter.industry_prefixes.is_empty() {
        condition = condition.add(objects::industry_any(&filter.industry_prefixes));
    }
    if !filter.tags.is_empty() {
        condition = condition.add(objects::tagged_any(&filter.tags));
    }
    condition
}

pub(super) fn count(objects: &[Candidate], rules: &[StratumRule]) -> Vec<Stratum> {
    let mut populations: BTreeMap<CreditClass, u64> = BTreeMap::new();
    for object in objects {
        *populations.entry(object.class).or_default() += 1;
    }
    strata(rules, |class| populations.get(&class).copied().unwrap_or(0))
}

/// Active officers of the task's departments whose certificate holds today: department and officer, ascending.
pub(super) async fn roster(conn: &impl ConnectionTrait, parts: &Parts, today: NaiveDate) -> Result<Vec<(Uuid, Uuid)>> {
    let departments = parts.departments.iter().map(|department| department.department_id).collect();
    let officers = personnel::roster(conn, departments).await?;
    let certificates = personnel::certificates_of(conn, officers.iter().map(|officer| officer.id).collect()).await?;
    let mut roster = Vec::new();

    for officer in officers {
        for certificate in certificates.get(&officer.id).into_iter().flatten() {
            if check_certificate(&facts(certificate)?, today).is_ok() {
                roster.push((officer.department_id, officer.id));
                break;
            }
        }
    }

    roster.sort();
    Ok(roster)
}

/// Which pushed batches the classes of a pool rest on, and for how many objects each.
pub(super) async fn class_batches(conn: &impl ConnectionTrait, objects: &[Candidate]) -> Result<Vec<ClassBatch>> {
    let mut counts: BTreeMap<Uuid, u64> = BTreeMap::new();
    for batch in objects.iter().filter_map(|object| object.batch) {
        *counts.entry(batch).or_default() += 1;
    }
    let batches = credit::batches(conn, counts.keys().copied().collect()).await?;
    let used = batches.into_iter().map(|batch| ClassBatch {
        batch_id: batch.id,
        objects: counts.get(&batch.id).copied().unwrap_or(0),
        scheme: batch.scheme,
        source: batch.source,
        batch: batch.batch,
    });
    Ok(used.collect())
}

/// What a draw would be like, before anything is frozen.
pub struct Preview {
    pub strata: Vec<(CreditClass, Stratum, Option<Visit>)>,
    pub excluded_recently: usize,
    pub excluded_by_frequency: usize,
    pub departments: Vec<DepartmentLoad>,
    pub townships: Vec<TownshipLoad>,
}

/// What would be asked of a department.
pub struct DepartmentLoad {
    pub department_id: Uuid,
    pub visits: u64,
    /// Officers whose certificate holds today.
    pub officers: u64,
    /// Hundredths of a visit an officer would take part in; none without officers.
    pub visits_per_officer_centi: Option<u64>,
}

/// What a township's enterprises may expect.
pub struct TownshipLoad {
    pub township: Option<String>,
    pub population: u64,
    /// Hundredths of an enterprise that would be drawn on average.
    pub expected_centi: u64,
}

pub async fn preview(app: &App, ctx: &Ctx, id: Uuid) -> Result<Preview> {
    let conn = &app.db;
    let task = tasks::get(conn, ctx, id).await?;
    let parts = tasks::parts_of(conn, id).await?;
    let eligible = eligible(conn, ctx, app, &task, &parts).await?;
    let rules = &task.strata.0;
    let counted = count(&eligible.objects, rules);
    let visits: u64 = counted.iter().map(|stratum| stratum.count).sum();
    let roster = roster(conn, &parts, ctx.today()).await?;
    let size = u64::try_from(task.officers_per_object).unwrap_or(2);
    let departments = parts.departments.iter().map(|department| {
        let officers = roster.iter().filter(|entry| entry.0 == department.department_id).count() as u64;
        DepartmentLoad {
            department_id: department.department_id,
            visits,
            officers,
            visits_per_officer_centi: (visits * size * 100).checked_div(officers),
        }
    });
    let departments = departments.collect();
    let townships = townships(&eligible.objects, rules, &counted);
    let rows = rows(conn, &task).await?;
    let visit = |class| rows.iter().find(|row| row.class == class).map(|row| row.visit);
    let strata = rules.iter().zip(counted).map(|(rule, stratum)| (rule.class, stratum, visit(rule.class))).collect();
    let Eligible { excluded_recently, excluded_by_frequency, .. } = eligible;

    Ok(Preview { strata, excluded_recently, excluded_by_frequency, departments, townships })
}

/// Each township's share of each stratum, times what is drawn of it.
fn townships(objects: &[Candidate], rules: &[StratumRule], counted: &[Stratum]) -> Vec<TownshipLoad> {
    let mut populations: BTreeMap<Option<&str>, BTreeMap<CreditClass, u64>> = BTreeMap::new();
    for object in objects {
        *populations.entry(object.township.as_deref()).or_default().entry(object.class).or_default() += 1;
    }
    let drawn: BTreeMap<_, _> = rules.iter().map(|rule| rule.class).zip(counted).collect();
    let load = |(township, classes): (Option<&str>, BTreeMap<CreditClass, u64>)| TownshipLoad {
        township: township.map(str::to_owned),
        population: classes.values().sum(),
        expected_centi: classes
            .iter()
            .filter_map(|(class, here)| drawn.get(class).map(|stratum| (here, stratum)))
            .map(|(here, stratum)| here * stratum.count * 100 / stratum.population.max(1))
            .sum(),
    };

    populations.into_iter().map(load).collect()
}
