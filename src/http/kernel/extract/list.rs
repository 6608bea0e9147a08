//! A list's query string, read against the noun's declaration.

use crate::http::kernel::describe::{Describe, Doc};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::list::{
    DEFAULT_LIMIT, Kind, ListRequest, Listing, MAX_FIELDS, MAX_INT, MAX_LIMIT, MAX_OFFSET, MAX_TEXT, MAX_VALUES,
};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use sea_orm::EntityTrait;
use serde_json::json;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

/// A noun whose list can be asked for.
pub trait Listed: 'static {
    type Entity: EntityTrait;
    const LISTING: &'static Listing<Self::Entity>;
}

/// The declared parameters of a list, and the path they came with.
pub struct List<L: Listed> {
    pub request: ListRequest<L::Entity>,
    /// The query without its cursor, for the next page's link.
    pub base: String,
    noun: PhantomData<L>,
}

impl<L: Listed> FromRequest for List<L> {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read::<L>(request))
    }
}

fn read<L: Listed>(request: &HttpRequest) -> Result<List<L>> {
    let pairs = pairs(request)?;
    let kept = request
        .query_string()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor=") && !pair.starts_with("page="));
    let base = format!("{}?{}", request.path(), kept.collect::<Vec<_>>().join("&"));
    Ok(List { request: L::LISTING.parse(request.path(), &pairs)?, base, noun: PhantomData })
}

/// The decoded query; a repeated name is refused like an unknown one.
pub fn pairs(request: &HttpRequest) -> Result<Vec<(String, String)>> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = pairs.map_err(|error| bad_query(&error.to_string()))?.into_inner();
    let mut names: Vec<_> = pairs.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(bad_query(&format!("{} (2×)", pair[0]))),
        None => Ok(pairs),
    }
}

fn bad_query(what: &str) -> AppError {
    use domain::kernel::text::text;
    AppError::new(
        domain::kernel::refusal::Code::InvalidParameter,
        text!("查询字符串有误：{what}", "The query string is not right: {what}", what = what),
    )
}

impl<L: Listed> Describe for List<L> {
    const QUERY: bool = true;

    fn describe(doc: &mut Doc) {
        let listing = L::LISTING;
        doc.problem(422);
        let number = |min: u64, max: u64, default: u64| {
            ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(min))
                .maximum(Some(max))
                .default(Some(json!(default)))
        };
        doc.query("limit", "每页条数", number(1, MAX_LIMIT, DEFAULT_LIMIT));
        let cursor = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[A-Za-z0-9_-]{24,}$"))
            .max_length(Some(2_000));
        doc.query("cursor", "上一页给出的 next_cursor；只对同一用户、筛选和排序有效", cursor);
        doc.query("page", "页码，仅限前 10,000 行；更深处用 cursor", number(1, MAX_OFFSET + 1, 1));
        let totals = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(["none", "capped", "exact"]))
            .default(Some(json!("capped")));
        doc.query("total", "总数：不计、最多计到 10,000、精确", totals);
        let mut sorts = vec!["id".to_owned(), "-id".to_owned()];
        for field in listing.fields.iter().filter(|field| field.sortable) {
            sorts.extend([field.name.to_owned(), format!("-{}", field.name)]);
        }
        let sort = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(sorts))
            .default(Some(json!(listing.default_sort)));
        doc.query("sort", "排序字段，“-”为降序；标识总是最后一个排序键", sort);
        let fields = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(MAX_FIELDS))
            .pattern(Some("^[a-z_]+(,[a-z_]+)*$"));
        doc.query("fields", "只返回这些字段，以逗号分隔", fields);

        for field in listing.fields {
            for op in field.ops() {
                let name = match op.code() {
                    "eq" => field.name.to_owned(),
                    code => format!("{}[{code}]", field.name),
                };
                doc.query(&name, field.doc, value_schema(field.kind, op.code()));
            }
        }
    }
}

/// Values separated by commas. Their number is bounded, not the length of the whole: what the service checks.
fn several(text: ObjectBuilder, one: &str) -> ObjectBuilder {
    text.pattern(Some(format!("^{one}(,{one}){{0,{}}}$", MAX_VALUES - 1)))
}

fn value_schema(kind: Kind, op: &str) -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let format = |format| Some(SchemaFormat::KnownFormat(format));

    match (op, kind) {
        ("is_null", _) => ObjectBuilder::new().schema_type(Type::Boolean),
        ("in", Kind::Code(codes)) => several(text, &format!("({})", codes.join("|"))),
        ("in", Kind::Id) => several(text, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        (_, Kind::Code(codes)) => text.enum_values(Some(codes.iter().copied())),
        (_, Kind::Id | Kind::RelatedId(_)) => text.format(format(KnownFormat::Uuid)),
        (_, Kind::Date | Kind::OnDay(_)) => text.format(format(KnownFormat::Date)),
        (_, Kind::Time) => text.format(format(KnownFormat::DateTime)),
        (_, Kind::Int) => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(MAX_INT)),
        (_, Kind::Bool) => ObjectBuilder::new().schema_type(Type::Boolean),
        (_, Kind::Text | Kind::Key | Kind::Related(_)) => text.pattern(Some("^[^\\x00]*$")).max_length(Some(MAX_TEXT)),
    }
}
