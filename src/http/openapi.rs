//! Every operation of the service: registering a route and documenting it are one act.

use super::describe::{Describe, Doc};
use super::extract::{BodySchema, Validators};
use super::problem::Problem;
use crate::error::Result;
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Responder, Route, web};
use serde_json::{Map, Value};
use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, Operation, PathItemBuilder, PathsBuilder};
use utoipa::openapi::schema::ComponentsBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ContactBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
    Schema, ServerBuilder, Tag,
};

type MakeRoute = Arc<dyn Fn() -> Route + Send + Sync>;

/// The routes alone: what a worker needs once the contract is written.
pub struct Routes(Vec<(String, Method, MakeRoute)>);

impl Routes {
    /// Every path as one resource with all its methods, so that another method is answered with 405 and `Allow`.
    pub fn configure(&self, config: &mut web::ServiceConfig) {
        let mut resources: BTreeMap<&str, Vec<&MakeRoute>> = BTreeMap::new();
        for (path, _, route) in &self.0 {
            resources.entry(path).or_default().push(route);
        }
        for (path, routes) in resources {
            let resource = routes.into_iter().fold(web::resource(path), |resource, route| resource.route(route()));
            config.service(resource);
        }
    }
}

/// The operations, their routes and their contract.
#[derive(Default)]
pub struct Api {
    routes: Vec<(String, Method, MakeRoute)>,
    operations: Vec<(String, HttpMethod, Operation)>,
    schemas: Vec<(String, RefOr<Schema>)>,
    bodies: Vec<(TypeId, String)>,
    tags: Vec<Tag>,
}

/// The operations of one noun.
pub struct Group<'a> {
    api: &'a mut Api,
    tag: &'static str,
}

impl Api {
    pub fn group(&mut self, tag: &'static str, description: &str) -> Group<'_> {
        self.tags.push(TagBuilder::new().name(tag).description(Some(description)).build());
        Group { api: self, tag }
    }

    /// Forgets the contract, which takes more memory than everything else at rest.
    pub fn into_routes(self) -> Routes {
        Routes(self.routes)
    }

    /// The OpenAPI document, with what each operation answered when it was last tried as its example:
    /// `tests/api/examples.rs` writes and checks them.
    pub fn document(&self) -> Result<OpenApi> {
        let mut examples: Map<String, Value> = serde_json::from_str(include_str!("../../openapi/examples.json"))?;
        let mut paths: BTreeMap<&str, Vec<(HttpMethod, Operation)>> = BTreeMap::new();
        for (path, method, operation) in &self.operations {
            let mut operation = operation.clone();
            let example = operation.operation_id.as_ref().and_then(|id| examples.remove(id));
            if let Some(body) = example.map(|mut example| example["body"].take()).filter(|body| !body.is_null()) {
                show(&mut operation, &body);
            }
            paths.entry(path).or_default().push((method.clone(), operation));
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
                    .description(Some(include_str!("../../docs/api-description.md")))
                    .contact(Some(ContactBuilder::new().name(Some("Mingjian")).build()))
                    .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build())),
            )
            .servers(Some([ServerBuilder::new().url("/").description(Some("本服务")).build()]))
            .tags(Some(self.tags.clone()))
            .components(Some(self.components()))
            .paths(builder.build())
            .build())
    }

    fn components(&self) -> utoipa::openapi::Components {
        let mut doc = Doc::default();
        doc.add_schema::<Problem>();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("POST /api/v1/auth/token 所得的 access_token"));
        let mut components = ComponentsBuilder::new()
            .schemas_from_iter(self.schemas.iter().cloned().chain(doc.schemas))
            .security_scheme("bearer", SecurityScheme::Http(bearer.build()));
        for (status, description) in PROBLEMS {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
            let response =
                ResponseBuilder::new().description(*description).content("application/problem+json", content);
            components = components.response(format!("Problem{status}"), response.build());
        }
        components.build()
    }

    /// The document's own schemas, compiled: what is published is what is enforced.
    pub fn validators(&self) -> Result<Validators> {
        let all = serde_json::to_value(self.components())?["schemas"].take();
        let mut validators = Validators::default();
        for (type_id, name) in &self.bodies {
            let mut needed = serde_json::Map::new();
            gather(name, &all, &mut needed);
            let schema = serde_json::json!({
                "$ref": format!("#/components/schemas/{name}"), "components": { "schemas": needed }
            });
            validators.0.insert(*type_id, BodySchema::new(&schema));
        }
        Ok(validators)
    }
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

/// A schema and every schema it refers to.
fn gather(name: &str, all: &Value, into: &mut serde_json::Map<String, Value>) {
    if into.contains_key(name) {
        return;
    }
    into.insert(name.to_owned(), all[name].clone());
    let mut pending = vec![&all[name]];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(map) => {
                if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                    gather(reference.rsplit('/').next().unwrap_or_default(), all, into);
                }
                pending.extend(map.values());
            }
            Value::Array(list) => pending.extend(list),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

const PROBLEMS: &[(u16, &str)] = &[
    (400, "请求格式有误或含未声明的字段、参数"),
    (401, "未登录或登录已失效"),
    (403, "没有此项权限"),
    (404, "未找到，或不在管理范围内"),
    (408, "内容未在限时内到达"),
    (409, "与当前状态冲突"),
    (412, "数据已被他人修改"),
    (413, "内容过大"),
    (415, "不支持的内容类型"),
    (422, "内容不符合要求或规则"),
    (428, "缺少 If-Match"),
    (429, "请求过于频繁，见 Retry-After"),
    (500, "服务内部错误"),
    (503, "服务暂不可用，见 Retry-After"),
];

impl Group<'_> {
    pub fn get<F, Args>(&mut self, path: &str, id: &str, summary: &str, description: &str, handler: F)
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + Describe + 'static,
        F::Output: Responder + Describe + 'static,
    {
        self.add(Method::GET, HttpMethod::Get, path, [id, summary, description], handler);
    }

    pub fn post<F, Args>(&mut self, path: &str, id: &str, summary: &str, description: &str, handler: F)
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + Describe + 'static,
        F::Output: Responder + Describe + 'static,
    {
        self.add(Method::POST, HttpMethod::Post, path, [id, summary, description], handler);
    }

    pub fn put<F, Args>(&mut self, path: &str, id: &str, summary: &str, description: &str, handler: F)
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + Describe + 'static,
        F::Output: Responder + Describe + 'static,
    {
        self.add(Method::PUT, HttpMethod::Put, path, [id, summary, description], handler);
    }

    pub fn patch<F, Args>(&mut self, path: &str, id: &str, summary: &str, description: &str, handler: F)
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + Describe + 'static,
        F::Output: Responder + Describe + 'static,
    {
        self.add(Method::PATCH, HttpMethod::Patch, path, [id, summary, description], handler);
    }

    fn add<F, Args>(&mut self, method: Method, verb: HttpMethod, path: &str, words: [&str; 3], handler: F)
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + Describe + 'static,
        F::Output: Responder + Describe + 'static,
    {
        let mut doc = Doc::default();
        Args::describe(&mut doc);
        F::Output::describe(&mut doc);
        self.api.schemas.append(&mut doc.schemas);
        self.api.bodies.extend(doc.body_type.clone());
        let [id, summary, description] = words;
        self.api.operations.push((path.to_owned(), verb, doc.operation(id, self.tag, summary, description)));
        let of = method.clone();
        let make: MakeRoute = Arc::new(move || web::method(of.clone()).to(handler.clone()));
        self.api.routes.push((path.to_owned(), method, make));
    }
}

#[cfg(test)]
mod tests {
    use crate::http::routes;
    use std::collections::BTreeMap;

    /// Two types of one name would silently publish, and enforce, the schema of one of them.
    #[test]
    fn a_schema_name_means_one_schema() {
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for (name, schema) in routes::api().schemas {
            let text = serde_json::to_string(&schema).unwrap_or_default();
            if let Some(other) = known.insert(name.clone(), text.clone()) {
                assert_eq!(other, text, "{name} is published twice, differently");
            }
        }
    }
}
