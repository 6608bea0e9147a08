//! 监管对象 and their tags.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing, contains};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use crate::persistence::register::library_members::members_now;
use domain::access::Reach;
use domain::credit::CreditClass;
use domain::register::objects::RegistrationStatus;
use domain::spot_checks::libraries::TagRule;
use domain::spot_checks::tasks::PoolFilter;
use entity::register::object_tags;
use entity::register::objects::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

noun!(register::objects, "objects", history of |row| Some(row.id));

pub const LISTING: Listing<Entity> = Listing {
    name: "objects",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("name", Column::Name, Kind::Text, "名称").sortable(),
        Field::new("uscc", Column::Uscc, Kind::Key, "统一社会信用代码").nullable(),
        Field::new("object_type", Column::ObjectType, Kind::Key, "对象类型（国家代码）"),
        Field::new("region_code", Column::RegionCode, Kind::Key, "所在县区"),
        Field::new("township_code", Column::TownshipCode, Kind::Key, "所在乡镇").nullable(),
        Field::new("industry_code", Column::IndustryCode, Kind::Key, "行业代码").nullable(),
        Field::new(
            "registration_status",
            Column::RegistrationStatus,
            Kind::Code(RegistrationStatus::CODES),
            "登记状态",
        ),
        Field::new("local_class", Column::LocalClass, Kind::Code(CreditClass::CODES), "本地信用类别"),
        Field::new("established_on", Column::EstablishedOn, Kind::Date, "成立日期").nullable(),
        Field::new("tag", Column::Id, Kind::Related(with_tag), "标签"),
        Field::new("library_id", Column::Id, Kind::RelatedId(in_library), "检查对象名录库（现行版次）"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "入库时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// Objects that a library has now.
fn in_library(library: Uuid) -> Condition {
    Condition::all().add(Column::Id.in_subquery(members_now(library)))
}

/// Objects that carry a tag.
fn with_tag(tag: String) -> Condition {
    tagged_any(&[tag])
}

pub fn tagged_any(tags: &[String]) -> Condition {
    let tagged = object_tags::Entity::find()
        .select_only()
        .column(object_tags::Column::ObjectId)
        .filter(object_tags::Column::Tag.is_in(tags.to_vec()));
    Condition::all().add(Column::Id.in_subquery(QueryTrait::into_query(tagged)))
}

/// Objects of a region (six digits) or a township (nine).
pub fn in_region(code: &str) -> Condition {
    let column = if code.len() == 9 { Column::TownshipCode } else { Column::RegionCode };
    Condition::all().add(column.eq(code))
}

/// The register is shared by all departments; townships see their own.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    let scope = match (ctx.reach, &ctx.actor.region_code) {
        (Reach::All | Reach::Department, _) => Condition::all(),
        (Reach::Region, Some(region)) => in_region(region),
        (Reach::Region, None) | (Reach::Assigned, _) => nothing(),
    };
    Entity::find().filter(scope)
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// Objects by identity key, for imports.
pub async fn by_identity(conn: &impl ConnectionTrait, keys: Vec<String>) -> Result<BTreeMap<String, Model>> {
    let found = Entity::find().filter(Column::IdentityKey.is_in(keys)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|object| (object.identity_key.clone(), object)).collect())
}

/// Objects of the same names, for imports of rows without a code.
pub async fn by_names(conn: &impl ConnectionTrait, names: Vec<String>) -> Result<Vec<Model>> {
    Entity::find().filter(Column::Name.is_in(names)).order_by_asc(Column::Id).all(conn).await.or_app()
}

/// Objects by USCC, for credit batches.
pub async fn by_uscc(conn: &impl ConnectionTrait, codes: Vec<String>) -> Result<BTreeMap<String, Model>> {
    let found = Entity::find().filter(Column::Uscc.is_in(codes)).all(conn).await.or_app()?;
    Ok(found.into_iter().filter_map(|object| Some((object.uscc.clone()?, object))).collect())
}

/// Names by id, for views that show objects of another record the caller may see.
pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Model>> {
    let found = Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|object| (object.id, object)).collect())
}

/// Others that the caller sees and that have a name in one of its spellings, or an old number. So many at most.
pub async fn namesakes(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    object: &Model,
    spellings: Vec<String>,
    most: u64,
) -> Result<Vec<Model>> {
    let alike = Condition::any()
        .add(Column::Name.is_in(spellings))
        .add_option(object.registration_no.as_ref().map(|number| Column::RegistrationNo.eq(number.as_str())));
    let others = scoped(ctx).filter(alike).filter(Column::Id.ne(object.id));
    let living = others.filter(Column::RegistrationStatus.eq(RegistrationStatus::Active));
    living.order_by_asc(Column::Id).limit(most).all(conn).await.or_app()
}

/// Those of the ids that the register has.
pub async fn existing(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<HashSet<Uuid>> {
    let mut found = HashSet::with_capacity(ids.len());
    for part in ids.chunks(1_000) {
        let known = Entity::find().select_only().column(Column::Id).filter(Column::Id.is_in(part.to_vec()));
        found.extend(known.into_tuple::<Uuid>().all(conn).await.or_app()?);
    }
    Ok(found)
}

pub async fn insert_many(conn: &impl ConnectionTrait, models: Vec<Model>) -> Result<()> {
    let rows = models.into_iter().map(|model| sea_orm::ActiveModelTrait::reset_all(model.into_active_model()));
    Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// Replaces the rows by which an object's tags are searched.
pub async fn set_tags(conn: &impl ConnectionTrait, id: Uuid, tags: &[String]) -> Result<()> {
    object_tags::Entity::delete_many().filter(object_tags::Column::ObjectId.eq(id)).exec(conn).await.or_app()?;
    add_tags(conn, tags.iter().map(|tag| (id, tag.clone())).collect()).await
}

pub async fn add_tags(conn: &impl ConnectionTrait, tags: Vec<(Uuid, String)>) -> Result<()> {
    let rows = tags.into_iter().map(|(object_id, tag)| {
        sea_orm::ActiveModelTrait::reset_all(object_tags::Model { object_id, tag }.into_active_model())
    });
    object_tags::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// What a task's pool is made of.
#[derive(Clone, Debug, FromQueryResult)]
pub struct EligibleRow {
    pub id: Uuid,
    pub local_class: CreditClass,
    pub local_class_batch_id: Option<Uuid>,
    pub township_code: Option<String>,
}

/// How many active objects there are under a condition.
pub async fn count_active(conn: &impl ConnectionTrait, filter: Condition) -> Result<u64> {
    let active = Entity::find().filter(Column::RegistrationStatus.eq(RegistrationStatus::Active));
    active.filter(filter).count(conn).await.or_app()
}

/// Every eligible object, in the order of their ids.
pub async fn eligible(conn: &impl ConnectionTrait, filter: Condition, limit: u64) -> Result<Vec<EligibleRow>> {
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::LocalClass, Column::LocalClassBatchId, Column::TownshipCode])
        .filter(Column::RegistrationStatus.eq(RegistrationStatus::Active))
        .filter(filter)
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_model()
        .all(conn)
        .await
        .or_app()
}

/// The ids of active objects under a condition, ascending; so many at most.
pub async fn active_ids(conn: &impl ConnectionTrait, filter: Condition, limit: u64) -> Result<Vec<Uuid>> {
    let active = Entity::find().select_only().column(Column::Id).filter(filter);
    let active = active.filter(Column::RegistrationStatus.eq(RegistrationStatus::Active)).limit(limit);
    let mut ids: Vec<Uuid> = active.into_tuple().all(conn).await.or_app()?;
    ids.sort_unstable();
    Ok(ids)
}

/// What a pool filter asks for; a tag is borne as the register says, or by a rule.
pub fn matching(filter: &PoolFilter, rules: &[TagRule]) -> Condition {
    let among = |column: Column, values: &[String]| (!values.is_empty()).then(|| column.is_in(values.to_vec()));
    let mut condition = Condition::all()
        .add_option(among(Column::RegionCode, &filter.region_codes))
        .add_option(among(Column::TownshipCode, &filter.township_codes))
        .add_option(among(Column::ObjectType, &filter.object_types));

    if !filter.industry_prefixes.is_empty() {
        condition = condition.add(industry_any(&filter.industry_prefixes));
    }
    if !filter.tags.is_empty() {
        let rules = rules.iter().filter(|rule| filter.tags.contains(&rule.tag));
        let tagged = Condition::any().add(tagged_any(&filter.tags));
        condition = condition.add(rules.fold(tagged, |any, rule| any.add(following(rule))));
    }
    condition
}

/// Objects that a tag rule gives its tag to.
fn following(rule: &TagRule) -> Condition {
    let mut all = Condition::all();
    if !rule.industry_prefixes.is_empty() {
        all = all.add(industry_any(&rule.industry_prefixes));
    }
    if !rule.licences.is_empty() {
        all = all.add(tagged_any(&rule.licences));
    }
    if !rule.scope_words.is_empty() {
        let words = rule.scope_words.iter();
        all = all.add(words.fold(Condition::any(), |any, word| any.add(contains(Column::BusinessScope, word))));
    }
    all
}

/// Matches any of the industry prefixes: `H62` matches `H6210`.
pub fn industry_any(prefixes: &[String]) -> Condition {
    prefixes.iter().fold(Condition::any(), |any, prefix| any.add(Column::IndustryCode.starts_with(prefix.as_str())))
}
