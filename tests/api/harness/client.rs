//! Requests as a client would send them.

use super::partner::Signer;
use super::record;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;
use std::sync::Arc;

/// A request in the making.
pub struct Call {
    builder: RequestBuilder,
    signer: Option<Arc<Signer>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub content: Vec<u8>,
}

pub fn call(client: &Client, method: Method, url: &str, token: Option<&str>) -> Call {
    let mut builder = client.request(method, url);
    if let Some(token) = token {
        builder = builder.bearer_auth(token);
    }
    Call { builder, signer: None }
}

impl Call {
    pub fn json(mut self, body: &Value) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    pub fn raw(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.builder = self.builder.header("content-type", content_type).body(body);
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.builder = self.builder.header(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub fn if_match(self, version: i64) -> Self {
        self.header("if-match", &format!("\"{version}\""))
    }

    /// A fresh idempotency key.
    pub fn keyed(self) -> Self {
        self.header("idempotency-key", &mingjian::kernel::ctx::new_id().to_string())
    }

    /// Signs the request when it is sent (RFC 9421).
    pub fn signed(mut self, signer: Arc<Signer>) -> Self {
        self.signer = Some(signer);
        self
    }

    pub async fn send(self) -> Answer {
        let (client, request) = self.builder.build_split();
        let mut request = request.unwrap();
        if let Some(signer) = &self.signer {
            signer.sign(&mut request);
            if !request.headers().contains_key("idempotency-key") {
                let key = mingjian::kernel::ctx::new_id().to_string();
                request.headers_mut().insert("idempotency-key", HeaderValue::from_str(&key).unwrap());
            }
        }
        let (method, url) = (request.method().to_string(), request.url().clone());
        let response = client.execute(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let content = response.bytes().await.unwrap().to_vec();
        let text = String::from_utf8_lossy(&content).into_owned();
        let answer = Answer { status: status.as_u16(), headers, text, content };
        answer.check_shape(status, method == "HEAD");
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        record::note(&method, &format!("{}{query}", url.path()), &answer);
        answer
    }
}

impl Answer {
    /// Every answer carries a request id; every failure is a problem with a code.
    fn check_shape(&self, status: StatusCode, is_head: bool) {
        assert!(self.headers.contains_key("x-request-id"), "no request id: {self:?}");
        if status.is_client_error() || status.is_server_error() {
            let kind = self.headers.get("content-type").map(HeaderValue::as_bytes);
            assert_eq!(kind, Some(b"application/problem+json".as_slice()), "{self:?}");
            if is_head {
                return;
            }
            let problem = self.json();
            assert_eq!(problem["status"], status.as_u16());
            for member in ["type", "title", "detail", "instance", "code", "trace_id"] {
                assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {problem}");
            }
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Asserts the status and gives the body.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// Asserts a failure's status and code.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem["code"], code, "{problem}");
        problem
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
