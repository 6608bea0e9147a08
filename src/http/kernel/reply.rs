//! What a handler answers: a view with its version, a page, or nothing; the status stands in the type.

use crate::http::kernel::describe::{Describe, Doc};
use crate::http::kernel::extract::{List, Listed};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::idempotency::StoredAnswer;
use crate::persistence::kernel::list::Page;
use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use serde_json::Value;
use std::marker::PhantomData;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use uuid::Uuid;

/// A representation with an identity and, where it is versioned, an ETag.
pub trait View: Serialize + ToSchema + 'static {
    /// The record's id, for `Location`.
    fn id(&self) -> Option<Uuid> {
        None
    }

    /// Where a new record is found, seen from the path it was sent to.
    fn location(&self, path: &str) -> Option<String> {
        self.id().map(|id| format!("{path}/{id}"))
    }

    /// Whether the same answer may be given again under its idempotency key; personal data is read anew, and noted anew.
    const REPLAYABLE: bool = true;

    /// The record's version, for `ETag`.
    fn version(&self) -> Option<i32> {
        None
    }
}

/// Implements [`View`] for views with `id` and `version`.
macro_rules! versioned {
    ($($view:ident),+ $(,)?) => {
        $(impl $crate::http::kernel::reply::View for $view {
            fn id(&self) -> Option<uuid::Uuid> {
                Some(self.id)
            }

            fn version(&self) -> Option<i32> {
                Some(self.version)
            }
        })+
    };
}
pub(crate) use versioned;

const PUBLIC_CACHE: &str = "public, max-age=60";

/// A strong tag of the content itself.
pub fn content_tag(body: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    format!("\"{}\"", hex::encode(&Sha256::digest(body)[..12]))
}

/// A view with its status.
pub struct Reply<V, const STATUS: u16 = 200> {
    answer: Answer,
    replayed: bool,
    public: bool,
    view: PhantomData<V>,
}

pub type Created<V> = Reply<V, 201>;
pub type Accepted<V> = Reply<V, 202>;

/// The answer as it goes out, and as it is stored under an idempotency key.
pub struct Answer(StoredAnswer);

impl Answer {
    pub fn of(view: &impl View, status: u16, path: &str) -> Result<Self> {
        let location = if status == 201 || status == 202 { view.location(path) } else { None };
        Ok(Self(StoredAnswer {
            status,
            body: serde_json::to_string(view)?,
            etag: view.version().map(|version| format!("\"{version}\"")),
            location,
        }))
    }

    pub fn stored(self) -> StoredAnswer {
        self.0
    }
}

impl<V: View, const STATUS: u16> Reply<V, STATUS> {
    pub fn new(view: V) -> Result<Self> {
        Ok(Self { answer: Answer::of(&view, STATUS, "")?, replayed: false, public: false, view: PhantomData })
    }

    /// For the public side: anybody may keep it for a minute.
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// An answer that a change has written out, now or under the same key before.
    pub fn stored(stored: StoredAnswer, replayed: bool) -> Self {
        Self { answer: Answer(stored), replayed, public: false, view: PhantomData }
    }
}

impl<V, const STATUS: u16> Responder for Reply<V, STATUS> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let StoredAnswer { status, body, etag, location } = self.answer.0;
        let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::OK));
        response.content_type("application/json");
        if let Some(etag) = etag {
            response.insert_header((header::ETAG, etag));
        }
        if let Some(location) = location {
            response.insert_header((header::LOCATION, location));
        }
        if self.public {
            response.insert_header((header::CACHE_CONTROL, PUBLIC_CACHE));
            response.insert_header((header::ETAG, content_tag(body.as_bytes())));
        }
        if self.replayed {
            response.insert_header(("Idempotency-Replayed", "true"));
        }

        response.body(body)
    }
}

impl<V: View, const STATUS: u16> Describe for Reply<V, STATUS> {
    fn describe(doc: &mut Doc) {
        doc.success::<V>(STATUS);
    }
}

#[derive(Serialize)]
struct PageBody<V> {
    items: Vec<V>,
    page: PageInfo,
}

#[derive(Serialize)]
struct PageInfo {
    has_more: bool,
    next_cursor: Option<String>,
    total: Option<u64>,
    total_capped: bool,
}

/// A page of views.
pub struct PageReply<V> {
    body: String,
    link: Option<String>,
    public: bool,
    view: PhantomData<V>,
}

impl<V: Serialize> PageReply<V> {
    pub fn new<L: Listed>(list: &List<L>, page: Page<V>) -> Result<Self> {
        let link = page.next_cursor.as_ref().map(|cursor| {
            let separator = if list.base.ends_with('?') { "" } else { "&" };
            format!("<{}{separator}cursor={cursor}>; rel=\"next\"", list.base)
        });
        let info = PageInfo {
            has_more: page.next_cursor.is_some(),
            next_cursor: page.next_cursor,
            total: page.total,
            total_capped: page.total_capped,
        };
        let body = match &list.request.fields {
            None => serde_json::to_string(&PageBody { items: page.items, page: info })?,
            Some(fields) => {
                let items = page.items.iter().map(serde_json::to_value).collect::<std::result::Result<_, _>>()?;
                serde_json::to_string(&PageBody { items: keep(items, fields)?, page: info })?
            }
        };

        Ok(Self { body, link, public: false, view: PhantomData })
    }

    /// For the public side: anybody may keep it for a minute.
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }
}

/// Keeps the fields asked for; an unknown one is refused where there is an item to compare with.
fn keep(mut items: Vec<Value>, fields: &[String]) -> Result<Vec<Value>> {
    for item in &mut items {
        let Some(map) = item.as_object_mut() else { continue };
        if let Some(unknown) = fields.iter().find(|field| !map.contains_key(*field)) {
            use domain::kernel::text::text;
            let detail = text!("没有字段 {unknown}。", "There is no field {unknown}.");
            return Err(AppError::new(domain::kernel::refusal::Code::FieldNotInView, detail.clone())
                .with_errors(vec![FieldError::new("fields", "UNKNOWN_FIELD", detail)]));
        }
        map.retain(|name, _| fields.contains(name));
    }
    Ok(items)
}

impl<V> Responder for PageReply<V> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(link) = self.link {
            response.insert_header((header::LINK, link));
        }
        if self.public {
            response.insert_header((header::CACHE_CONTROL, PUBLIC_CACHE));
            response.insert_header((header::ETAG, content_tag(self.body.as_bytes())));
        }
        response.content_type("application/json").body(self.body)
    }
}

impl<V: View> Describe for PageReply<V> {
    fn describe(doc: &mut Doc) {
        let name = format!("{}Page", V::name());
        doc.add_schema::<V>();
        let page = ObjectBuilder::new()
            .property("items", ArrayBuilder::new().items(Ref::from_schema_name(V::name())).max_items(Some(200)))
            .required("items")
            .property("page", Ref::from_schema_name("PageInfo"))
            .required("page")
            .description(Some("一页记录"));
        doc.add_named(name.clone(), RefOr::T(Schema::Object(page.build())));
        doc.add_named("PageInfo".to_owned(), page_info());
        doc.success_ref(200, &name, true);
    }
}

fn page_info() -> RefOr<Schema> {
    let nullable = |kind: Type| {
        ObjectBuilder::new().schema_type(utoipa::openapi::schema::SchemaType::from_iter([kind, Type::Null]))
    };
    let info = ObjectBuilder::new()
        .property("has_more", ObjectBuilder::new().schema_type(Type::Boolean))
        .required("has_more")
        .property("next_cursor", nullable(Type::String).description(Some("下一页的 cursor")))
        .required("next_cursor")
        .property("total", nullable(Type::Integer).description(Some("总数；total=none 时为空")))
        .required("total")
        .property(
            "total_capped",
            ObjectBuilder::new().schema_type(Type::Boolean).description(Some("总数到 10,000 为止")),
        )
        .required("total_capped")
        .description(Some("分页信息"));

    RefOr::T(Schema::Object(info.build()))
}

/// 204.
pub struct NoContent;

impl Responder for NoContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

impl Describe for NoContent {
    fn describe(doc: &mut Doc) {
        doc.no_content();
    }
}
