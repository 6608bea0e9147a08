//! Every operation of the service: registering a route and documenting it are one act.

use super::describe::{Describe, Doc};
use super::extract::check_declared;
use super::problem::Problem;
use super::routing::{Routes, arrange, noun_of};
use crate::kernel::error::Result;
use crate::persistence::kernel::db::working_at;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Next, from_fn};
use actix_web::{FromRequest, Handler, Responder, Route, web};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, Operation, PathItemBuilder, PathsBuilder};
use utoipa::openapi::schema::ComponentsBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ContactBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    ResponseBuilder, Schema, ServerBuilder, Tag,
};

type Static = &'static str;

/// An operation: its route, and its contract when somebody asks for it.
struct Registered {
    path: Static,
    verb: HttpMethod,
    make_route: Box<dyn Fn() -> Route + Send + Sync>,
    id: Static,
    tag: Static,
    summary: Static,
    description: Static,
    describe: fn(&mut Doc),
}

impl Registered {
    /// What it documents, and the schemas that this refers to.
    fn contract(&self) -> (Operation, Vec<(String, RefOr<Schema>)>) {
        let mut doc = Doc::default();
        (self.describe)(&mut doc);
        if DESTROYED_IN_TIME.iter().any(|record| self.path.starts_with(record)) {
            doc.problem(410);
        }
        let schemas = std::mem::take(&mut doc.schemas);
        (doc.operation(self.id, self.tag, self.summary, self.description), schemas)
    }
}

/// The operations, their routes and their contract. The contract is written when it is asked for: held, it would take
/// more memory than everything else at rest.
#[derive(Default)]
pub struct Api {
    operations: Vec<Registered>,
    tags: Vec<Tag>,
}

/// The operations of one noun.
pub struct Group<'a> {
    api: &'a mut Api,
    tag: Static,
}

impl Api {
    pub fn group(&mut self, tag: Static, description: &str) -> Group<'_> {
        self.tags.push(TagBuilder::new().name(tag).description(Some(description)).build());
        Group { api: self, tag }
    }

    /// Every schema of every operation by name, as often as an operation refers to it.
    pub fn schemas(&self) -> impl Iterator<Item = (String, RefOr<Schema>)> {
        self.operations.iter().flat_map(|operation| operation.contract().1)
    }

    pub fn configure(&self, config: &mut web::ServiceConfig) {
        let mut routes = Routes::new();
        for operation in &self.operations {
            routes.entry(operation.path).or_default().push((operation.make_route)());
        }
        arrange(config, routes);
    }

    /// Every path of the contract, once.
    pub fn paths(&self) -> BTreeSet<&'static str> {
        self.operations.iter().map(|operation| operation.path).collect()
    }

    /// The OpenAPI document, with what each operation answered when it was last tried as its example:
    /// `tests/api/examples.rs` writes and checks them.
    pub fn document(&self) -> Result<OpenApi> {
        let mut examples: Map<String, Value> = serde_json::from_str(include_str!("../../../openapi/examples.json"))?;
        let mut paths: BTreeMap<&str, Vec<(HttpMethod, Operation)>> = BTreeMap::new();
        let mut schemas = Vec::new();

        for registered in &self.operations {
            let (mut operation, mut referred) = registered.contract();
            schemas.append(&mut referred);
            let example = examples.remove(registered.id);
            if let Some(body) = example.map(|mut example| example["body"].take()).filter(|body| !body.is_null()) {
                show(&mut operation, &body);
            }
            paths.entry(registered.path).or_default().push((registered.verb.clone(), operation));
        }

        let mut builder = PathsBuilder::new();
        for (path, operations) in paths {
            let item = operations
                .into_iter()
                .fold(PathItemBuilder::new(), |item, (method, operation)| item.operation(method, operation));
            builder = builder.path(path, item.build());
        }

        Ok(OpenApiBuilder::new()
            .info(
                InfoBuilder::new()
                    .title("明鉴 Mingjian")
                    .version(env!("CARGO_PKG_VERSION"))
                    .description(Some(include_str!("../../../docs/api-description.md")))
                    .contact(Some(ContactBuilder::new().name(Some("Mingjian")).build()))
                    .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build())),
            )
            .servers(Some([ServerBuilder::new().url("/").description(Some("本服务")).build()]))
            .tags(Some(self.tags.clone()))
            .components(Some(components(schemas)))
            .paths(builder.build())
            .build())
    }
}

/// Refuses what the operation's arguments do not declare; what it does, it does at its noun.
async fn at_noun<Args: Describe>(
    noun: Static,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match check_declared(request.request(), Args::QUERY, Args::BODY) {
        Ok(()) => Ok(working_at(noun, next.call(request)).await?.map_into_boxed_body()),
        Err(error) => Ok(request.error_response(error).map_into_boxed_body()),
    }
}

fn components(schemas: Vec<(String, RefOr<Schema>)>) -> Components {
    let mut doc = Doc::default();
    doc.add_schema::<Problem>();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("POST /api/v1/auth/token 所得的 access_token"));
    let mut components = ComponentsBuilder::new()
        .schemas_from_iter(schemas.into_iter().chain(doc.schemas))
        .security_scheme("bearer", SecurityScheme::Http(bearer.build()));

    for (status, description) in PROBLEMS {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
        let response = ResponseBuilder::new().description(*description).content("application/problem+json", content);
        components = components.response(format!("Problem{status}"), response.build());
    }

    components.build()
}

/// Puts an example beside the schema of every success.
fn show(operation: &mut Operation, body: &Value) {
    let successes = operation.responses.responses.iter_mut().filter(|(status, _)| status.starts_with('2'));
    for (_, response) in successes {
        let RefOr::T(response) = response else { continue };
        for content in response.content.values_mut() {
            if let RefOr::T(content) = content {
                content.example = Some(body.clone());
            }
        }
    }
}

/// Records that are destroyed when their time is over, by their addresses.
const DESTROYED_IN_TIME: [&str; 2] = ["/api/v1/inspections/{id}", "/api/v1/risk-clues/{id}"];

const PROBLEMS: &[(u16, &str)] = &[
    (400, "请求格式有误或含未声明的字段、参数"),
    (401, "未登录或登录已失效"),
    (403, "没有此项权限"),
    (404, "未找到，或不在管理范围内"),
    (408, "请求头或内容未在限时内到达"),
    (409, "与当前状态冲突"),
    (410, "保管期限届满，已依法销毁"),
    (412, "数据已被他人修改；断点续传：协议版本不符"),
    (413, "内容过大"),
    (415, "不支持的内容类型"),
    (416, "请求的范围不存在"),
    (422, "内容不符合要求或规则"),
    (428, "缺少 If-Match"),
    (429, "请求过于频繁，见 Retry-After"),
    (500, "服务内部错误"),
    (503, "服务暂不可用，见 Retry-After"),
];

/// One function a method: path, operation id, summary, description and handler.
macro_rules! methods {
    ($($name:ident $method:ident $verb:ident),+) => { $(
        pub fn $name<F, Args>(&mut self, path: Static, id: Static, summary: Static, description: Static, handler: F)
        where
            F: Handler<Args> + Send + Sync,
            Args: FromRequest + Describe + 'static,
            F::Output: Responder + Describe + 'static,
        {
            self.add(Method::$method, HttpMethod::$verb, path, [id, summary, description], handler);
        }
    )+ };
}

impl Group<'_> {
    methods! { get GET Get, head HEAD Head, post POST Post, put PUT Put, patch PATCH Patch }

    fn add<F, Args>(&mut self, method: Method, verb: HttpMethod, path: Static, words: [Static; 3], handler: F)
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + Describe + 'static,
        F::Output: Responder + Describe + 'static,
    {
        let [id, summary, description] = words;
        let of = method.clone();
        let noun = noun_of(path);

        self.api.operations.push(Registered {
            path,
            verb,
            make_route: Box::new(move || {
                let around = from_fn(move |request, next| at_noun::<Args>(noun, request, next));
                web::method(of.clone()).to(handler.clone()).wrap(around)
            }),
            id,
            tag: self.tag,
            summary,
            description,
            describe: |doc| {
                Args::describe(doc);
                F::Output::describe(doc);
            },
        });
    }
}
