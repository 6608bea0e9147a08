//! 质量统计: sums that grow with each change of a row, and rows that are not in them yet.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::scope::by_department;
use chrono::NaiveDate;
use domain::intake::behaviours::figures::{FiguresBy, Sums};
use domain::intake::behaviours::{BehaviourOrigin, BehaviourSet, BehaviourStatus};
use entity::intake::behaviour_figures::{Column, Entity, Model};
use entity::intake::behaviours;
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IdenStatic,
    IntoActiveModel, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait,
};
use uuid::Uuid;

const KEYS: [Column; 5] = [Column::DepartmentId, Column::Kind, Column::TownshipCode, Column::Month, Column::Booked];

const SUMS: [Column; 7] =
    [Column::Rows, Column::Errors, Column::FirstErrors, Column::Timed, Column::InTime, Column::Dated, Column::Days];

/// Adds to the sums, one statement for all; whoever adds to the same ones waits, in the order of the keys.
pub async fn add(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<()> {
    let brought = |column: Column| Expr::col((Alias::new("excluded"), column));
    let grown = SUMS.map(|column| (column, Expr::col((Entity, column)).add(brought(column))));
    let there = OnConflict::columns(KEYS).values(grown).to_owned();
    for rows in rows.chunks(200) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        Entity::insert_many(rows).on_conflict(there.clone()).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}

/// Which sums are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Months of arrival, first and last.
    pub months: (NaiveDate, NaiveDate),
    /// What was booked in later months is left out.
    pub until: NaiveDate,
    pub department: Option<Uuid>,
    pub kind: Option<BehaviourSet>,
}

/// Sums of a department, township, data set or month, or of what they have in common.
#[derive(Clone, Debug, Default)]
pub struct Group {
    pub department_id: Option<Uuid>,
    pub township_code: Option<String>,
    pub kind: Option<BehaviourSet>,
    pub month: Option<NaiveDate>,
    pub sums: Sums,
    /// Rows with an error that is open now.
    pub open_errors: i64,
}

impl FromQueryResult for Group {
    /// What nobody asked to tell apart is not there.
    fn from_query_result(row: &QueryResult, pre: &str) -> std::result::Result<Self, DbErr> {
        let names = row.column_names();
        let has = |column: Column| names.iter().any(|name| *name == column.as_str());
        let sum = |column: Column| row.try_get(pre, column.as_str());

        Ok(Self {
            department_id: has(Column::DepartmentId).then(|| row.try_get(pre, "department_id")).transpose()?,
            township_code: has(Column::TownshipCode).then(|| row.try_get(pre, "township_code")).transpose()?,
            kind: has(Column::Kind).then(|| row.try_get(pre, "kind")).transpose()?,
            month: has(Column::Month).then(|| row.try_get(pre, "month")).transpose()?,
            sums: Sums {
                rows: sum(Column::Rows)?,
                errors: sum(Column::Errors)?,
                first_errors: sum(Column::FirstErrors)?,
                timed: sum(Column::Timed)?,
                in_time: sum(Column::InTime)?,
                dated: sum(Column::Dated)?,
                days: sum(Column::Days)?,
            },
            open_errors: row.try_get(pre, "open_errors")?,
        })
    }
}

const fn column_of(by: FiguresBy) -> Column {
    match by {
        FiguresBy::Department => Column::DepartmentId,
        FiguresBy::Township => Column::TownshipCode,
        FiguresBy::DataSet => Column::Kind,
        FiguresBy::Month => Column::Month,
    }
}

/// Integers stay integers on both databases.
fn whole(sum: SimpleExpr) -> SimpleExpr {
    sum.sum().cast_as(Alias::new("bigint"))
}

/// The sums that the caller may see, in the order of what they are told apart by.
pub async fn sums(conn: &impl ConnectionTrait, ctx: &Ctx, asked: Asked, by: &[FiguresBy]) -> Result<Vec<Group>> {
    let booked = |column: Column| {
        let in_time = Expr::col(Column::Booked).lte(asked.until);
        Expr::expr(CaseStatement::new().case(in_time, Expr::col(column)).finally(0))
    };
    let (first, last) = asked.months;

    let mut select = Entity::find()
        .select_only()
        .filter(by_department(ctx, Column::DepartmentId))
        .filter(Column::Month.between(first, last))
        .apply_if(asked.department, |select, id| select.filter(Column::DepartmentId.eq(id)))
        .apply_if(asked.kind, |select, kind| select.filter(Column::Kind.eq(kind)));
    for column in by.iter().copied().map(column_of) {
        select = select.column(column).group_by(column).order_by_asc(column);
    }
    for sum in SUMS {
        select = select.expr_as(whole(booked(sum)), sum.as_str());
    }
    let open = whole(Expr::col(Column::Errors));
    select.expr_as(open, "open_errors").into_model().all(conn).await.or_app()
}

/// The sums as the rows themselves give them: every row is read.
pub async fn recounted(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    use behaviours::Column as Of;
    let one_where = |condition: Condition| Expr::expr(CaseStatement::new().case(condition, 1).finally(0));
    let all = Condition::all;
    let is_timed = || all().add(Of::Origin.ne(BehaviourOrigin::Stock));
    let is_dated = || is_timed().add(Of::DelayDays.is_not_null());
    let days = CaseStatement::new().case(is_dated(), Expr::col(Of::DelayDays).add(1)).finally(0);
    // Written out: with a parameter it would be another expression each time it stands there.
    let township = Expr::cust("COALESCE(township_code, '')");

    let counted = behaviours::Entity::find()
        .select_only()
        .filter(Of::Month.is_not_null())
        .filter(Of::Status.ne(BehaviourStatus::Removed))
        .column(Of::DepartmentId)
        .column(Of::Kind)
        .expr_as(township.clone(), "township_code")
        .column(Of::Month)
        .column_as(Of::Month, "booked")
        .expr_as(whole(Expr::val(1)), "rows")
        .expr_as(whole(one_where(all().add(Of::Status.eq(BehaviourStatus::Quarantined)))), "errors")
        .expr_as(whole(one_where(all().add(Of::WasWrong.eq(true)))), "first_errors")
        .expr_as(whole(one_where(is_timed())), "timed")
        .expr_as(whole(one_where(is_timed().add(Of::InTime.eq(true)))), "in_time")
        .expr_as(whole(one_where(is_dated())), "dated")
        .expr_as(whole(days.into()), "days")
        .group_by(Of::DepartmentId)
        .group_by(Of::Kind)
        .group_by(township)
        .group_by(Of::Month);
    counted.into_model().all(conn).await.or_app()
}

/// The sums as they are kept, of all months in which they were booked; those that came to nothing are left out.
pub async fn kept(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    let keys = [Column::DepartmentId, Column::Kind, Column::TownshipCode, Column::Month];
    let mut select = Entity::find().select_only();
    for key in keys {
        select = select.column(key).group_by(key);
    }
    select = select.column_as(Column::Month, "booked");
    for sum in SUMS {
        select = select.expr_as(whole(Expr::col(sum)), sum.as_str());
    }
    let kept: Vec<Model> = select.into_model().all(conn).await.or_app()?;
    Ok(kept.into_iter().filter(|row| !row.sums().is_nothing()).collect())
}

/// A row is in the sums now.
pub async fn counted(conn: &impl ConnectionTrait, row: &behaviours::Model) -> Result<()> {
    use behaviours::Column as Of;
    let update = behaviours::Entity::update_many()
        .col_expr(Of::Month, Expr::value(row.month))
        .col_expr(Of::DelayDays, Expr::value(row.delay_days))
        .col_expr(Of::InTime, Expr::value(row.in_time))
        .filter(Of::Id.eq(row.id));
    update.exec(conn).await.or_app()?;
    Ok(())
}
