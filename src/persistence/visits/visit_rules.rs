//! 入企检查额度规则.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use chrono::NaiveDate;
use domain::access::Reach;
use domain::visits::budget::Rule;
use entity::visits::visit_rules::{Column, Entity, Model};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};

noun!(visits::visit_rules, "visit-rules", scoped, |_| None);

pub const LISTING: Listing<Entity> = Listing {
    name: "visit-rules",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "规则编号"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// What limits visits is for everybody to know.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    match ctx.reach {
        Reach::All => Entity::find(),
        Reach::Assigned | Reach::Department | Reach::Region => Entity::find().filter(nothing()),
    }
}

/// The rows that bind on a day.
pub async fn in_force(conn: &impl ConnectionTrait, day: NaiveDate) -> Result<Vec<Rule>> {
    let open = Condition::any().add(Column::EndsOn.is_null()).add(Column::EndsOn.gte(day));
    let rows = Entity::find().filter(Column::StartsOn.lte(day)).filter(open).order_by_asc(Column::Code);
    Ok(rows.all(conn).await.or_app()?.into_iter().map(rule).collect())
}

fn rule(row: Model) -> Rule {
    let number = |value: i32| u32::try_from(value).unwrap_or(0);
    Rule {
        code: row.code,
        name: row.name,
        basis: row.basis,
        kind: row.kind,
        amount: number(row.amount),
        days: row.day_from.zip(row.day_to).map(|(from, to)| (number(from), number(to))),
        kinds: row.kinds.0,
        departments: row.department_ids.0,
        classes: row.classes.0,
        object_types: row.object_types.0,
    }
}
