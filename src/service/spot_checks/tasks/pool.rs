//! The pool of a task: who is eligible, in which stratum, and who can be sent.

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::credit;
use crate::persistence::inspections::frequency;
use crate::persistence::officers::personnel;
use crate::persistence::register::objects;
use crate::persistence::spot_checks::spot_check_items;
use crate::persistence::spot_checks::tasks::Parts;
use crate::service::officers::personnel::certified;
use crate::service::spot_checks::libraries::Within;
use crate::service::spot_checks::spot_check_items::{Used, used_versions};
use chrono::{Datelike, Months, NaiveDate};
use domain::credit::ClassBatch;
use domain::credit::{CreditClass, StrategyRow};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::spot_checks::draws::strata::Stratum;
use domain::spot_checks::tasks::{StratumRule, classes_left_out, strata};
use entity::register::objects::Column;
use entity::spot_checks::tasks::Model;
use sea_orm::{ColumnTrait, ConnectionTrait};
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
    /// Of credit classes from which the task does not draw.
    pub left_out: u64,
}

pub(super) async fn eligible(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    app: &App,
    task: &Model,
    parts: &Parts,
    within: &Within,
) -> Result<Eligible> {
    let rules = &task.strata.0;
    let classes: Vec<_> = rules.iter().map(|rule| rule.class.code()).collect();
    let filter = objects::matching(&task.pool_filter, &[]).add_option(within.objects.clone());
    let mut left_out = 0;
    let others: Vec<_> = classes_left_out(rules).into_iter().map(CreditClass::code).collect();
    if !others.is_empty() {
        let others = filter.clone().add(Column::LocalClass.is_in(others));
        left_out = objects::count_active(conn, others).await?;
    }
    let base = filter.add(Column::LocalClass.is_in(classes));
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
            let recently = frequency::inspected_since(&items, since);
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
    keep_within_lists(conn, parts, ctx.today(), &mut objects).await?;
    let excluded_by_frequency = before - objects.len();

    Ok(Eligible { objects, excluded_recently, excluded_by_frequency, left_out })
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
    let inspected = frequency::counts_since(conn, first).await?;
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

/// A list says how often in a year an object is inspected for its item at most.
async fn keep_within_lists(
    conn: &impl ConnectionTrait,
    parts: &Parts,
    today: NaiveDate,
    objects: &mut Vec<Candidate>,
) -> Result<()> {
    for (spot, used) in used_by(conn, parts, today).await? {
        let Some(maximum) = used.max_per_year else { continue };
        let often = frequency::inspected_often(conn, spot, today, maximum).await?;
        objects.retain(|object| !often.contains(&object.id));
    }
    Ok(())
}

/// What the lists in force say of a task's items.
async fn used_by(conn: &impl ConnectionTrait, parts: &Parts, today: NaiveDate) -> Result<BTreeMap<Uuid, Used>> {
    let ids = parts.items.iter().map(|item| item.spot_check_item_id).collect();
    let spots = spot_check_items::by_ids(conn, ids).await?;
    let used = used_versions(conn, &spots, today).await?;
    Ok(used.into_iter().map(|(spot, (_, used))| (spot, used)).collect())
}

/// The lines of the task's strategy; none where it has strata of its own.
pub(super) async fn rows(conn: &impl ConnectionTrait, task: &Model) -> Result<Vec<StrategyRow>> {
    let Some(id) = task.strategy_id else { return Ok(Vec::new()) };
    Ok(credit::get::<entity::credit::credit_strategies::Entity>(conn, id).await?.rows.0)
}

pub(super) fn count(objects: &[Candidate], rules: &[StratumRule]) -> Vec<Stratum> {
    let mut populations: BTreeMap<CreditClass, u64> = BTreeMap::new();
    for object in objects {
        *populations.entry(object.class).or_default() += 1;
    }
    strata(rules, |class| populations.get(&class).copied().unwrap_or(0))
}

/// Active officers of the task's departments whose certificate holds today and who have what the lists ask for: department and
/// officer, ascending.
pub(super) async fn roster(
    conn: &impl ConnectionTrait,
    parts: &Parts,
    within: &Within,
    today: NaiveDate,
) -> Result<Vec<(Uuid, Uuid)>> {
    let departments = parts.departments.iter().map(|department| department.department_id).collect();
    let mut officers = personnel::roster(conn, departments).await?;
    let used = used_by(conn, parts, today).await?;
    let asked = |department: Uuid| {
        let items = parts.items.iter().filter(move |item| item.department_id == department);
        items.filter_map(|item| used.get(&item.spot_check_item_id)?.qualification.as_ref())
    };

    officers.retain(|officer| {
        within.has(officer.department_id, officer.id)
            && asked(officer.department_id).all(|wanted| officer.qualifications.contains(wanted))
    });
    let officers = certified(conn, officers, today).await?;
    let mut roster: Vec<_> = officers.into_iter().map(|officer| (officer.department_id, officer.id)).collect();
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
