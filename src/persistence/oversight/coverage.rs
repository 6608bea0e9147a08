//! Row 6: how many enterprises each township has, and how many of them were inspected.

use super::stages::rows;
use crate::kernel::error::Result;
use chrono::NaiveDate;
use domain::inspections::inspections::InspectionStatus;
use domain::register::objects::RegistrationStatus;
use entity::inspections::inspections;
use entity::register::objects;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{Condition, ConnectionTrait, FromQueryResult};
use std::collections::BTreeMap;

/// A number of enterprises by township; those whose township is unknown have none.
#[derive(FromQueryResult)]
struct ByTownship {
    township_code: Option<String>,
    count: i64,
}

/// 企业 of the register that are there today; 个体工商户 are known by their code or by their type.
fn enterprises(individuals: bool) -> Condition {
    use objects::Column as C;
    let column = |column: C| Expr::col((objects::Entity, column));
    let enterprise = Condition::all()
        .add(column(C::ObjectType).eq("1"))
        .add(column(C::RegistrationStatus).eq(RegistrationStatus::Active.code()));
    if individuals {
        return enterprise;
    }
    let is_individual = CaseStatement::new()
        .case(column(C::Uscc).like("92%"), 1_i64)
        .case(column(C::EnterpriseType).like("个体%"), 1_i64)
        .finally(0_i64);
    enterprise.add(Expr::expr(is_individual).eq(0_i64))
}

/// Enterprises registered in each township.
pub async fn registered(conn: &impl ConnectionTrait, individuals: bool) -> Result<BTreeMap<Option<String>, u64>> {
    let select = Query::select()
        .column(objects::Column::TownshipCode)
        .expr_as(Expr::col(objects::Column::Id).count(), "count")
        .from(objects::Entity)
        .cond_where(enterprises(individuals))
        .group_by_col(objects::Column::TownshipCode)
        .take();
    by_township(conn, &select).await
}

/// Enterprises of each township that were inspected between two days with an approved result, each once.
pub async fn reached(
    conn: &impl ConnectionTrait,
    (from, to): (NaiveDate, NaiveDate),
    individuals: bool,
) -> Result<BTreeMap<Option<String>, u64>> {
    use inspections::Column as C;
    let of_object = Expr::col((objects::Entity, objects::Column::Id)).equals((inspections::Entity, C::ObjectId));

    let approved = [InspectionStatus::Approved.code(), InspectionStatus::Published.code()];
    let select = Query::select()
        .column((objects::Entity, objects::Column::TownshipCode))
        .expr_as(Expr::col((inspections::Entity, C::ObjectId)).count_distinct(), "count")
        .from(inspections::Entity)
        .inner_join(objects::Entity, of_object)
        .and_where(Expr::col((inspections::Entity, C::InspectedOn)).between(from, to))
        .and_where(Expr::col((inspections::Entity, C::Status)).is_in(approved))
        .cond_where(enterprises(individuals))
        .group_by_col((objects::Entity, objects::Column::TownshipCode))
        .take();
    by_township(conn, &select).await
}

async fn by_township(conn: &impl ConnectionTrait, select: &SelectStatement) -> Result<BTreeMap<Option<String>, u64>> {
    let counts: Vec<ByTownship> = rows(conn, select).await?;
    let count = |row: &ByTownship| u64::try_from(row.count).unwrap_or_default();
    Ok(counts.into_iter().map(|row| (row.township_code.clone(), count(&row))).collect())
}
