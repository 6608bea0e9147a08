//! Whether sets come: what each lacks on a day, and who is told of it.

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::access::users;
use crate::persistence::intake::data_sets as store;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::tx::{WriteTx, write};
use chrono::NaiveDate;
use domain::access::users::UserStatus;
use domain::access::{Permission, reach};
use domain::intake::data_sets::{Agreed, DataSetContent, DataSetLack, DataSetStatus, due_on, lacks};
use domain::kernel::refusal::Code;
use domain::oversight::audit::AuditAction;
use entity::access::users::Model as User;
use entity::intake::data_sets::{Entity, Model};
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A set with what is found out about it at the moment.
pub struct DataSet {
    pub row: Model,
    pub duty_person: Option<String>,
    pub arrived_on: Option<NaiveDate>,
    /// The day by which something has to come again.
    pub due_on: Option<NaiveDate>,
    pub lacks: Vec<DataSetLack>,
}

/// What is known beside the rows: two statements, however many there are.
pub(super) struct Findings {
    arrivals: BTreeMap<DataSetContent, NaiveDate>,
    users: BTreeMap<Uuid, User>,
    today: NaiveDate,
}

impl Findings {
    pub async fn gather(conn: &impl ConnectionTrait, rows: &[Model], today: NaiveDate) -> Result<Self> {
        let arrivals = store::arrivals(conn).await?;
        let named = rows.iter().flat_map(|row| [row.duty_user_id, row.signed_by]).flatten().collect();
        let users = users::by_ids(conn, named).await?;
        Ok(Self { arrivals, users, today })
    }

    fn arrived(&self, row: &Model) -> Option<NaiveDate> {
        self.arrivals.get(&row.content).copied()
    }

    fn lacks(&self, app: &App, row: &Model) -> Vec<DataSetLack> {
        let is_able = |id: &Uuid, department| self.users.get(id).is_some_and(|user| is_able(user, department));
        let duty_person = row.signed_by.filter(|id| is_able(id, row.agreed_department_id));
        let waits_for = row.duty_user_id.filter(|_| row.status == DataSetStatus::Approved);
        let nobody_signs = waits_for.is_some_and(|id| !is_able(&id, row.department_id));
        let agreed =
            Agreed { cadence: row.agreed_cadence, in_force_on: row.in_force_on, duty_person, review_on: row.review_on };
        let mut found = lacks(&agreed, self.arrived(row), (self.today, &app.calendar));
        if nobody_signs && !found.contains(&DataSetLack::NoDutyPerson) {
            found.insert(0, DataSetLack::NoDutyPerson);
        }
        found
    }

    pub fn complete(&self, app: &App, row: Model) -> DataSet {
        let arrived_on = self.arrived(&row);
        DataSet {
            duty_person: row.duty_user_id.and_then(|id| Some(self.users.get(&id)?.display_name.clone())),
            arrived_on,
            due_on: arrived_on.map(|day| due_on(row.agreed_cadence, day, &app.calendar)),
            lacks: self.lacks(app, &row),
            row,
        }
    }
}

/// Whether an account can answer for a set of a department.
pub(super) fn is_able(user: &User, department: Option<Uuid>) -> bool {
    let may = user.role.is_some_and(|role| reach(role, Permission::DataSetsSign).is_some());
    may && user.status == UserStatus::Active && user.department_id == department
}

/// What a set lacks now, of which something was agreed or is to be signed; what has come need not be pursued.
pub(super) fn look(app: &App, findings: &Findings, row: &mut Model) {
    let waits = row.in_force_on.is_some() || row.status == DataSetStatus::Approved;
    row.lacks = if waits { findings.lacks(app, row) } else { Vec::new() }.into();

    if !row.lacks.iter().any(|lack| lack.is_of_arrival()) {
        row.escalated_at = None;
    }
}

/// Writes down what sets with a plan that is in force, or waits to be signed, have begun or ended to lack, so that somebody is told. Gives how many they were.
pub async fn sweep(app: &App) -> Result<usize> {
    let ctx = Ctx::system("data-sets");
    let rows = store::waiting(&app.db).await?;
    let findings = Findings::gather(&app.db, &rows, ctx.today()).await?;
    let mut told = 0;

    for row in rows {
        if findings.lacks(app, &row) == row.lacks.0 {
            continue;
        }
        let outcome = write(&app.db, &ctx, async |tx| {
            let mut edit = tx.edit_along::<Entity>(row.clone());
            look(app, &findings, &mut edit);
            edit.save(AuditAction::Checked, None).await
        });

        match Box::pin(outcome).await {
            Ok(_) => told += 1,
            // Somebody is changing it: it is looked at again in the next round.
            Err(error) if error.code == Code::Stale => {}
            Err(error) => return Err(error),
        }
    }
    Ok(told)
}

/// Its duty person did not see to it: the platform is told.
pub async fn escalate_late(tx: &WriteTx, id: Uuid) -> Result<Vec<Event>> {
    let Some(row) = store::by_id(tx.conn(), id).await? else { return Ok(Vec::new()) };
    if row.escalated_at.is_some() || !row.lacks.iter().any(|lack| lack.is_of_arrival()) {
        return Ok(Vec::new());
    }
    let mut set = tx.edit_along::<Entity>(row);
    set.escalated_at = Some(tx.ctx().now);
    Ok(set.save(AuditAction::Escalated, None).await?.into_events())
}
