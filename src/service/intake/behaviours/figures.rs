//! 质量统计: every change of a row goes into the sums of its month, in the change itself; what they say; and whether they are what
//! the rows say.

use super::changes::Penalties;
use super::turns::{held, in_turns};
use crate::app::App;
use crate::kernel::ctx::{Ctx, now};
use crate::kernel::error::Result;
use crate::persistence::intake::behaviours::Waiting;
use crate::persistence::intake::{behaviour_figures as store, behaviours};
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::tx::{WriteTx, write};
use chrono::NaiveDate;
use domain::intake::behaviours::BehaviourSet;
use domain::intake::behaviours::figures::{Delay, FiguresBy, Standing, Sums, month_of};
use domain::kernel::clocks::calendar::local_date;
use entity::intake::behaviour_figures::Model as Figures;
use entity::intake::behaviours::Model;
use std::collections::BTreeMap;
use uuid::Uuid;

pub use store::{Asked, Group};

/// What a row adds to any sum.
pub(super) fn sums_of(row: &Model) -> Sums {
    let delay = Delay { days: row.delay_days, in_time: row.in_time };
    Sums::of(Standing { status: row.status, origin: row.origin, was_wrong: row.was_wrong, delay })
}

/// How soon it came, by the calendar of now.
pub(super) fn put_delay(app: &App, row: &mut Model) {
    let most = app.settings.rules.behaviour_working_days;
    let delay = Delay::between(&app.calendar, most, row.happened_on, local_date(row.arrived_at));
    (row.delay_days, row.in_time) = (delay.days, delay.in_time);
}

/// Changes of rows, on their way into the sums.
#[derive(Default)]
pub(super) struct Ledger(BTreeMap<Key, Sums>);

/// Department, data set, township, month of arrival, month of the change.
type Key = (Uuid, BehaviourSet, String, NaiveDate, NaiveDate);

impl Ledger {
    /// What a row added before is taken back, what it adds now is added, both booked to one month.
    pub fn change(&mut self, before: Option<&Model>, after: &Model, booked: NaiveDate) {
        if let Some(before) = before {
            self.add(before, -sums_of(before), booked);
        }
        self.add(after, sums_of(after), booked);
    }

    fn add(&mut self, row: &Model, sums: Sums, booked: NaiveDate) {
        // One that is not counted yet will be, as it is then.
        let Some(month) = row.month else { return };
        let township = row.township_code.clone().unwrap_or_default();
        *self.0.entry((row.department_id, row.kind, township, month, booked)).or_default() += sums;
    }

    /// In the order of the keys, so that two who write wait for each other one way only.
    pub async fn write(self, tx: &WriteTx) -> Result<()> {
        let rows = self.0.into_iter().filter(|(_, sums)| !sums.is_nothing());
        let rows = rows.map(|((department_id, kind, township_code, month, booked), sums)| {
            let Sums { rows, errors, first_errors, timed, in_time, dated, days } = sums;

            Figures {
                department_id,
                kind,
                township_code,
                month,
                booked,
                rows,
                errors,
                first_errors,
                timed,
                in_time,
                dated,
                days,
            }
        });
        store::add(tx.conn(), rows.collect()).await
    }
}

/// The sums that the caller may see.
pub async fn figures(app: &App, ctx: &Ctx, asked: Asked, by: &[FiguresBy]) -> Result<Vec<Group>> {
    store::sums(&app.db, ctx, asked, by).await
}

/// Rows of before there were sums, at most so many in one change.
const A_TURN: u64 = 500;

/// Counts the rows that no sum has yet, as they stand, booked to the month in which they came. Gives how many there were.
pub async fn count_left(app: &App) -> Result<usize> {
    let find = async |last| behaviours::uncounted(&app.db, last, A_TURN).await;
    let count = async |rows: &[Waiting]| {
        let ctx = Ctx { now: now(), ..Ctx::system("figures") };
        write(&app.db, &ctx, async |tx| count_turn(app, tx, rows).await.map(Change::unmade)).await
    };
    in_turns(app, find, count).await
}

async fn count_turn(app: &App, tx: &WriteTx, rows: &[Waiting]) -> Result<()> {
    let (mut ledger, mut penalties) = (Ledger::default(), Penalties::default());
    for mut row in held(tx, rows).await?.into_iter().filter(|row| row.month.is_none()) {
        let month = month_of(local_date(row.created_at));
        row.month = Some(month);
        put_delay(app, &mut row);
        store::counted(tx.conn(), &row).await?;
        ledger.change(None, &row, month);
        penalties.tell_anew(&row);
    }

    penalties.tell(tx).await?;
    ledger.write(tx).await
}

/// A sum that is not what the rows give.
#[derive(PartialEq, Eq)]
pub struct Deviation {
    pub kept: Figures,
    pub recounted: Sums,
}

/// Reads every row, and names each sum that is not what they give. What changed between two readings is read again: a deviation
/// that is none stays nowhere.
pub async fn verify(app: &App) -> Result<Vec<Deviation>> {
    let mut wrong = compare(app).await?;
    for _ in 0..2 {
        if wrong.is_empty() {
            break;
        }
        let again = compare(app).await?;
        wrong.retain(|deviation| again.contains(deviation));
    }
    Ok(wrong)
}

async fn compare(app: &App) -> Result<Vec<Deviation>> {
    let key = |row: &Figures| (row.department_id, row.kind, row.township_code.clone(), row.month);
    let kept = store::kept(&app.db).await?;
    let mut recounted: BTreeMap<_, _> =
        store::recounted(&app.db).await?.into_iter().map(|row| (key(&row), row)).collect();

    let mut wrong = Vec::new();
    for row in kept {
        let sums = recounted.remove(&key(&row)).map(|found| found.sums()).unwrap_or_default();
        if sums != row.sums() {
            wrong.push(Deviation { kept: row, recounted: sums });
        }
    }
    // What the rows have and no sum has.
    wrong.extend(recounted.into_values().map(|row| {
        let nothing =
            Figures { rows: 0, errors: 0, first_errors: 0, timed: 0, in_time: 0, dated: 0, days: 0, ..row.clone() };
        Deviation { kept: nothing, recounted: row.sums() }
    }));
    Ok(wrong)
}
