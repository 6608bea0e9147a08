//! 入企检查监测: how visits of a year were made, by body and of the county. Watched, never ranked (国办发〔2024〕54号 forbids targets on
//! the number of checks).

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::register::departments;
use crate::persistence::visits::{feedback, figures, visits};
use chrono::{Datelike, NaiveDate};
use domain::access::Reach;
use domain::kernel::clocks::Term;
use domain::kernel::clocks::calendar::local_date;
use domain::visits::is_unapproved;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The sums of a body in a year, or of the county.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// None: the county.
    pub department_id: Option<Uuid>,
    pub name: String,
    pub visits: i64,
    pub scanned: i64,
    pub joint: i64,
    pub with_problem: i64,
    /// Entered without leave that came in time.
    pub unapproved: i64,
    pub ratings: i64,
    /// None where there are too few to be shown.
    pub mean_score_hundredths: Option<i64>,
}

/// What this caller may see of a year: the county and all bodies, or one's own.
pub async fn of_year(app: &App, ctx: &Ctx, year: i32) -> Result<Vec<Sums>> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or_default();
    let mut sums: BTreeMap<Uuid, Sums> = BTreeMap::new();
    for row in figures::between(&app.db, (first, last)).await? {
        let sum = sums.entry(row.department_id).or_default();
        sum.visits += i64::from(row.visits);
        sum.scanned += i64::from(row.scanned);
        sum.joint += i64::from(row.joint);
        sum.with_problem += i64::from(row.with_problem);
        sum.unapproved += i64::from(row.unapproved);
    }
    // Entered without leave that came in time, and not closed yet.
    let due = Term::working_days(app.settings.rules.late_approval_working_days);
    let today = ctx.today();
    let mut counted = BTreeSet::new();
    for (entered, part) in visits::urgent(&app.db).await?.into_iter().filter(|(entered, _)| entered.year() == year) {
        let last = due.due_on(&app.calendar, entered);
        // Until the day is over it may still be approved, unless its head has refused.
        let approved = part.approved_at.map(local_date);
        if part.refused || (approved.is_some() || today > last) && is_unapproved(approved, last) {
            sums.entry(part.department_id).or_default().unapproved += 1;
            if counted.insert(part.visit_id) {
                sums.entry(Uuid::nil()).or_default().unapproved += 1;
            }
        }
    }

    // Few ratings of a month, or a month that goes on, might tell who rated.
    let least = app.settings.rules.minimum_ratings.max(1);
    let mut points: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    let ended = today.with_day(1).unwrap_or(today);
    for row in feedback::scores(&app.db, (first, last)).await? {
        if u32::try_from(row.ratings).unwrap_or(0) >= least && row.month < ended {
            let of_body = points.entry(row.department_id).or_default();
            *of_body = (of_body.0 + i64::from(row.ratings), of_body.1 + i64::from(row.points));
        }
    }
    for (department, (ratings, points)) in points {
        let sum = sums.entry(department).or_default();
        (sum.ratings, sum.mean_score_hundredths) = (ratings, Some(points * 100 / ratings));
    }

    let own = |id: &Uuid| match ctx.reach {
        Reach::All => true,
        Reach::Department => ctx.actor.departments.contains(id),
        Reach::Assigned | Reach::Region => false,
    };
    let ids: Vec<_> = sums.keys().copied().filter(|id| !id.is_nil()).collect();
    let names: BTreeMap<_, _> =
        departments::existing(&app.db, &ids).await?.into_iter().map(|found| (found.id, found.name)).collect();
    let named = sums.into_iter().filter(|(id, _)| own(id)).map(|(id, sum)| Sums {
        department_id: Some(id).filter(|id| !id.is_nil()),
        name: names.get(&id).cloned().unwrap_or_else(|| "全县".to_owned()),
        ..sum
    });
    Ok(named.collect())
}
