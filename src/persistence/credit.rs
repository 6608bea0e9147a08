//! 信用分类: batches as they came, the classifications in them, and the tables and strategies that apply them.

use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::{Noun, noun};
use chrono::NaiveDate;
use domain::credit::{CreditClass, CreditScheme, PolicyState};
use entity::credit::credit_classifications::{Column, Entity, Model};
use entity::credit::{credit_batches, credit_mappings, credit_strategies};
use entity::register::objects;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use uuid::Uuid;

noun!(credit::credit_batches, "credit-batches");
noun!(credit::credit_mappings, "credit-mappings", |_| scoped(), |_| None);
noun!(credit::credit_strategies, "credit-strategies", |_| scoped(), |_| None);

pub const LISTING: Listing<Entity> = Listing {
    name: "credit-classifications",
    id: Column::Id,
    default_sort: "-received_at",
    fields: &[
        Field::new("object_id", Column::ObjectId, Kind::Id, "监管对象"),
        Field::new("batch_id", Column::BatchId, Kind::Id, "批次"),
        Field::new("scheme", Column::Scheme, Kind::Text, "分类体系（国家代码）"),
        Field::new("level", Column::Level, Kind::Key, "推送等级"),
        Field::new("batch", Column::Batch, Kind::Key, "批次月份（yyyyMM）"),
        Field::new("local_class", Column::LocalClass, Kind::Code(CreditClass::CODES), "本地信用类别"),
        Field::new("received_at", Column::ReceivedAt, Kind::Time, "接收时间").sortable(),
        Field::new("updated_at", Column::ReceivedAt, Kind::Time, "更新时间（收到后不再变动，即接收时间）").sortable(),
    ],
};

pub const BATCHES: Listing<credit_batches::Entity> = Listing {
    name: "credit-batches",
    id: credit_batches::Column::Id,
    default_sort: "-batch",
    fields: &[
        Field::new("batch", credit_batches::Column::Batch, Kind::Key, "批次月份（yyyyMM）").sortable(),
        Field::new("scheme", credit_batches::Column::Scheme, Kind::Text, "分类体系（国家代码）"),
        Field::new("source", credit_batches::Column::Source, Kind::Text, "下发来源（国家代码）"),
    ],
};

pub const MAPPINGS: Listing<credit_mappings::Entity> = Listing {
    name: "credit-mappings",
    id: credit_mappings::Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("scheme", credit_mappings::Column::Scheme, Kind::Text, "分类体系（国家代码）"),
        Field::new("state", credit_mappings::Column::State, Kind::Code(PolicyState::CODES), "状态"),
        Field::new("created_at", credit_mappings::Column::CreatedAt, Kind::Time, "建立时间").sortable(),
    ],
};

pub const STRATEGIES: Listing<credit_strategies::Entity> = Listing {
    name: "credit-strategies",
    id: credit_strategies::Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", credit_strategies::Column::Code, Kind::Key, "策略编号").sortable(),
        Field::new("state", credit_strategies::Column::State, Kind::Code(PolicyState::CODES), "状态"),
        Field::new("created_at", credit_strategies::Column::CreatedAt, Kind::Time, "建立时间").sortable(),
    ],
};

/// The county's credit records are one for all who may read credit classes; never on the public side.
pub fn scoped<E: EntityTrait>() -> Select<E> {
    E::find()
}

/// One batch, mapping table or strategy.
pub async fn get<E: Noun>(conn: &impl ConnectionTrait, id: Uuid) -> Result<E::Model> {
    scoped::<E>().filter(E::ID.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn of_objects(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>> {
    Entity::find().filter(Column::ObjectId.is_in(ids)).all(conn).await.or_app()
}

/// Objects whose class rests on a classification that was good until before a day.
pub async fn lapsed(conn: &impl ConnectionTrait, day: NaiveDate, limit: u64) -> Result<Vec<Uuid>> {
    let later = Alias::new("later");
    let corrected = Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, later.clone())
        .and_where(Expr::col((later.clone(), Column::ObjectId)).equals((Entity, Column::ObjectId)))
        .and_where(Expr::col((later.clone(), Column::BatchId)).equals((Entity, Column::BatchId)))
        .and_where(Expr::col((later, Column::Revision)).gt(Expr::col((Entity, Column::Revision))))
        .to_owned();
    let query = Query::select()
        .distinct()
        .column((Entity, Column::ObjectId))
        .from(Entity)
        .inner_join(
            objects::Entity,
            Condition::all()
                .add(Expr::col((objects::Entity, objects::Column::Id)).equals((Entity, Column::ObjectId)))
                .add(
                    Expr::col((objects::Entity, objects::Column::LocalClassBatchId)).equals((Entity, Column::BatchId)),
                ),
        )
        .and_where(Expr::col((Entity, Column::ValidUntil)).lt(day))
        .and_where(Expr::exists(corrected).not())
        .limit(limit)
        .to_owned();
    let rows = conn.query_all(&query).await.or_app()?;

    rows.iter().map(|row| row.try_get_by_index(0)).collect::<std::result::Result<_, sea_orm::DbErr>>().or_app()
}

/// Batches by their identity: scheme, source and month.
pub async fn batch(
    conn: &impl ConnectionTrait,
    scheme: &str,
    source: &str,
    month: &str,
) -> Result<Option<credit_batches::Model>> {
    credit_batches::Entity::find()
        .filter(credit_batches::Column::Scheme.eq(scheme))
        .filter(credit_batches::Column::Source.eq(source))
        .filter(credit_batches::Column::Batch.eq(month))
        .one(conn)
        .await
        .or_app()
}

pub async fn batches(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<credit_batches::Model>> {
    let found = credit_batches::Entity::find().filter(credit_batches::Column::Id.is_in(ids));
    found.order_by_asc(credit_batches::Column::Id).all(conn).await.or_app()
}

/// The mapping table in force, if the county has one of its own.
pub async fn active_mapping(
    conn: &impl ConnectionTrait,
    scheme: CreditScheme,
) -> Result<Option<credit_mappings::Model>> {
    credit_mappings::Entity::find()
        .filter(credit_mappings::Column::Scheme.eq(scheme.national()))
        .filter(credit_mappings::Column::State.eq(PolicyState::Active))
        .one(conn)
        .await
        .or_app()
}

/// The newest revision of a scheme's tables; 0 where there is none.
pub async fn latest_mapping(conn: &impl ConnectionTrait, scheme: CreditScheme) -> Result<i32> {
    let newest = credit_mappings::Entity::find()
        .filter(credit_mappings::Column::Scheme.eq(scheme.national()))
        .order_by_desc(credit_mappings::Column::Revision)
        .one(conn)
        .await
        .or_app()?;
    Ok(newest.map_or(0, |mapping| mapping.revision))
}

pub async fn active_strategy(conn: &impl ConnectionTrait, code: &str) -> Result<Option<credit_strategies::Model>> {
    credit_strategies::Entity::find()
        .filter(credit_strategies::Column::Code.eq(code))
        .filter(credit_strategies::Column::State.eq(PolicyState::Active))
        .one(conn)
        .await
        .or_app()
}

pub async fn latest_strategy(conn: &impl ConnectionTrait, code: &str) -> Result<i32> {
    let newest = credit_strategies::Entity::find()
        .filter(credit_strategies::Column::Code.eq(code))
        .order_by_desc(credit_strategies::Column::Revision)
        .one(conn)
        .await
        .or_app()?;
    Ok(newest.map_or(0, |strategy| strategy.revision))
}

/// Holds every mapping table of a scheme, so that two are not put in force at once.
pub async fn lock_mappings(conn: &impl ConnectionTrait, scheme: CreditScheme) -> Result<()> {
    let version = credit_mappings::Column::Version;
    credit_mappings::Entity::update_many()
        .col_expr(version, Expr::col(version))
        .filter(credit_mappings::Column::Scheme.eq(scheme.national()))
        .exec(conn)
        .await
        .or_app()?;
    Ok(())
}

/// The same for the revisions of a strategy.
pub async fn lock_strategies(conn: &impl ConnectionTrait, code: &str) -> Result<()> {
    let version = credit_strategies::Column::Version;
    credit_strategies::Entity::update_many()
        .col_expr(version, Expr::col(version))
        .filter(credit_strategies::Column::Code.eq(code))
        .exec(conn)
        .await
        .or_app()?;
    Ok(())
}
