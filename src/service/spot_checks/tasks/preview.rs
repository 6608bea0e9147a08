//! A dry run: what a draw would ask of whom, before anything is frozen.

use super::pool::{Candidate, Eligible, count, eligible, roster, rows};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::spot_checks::tasks;
use crate::service::spot_checks::libraries;
use domain::credit::{CreditClass, Visit};
use domain::spot_checks::draws::strata::Stratum;
use domain::spot_checks::tasks::StratumRule;
use std::collections::BTreeMap;
use uuid::Uuid;

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
    let within = libraries::now(conn, app, &task, &parts, ctx.today()).await?;
    let eligible = eligible(conn, ctx, app, &task, &parts, &within).await?;
    let rules = &task.strata.0;
    let counted = count(&eligible.objects, rules);
    let visits: u64 = counted.iter().map(|stratum| stratum.count).sum();
    let roster = roster(conn, &parts, &within, ctx.today()).await?;
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
