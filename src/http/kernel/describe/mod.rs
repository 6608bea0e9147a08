//! How a handler's arguments and answer describe themselves, so that the published contract is the code's own.

mod visible;

pub use visible::VISIBLE;

use crate::kernel::error::Result;
use domain::access::Permission;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{
    ContentBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema, security::SecurityRequirement,
};

/// Something that is part of an operation's contract.
pub trait Describe {
    /// Whether it reads the query; a query that nobody reads is refused.
    const QUERY: bool = false;
    /// Whether it reads the body; a body that nobody reads is refused.
    const BODY: bool = false;

    fn describe(doc: &mut Doc);
}

impl<T: Describe> Describe for Result<T> {
    fn describe(doc: &mut Doc) {
        T::describe(doc);
    }
}

macro_rules! tuples {
    ($(($($name:ident),*)),+ $(,)?) => {
        $(impl<$($name: Describe),*> Describe for ($($name,)*) {
            const QUERY: bool = false $(|| $name::QUERY)*;
            const BODY: bool = false $(|| $name::BODY)*;

            fn describe(_doc: &mut Doc) {
                $($name::describe(_doc);)*
            }
        })+
    };
}

tuples! { (), (A), (A, B), (A, B, C), (A, B, C, D), (A, B, C, D, E) }

/// An operation's contract as it is gathered.
#[derive(Default)]
pub struct Doc {
    pub permission: Option<Permission>,
    pub schemas: Vec<(String, RefOr<Schema>)>,
    parameters: Vec<Parameter>,
    body: Option<RequestBody>,
    success: BTreeMap<u16, Response>,
    problems: BTreeSet<u16>,
}

impl Doc {
    pub fn path_parameter(&mut self, name: &str, description: &str, schema: ObjectBuilder) {
        self.parameters.push(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .description(Some(description))
                .schema(Some(schema))
                .build(),
        );
        self.problems.extend([400, 404]);
    }

    pub fn query(&mut self, name: &str, description: &str, schema: ObjectBuilder) {
        self.parameter(ParameterIn::Query, name, description, false, schema);
        self.problems.insert(400);
    }

    /// There may be nothing at what is asked for.
    pub fn may_miss(&mut self) {
        self.problems.insert(404);
    }

    pub fn required_query(&mut self, name: &str, description: &str, schema: ObjectBuilder) {
        self.parameter(ParameterIn::Query, name, description, true, schema);
        self.problems.insert(400);
    }

    fn parameter(&mut self, place: ParameterIn, name: &str, description: &str, required: bool, schema: ObjectBuilder) {
        self.parameters.push(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(place)
                .required(if required { Required::True } else { Required::False })
                .description(Some(description))
                .schema(Some(schema))
                .build(),
        );
    }

    /// A header that the protocol of uploads asks for.
    pub fn required_header(&mut self, name: &str, description: &str, schema: ObjectBuilder) {
        self.parameter(ParameterIn::Header, name, description, true, schema);
        self.problems.extend([400, 412]);
    }

    pub fn if_match(&mut self) {
        let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^\"[0-9]{1,9}\"$"));
        self.parameter(ParameterIn::Header, "If-Match", "读取时的 ETag（强校验），如 \"3\"", true, schema);
        self.problems.extend([412, 428]);
    }

    pub fn idempotency_key(&mut self, required: bool) {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(8))
            .max_length(Some(128))
            .pattern(Some("^[!-~]{8,128}$"));
        let description = "幂等键，如随机 UUID；72 小时内以同一键重发得到同一答复";
        self.parameter(ParameterIn::Header, "Idempotency-Key", description, required, schema);
        self.problems.extend([400, 409, 422]);
    }

    /// Registers a type's schema and everything it refers to.
    pub fn add_schema<T: ToSchema>(&mut self) {
        let known = self.schemas.len();
        self.schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(&mut self.schemas);
        self.schemas[known..].iter_mut().for_each(|(_, schema)| visible::demand(schema));
    }

    pub fn add_named(&mut self, name: String, schema: RefOr<Schema>) {
        self.schemas.push((name, schema));
    }

    pub fn body<T: ToSchema + 'static>(&mut self) {
        self.add_schema::<T>();
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(T::name()))).build();
        self.body =
            Some(RequestBodyBuilder::new().required(Some(Required::True)).content("application/json", content).build());
        self.problems.extend([400, 408, 413, 415, 422]);
    }

    /// A form body, as OAuth sends it.
    pub fn form_body<T: ToSchema + 'static>(&mut self, media_type: &str) {
        self.add_schema::<T>();
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(T::name()))).build();
        self.body = Some(RequestBodyBuilder::new().required(Some(Required::True)).content(media_type, content).build());
        self.problems.extend([400, 408, 413, 415, 422]);
    }

    /// Basic credentials of a client, where it proves itself by a secret.
    pub fn basic(&mut self) {
        let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[Bb]asic [A-Za-z0-9+/]+=*$"));
        let description = "以密钥认证的合作系统：Basic base64(client_id:client_secret)";
        self.parameter(ParameterIn::Header, "Authorization", description, false, schema);
        self.problems.insert(401);
    }

    /// A JSON body whose schema is not a named type.
    pub fn json_body(&mut self, schema: ObjectBuilder) {
        let content = ContentBuilder::new().schema(Some(schema)).build();
        self.body =
            Some(RequestBodyBuilder::new().required(Some(Required::True)).content("application/json", content).build());
        self.problems.extend([400, 408, 413, 415, 422]);
    }

    /// A body that is a file, streamed.
    pub fn file_body(&mut self, media_types: &[&str]) {
        let mut body = RequestBodyBuilder::new().required(Some(Required::True));
        for media_type in media_types {
            let schema = ObjectBuilder::new().schema_type(Type::String).description(Some("文件内容"));
            body = body.content(*media_type, ContentBuilder::new().schema(Some(schema)).build());
        }
        self.body = Some(body.build());
        self.problems.extend([400, 408, 413, 415, 422]);
    }

    pub fn success<T: ToSchema + 'static>(&mut self, status: u16) {
        self.add_schema::<T>();
        self.success_ref(status, &T::name(), false);
    }

    pub fn success_ref(&mut self, status: u16, schema: &str, paged: bool) {
        let text = |description: &str| {
            HeaderBuilder::new()
                .description(Some(description))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
                .build()
        };
        let description = match status {
            201 => "已建立",
            202 => "已受理，办理进度见 Location",
            _ => "成功",
        };
        let mut response = ResponseBuilder::new()
            .description(description)
            .content("application/json", ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build())
            .header("X-Request-Id", text("请求号"));

        if paged {
            response = response.header("Link", text("rel=\"next\"：下一页"));
        } else {
            response = response.header("ETag", text("版本"));
        }
        if status == 201 || status == 202 {
            response = response.header("Location", text("新记录或作业的地址"));
        }

        self.success.insert(status, response.build());
    }

    /// A success that says all in its headers.
    pub fn headers_only(&mut self, status: u16, headers: &[(&str, &str)]) {
        let mut response = ResponseBuilder::new().description("成功，无内容");
        for (name, description) in headers {
            let schema = ObjectBuilder::new().schema_type(Type::String);
            let header = HeaderBuilder::new().description(Some(*description)).schema(Some(schema)).build();
            response = response.header(*name, header);
        }
        self.success.insert(status, response.build());
    }

    pub fn no_content(&mut self) {
        self.success.insert(204, ResponseBuilder::new().description("成功，无内容").build());
    }

    /// A success whose content is not a named JSON schema.
    pub fn raw(&mut self, media_type: &str, schema: ObjectBuilder) {
        let content = ContentBuilder::new().schema(Some(schema)).build();
        self.success.insert(200, ResponseBuilder::new().description("成功").content(media_type, content).build());
    }

    /// A file of one of several types, whole or a range of it.
    pub fn file(&mut self, media_types: impl Iterator<Item = &'static str>) {
        let types: Vec<_> = media_types.collect();
        for (status, description) in [(200, "文件"), (206, "文件的一段")] {
            let mut response = ResponseBuilder::new().description(description);
            for media_type in &types {
                let file = ObjectBuilder::new().schema_type(Type::String);
                response = response.content(*media_type, ContentBuilder::new().schema(Some(file)).build());
            }
            self.success.insert(status, response.build());
        }
        self.problems.insert(416);
    }

    pub fn problem(&mut self, status: u16) {
        self.problems.insert(status);
    }

    /// The finished operation.
    pub fn operation(mut self, id: &str, tag: &str, summary: &str, description: &str) -> Operation {
        let mut operation = OperationBuilder::new()
            .operation_id(Some(id))
            .tag(tag)
            .summary(Some(summary))
            .description(Some(description));
        if let Some(permission) = self.permission {
            self.problems.extend([401, 403]);
            let requirement = SecurityRequirement::new("bearer", Vec::<String>::new());
            operation = operation
                .securities(Some([requirement]))
                .extensions(Some(ExtensionsBuilder::new().add("x-permission", permission.code()).build()));
        } else {
            if tag == "auth" {
                self.problems.insert(401);
            }
            operation = operation.securities(Some(Vec::<SecurityRequirement>::new()));
        }

        self.problems.extend([429, 500, 503]);
        operation = operation.parameters(Some(self.parameters)).request_body(self.body);
        for (status, response) in self.success {
            operation = operation.response(status.to_string(), response);
        }
        for status in self.problems {
            operation = operation.response(status.to_string(), Ref::from_response_name(format!("Problem{status}")));
        }

        operation.build()
    }
}
