//! 指标: the facts are read, the two sets of each department follow, and the county's is their union.

mod behaviours;
mod facts;
mod townships;

pub use townships::{Townships, townships};

use self::facts::{
    account_facts, begin_of_year, claimed_facts, data_set_facts, file_facts, holder_facts, issued_facts, item_facts,
    mapping_facts, model_facts, roll_facts, stage_facts, task_facts,
};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::inspections::issued_tasks;
use crate::persistence::intake::{data_sets, imports};
use crate::persistence::oversight::behaviour_rows;
use crate::persistence::oversight::clue_figures::{self, Part};
use crate::persistence::oversight::indicators as store;
use crate::persistence::oversight::stages;
use domain::intake::imports::Dataset;
use domain::kernel::text::Text;
use domain::oversight::indicators::behaviours::{file_accuracy, item_coverage};
use domain::oversight::indicators::data_sets::up_to_date;
use domain::oversight::indicators::items::{catalogue_accuracy, claim_rate, list_completion, mapping_completion};
use domain::oversight::indicators::people::{
    monthly_active, officer_accuracy, officer_collection, officer_registration,
};
use domain::oversight::indicators::risks::{
    VerdictFacts, clue_precision, clue_timeliness, credit_application, model_elements,
};
use domain::oversight::indicators::spot_checks::{issued_timeliness, stage_use, task_completion, township_coverage};
use domain::oversight::indicators::{IndicatorCode, Ratio, Sets};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An indicator, by department.
pub struct Indicator {
    pub code: IndicatorCode,
    pub departments: BTreeMap<Uuid, Ratio>,
    /// Of a figure that counts townships instead.
    pub townships: Option<Townships>,
}

impl Indicator {
    /// The whole the caller may see.
    pub fn total(&self) -> Ratio {
        if let Some(Townships { known, share_bp, .. }) = &self.townships {
            return township_coverage(known, *share_bp);
        }
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
pub async fn compute(app: &App, ctx: &Ctx, code: IndicatorCode) -> Result<Indicator> {
    let conn = &app.db;
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
    } else if let Some((ratio, _)) = behaviours::measure(code) {
        departments = behaviours::by_department(app, ctx, ratio).await?;
    } else {
        departments = sets(app, ctx, code).await?.iter().map(|(id, sets)| (*id, sets.ratio())).collect();
    }

    let counts_townships = code == IndicatorCode::TownshipCoverage;
    let townships = if counts_townships { Some(townships(app, ctx.today()).await?) } else { None };
    Ok(Indicator { code, departments, townships })
}

/// The two sets of each department, of the indicators whose records are few.
async fn sets(app: &App, ctx: &Ctx, code: IndicatorCode) -> Result<BTreeMap<Uuid, Sets>> {
    let conn = &app.db;
    Ok(match code {
        IndicatorCode::ClaimRate => by_department(&item_facts(conn, ctx).await?, claim_rate),
        IndicatorCode::ListCompletion => by_department(&item_facts(conn, ctx).await?, list_completion),
        IndicatorCode::MappingCompletion => by_department(&mapping_facts(conn, ctx).await?, mapping_completion),
        IndicatorCode::CatalogueAccuracy => by_department(&mapping_facts(conn, ctx).await?, catalogue_accuracy),
        IndicatorCode::StageUse => by_department(&stage_facts(conn, ctx).await?, stage_use),
        IndicatorCode::TaskCompletion => {
            let runs = stages::runs(conn, ctx, begin_of_year(ctx)).await?;
            by_department(&runs, |tasks| task_completion(tasks, ctx.today()))
        }
        IndicatorCode::IssuedTimeliness => {
            by_department(&issued_facts(conn, ctx).await?, |tasks| issued_timeliness(tasks, ctx.today()))
        }
        IndicatorCode::CreditApplication => by_department(&task_facts(conn, ctx).await?, credit_application),
        IndicatorCode::ModelElements => by_department(&model_facts(conn, ctx).await?, model_elements),
        IndicatorCode::OfficerRegistration => by_department(&holder_facts(conn, ctx).await?, officer_registration),
        IndicatorCode::MonthlyActive => by_department(&account_facts(conn, ctx).await?, monthly_active),
        IndicatorCode::OfficerCollection => by_department(&roll_facts(conn, ctx).await?, officer_collection),
        IndicatorCode::OfficerAccuracy => by_department(&roll_facts(conn, ctx).await?, officer_accuracy),
        IndicatorCode::DataSetConnection | IndicatorCode::DataSetUpdate => {
            let now = (ctx.today(), &app.calendar);
            by_department(&data_set_facts(&app.db, ctx).await?, |sets| up_to_date(sets, now))
        }
        IndicatorCode::ObjectAccuracy => by_department(&file_facts(conn, ctx, Dataset::Objects).await?, file_accuracy),
        IndicatorCode::ComplaintAccuracy => {
            by_department(&file_facts(conn, ctx, Dataset::Complaints).await?, file_accuracy)
        }
        IndicatorCode::BehaviourCoverage => by_department(&claimed_facts(conn, ctx).await?, item_coverage),
        // Counted by the database.
        IndicatorCode::ClueTimeliness
        | IndicatorCode::CluePrecision
        | IndicatorCode::TownshipCoverage
        | IndicatorCode::BehaviourAccuracy
        | IndicatorCode::BehaviourTimeliness => BTreeMap::new(),
    })
}

fn by_department<'a, F>(facts: &'a [(Uuid, F)], count: impl Fn(Vec<&'a F>) -> Sets) -> BTreeMap<Uuid, Sets> {
    let mut grouped: BTreeMap<Uuid, Vec<&F>> = BTreeMap::new();
    for (department, fact) in facts {
        grouped.entry(*department).or_default().push(fact);
    }
    grouped.into_iter().map(|(department, facts)| (department, count(facts))).collect()
}

/// Which records of the denominator do not count, whose they are, and why: a page of them, and how many there are.
type MissingPage = (Vec<(Uuid, Uuid, Text)>, usize);

async fn missing(app: &App, ctx: &Ctx, code: IndicatorCode, part: Part) -> Result<MissingPage> {
    let conn = &app.db;
    let since = begin_of_year(ctx);
    if matches!(code, IndicatorCode::ClueTimeliness | IndicatorCode::CluePrecision) {
        let of_part = |id: &Uuid| part.department.is_none_or(|wanted| wanted == *id);
        let figures = compute(app, ctx, code).await?.departments.into_iter().filter(|(id, _)| of_part(id));
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

    if let Some((ratio, lack)) = behaviours::measure(code) {
        return behaviours::missing(app, ctx, (ratio, lack), part).await;
    }
    if code == IndicatorCode::TownshipCoverage {
        return Ok(townships::page(&townships(app, ctx.today()).await?, part));
    }

    let mut missing: Vec<(Uuid, Uuid, Text)> = sets(app, ctx, code)
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
    app: &App,
    ctx: &Ctx,
    code: IndicatorCode,
    department: Option<Uuid>,
    after: Option<Uuid>,
    limit: usize,
) -> Result<(Vec<Missing>, usize)> {
    let conn = &app.db;
    let (page, total) = missing(app, ctx, code, Part { department, after, limit: limit as u64 }).await?;
    let ids: Vec<_> = page.iter().map(|(id, ..)| *id).collect();
    let names = match code {
        IndicatorCode::ClaimRate | IndicatorCode::ListCompletion | IndicatorCode::BehaviourCoverage => {
            store::item_names(conn, ids).await?
        }
        IndicatorCode::ObjectAccuracy | IndicatorCode::ComplaintAccuracy => imports::names(conn, ids).await?,
        IndicatorCode::MappingCompletion | IndicatorCode::CatalogueAccuracy => store::mapping_names(conn, ids).await?,
        IndicatorCode::CreditApplication | IndicatorCode::TaskCompletion => store::task_names(conn, ids).await?,
        IndicatorCode::StageUse => store::department_names(conn, ids).await?,
        IndicatorCode::DataSetConnection | IndicatorCode::DataSetUpdate => data_sets::names(conn, ids).await?,
        IndicatorCode::IssuedTimeliness => issued_tasks::names(conn, ids).await?,
        IndicatorCode::TownshipCoverage => townships::names(app).await?,
        IndicatorCode::ClueTimeliness | IndicatorCode::CluePrecision => clue_figures::names(conn, ids).await?,
        IndicatorCode::BehaviourAccuracy | IndicatorCode::BehaviourTimeliness => {
            behaviour_rows::names(conn, ids).await?
        }
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
