//! RFC 9421: what a partner system writes carries its signature over method, path, query and content digest.
//!
//! Deliberately strict: one signature, in canonical form, over components without parameters.

use crate::app::App;
use crate::kernel::ctx::{Actor, now};
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::clients as store;
use crate::service::access::clients::keys;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::{Method, header};
use actix_web::{HttpMessage, web};
use chrono::{DateTime, Duration, Utc};
use domain::access::clients::ClientStatus;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use futures::StreamExt;
use sfv::{BareItem, Dictionary, FieldType, InnerList, Item, ListEntry, Parser};
use sha2::{Digest, Sha256};
use std::io;

/// Seconds between `created` and now.
const WINDOW: i64 = 300;
/// Seconds by which a client's clock may be ahead.
const SKEW: i64 = 30;
/// What must be covered; the digest as well where there is a body.
const REQUIRED: [&str; 3] = ["@method", "@path", "@query"];
const DIGEST: &str = "content-digest";
const COMPONENTS: usize = 16;

/// Why a signature was refused; the reason is a fixed word, so nothing hostile is echoed.
pub fn signature_invalid(why: &'static str) -> AppError {
    AppError::new(
        Code::SignatureInvalid,
        text!("报文签名（RFC 9421）未通过：{why}。", "The message signature (RFC 9421) was not accepted: {why}."),
    )
}

fn signature_required() -> AppError {
    AppError::new(
        Code::SignatureRequired,
        text!(
            "合作系统的写操作须带报文签名（RFC 9421：@method、@path、@query、content-digest，created 与 nonce）。",
            "Writes by partner systems carry a signature (RFC 9421: @method, @path, @query, content-digest; created, nonce)."
        ),
    )
}

/// A signature and what it says of itself.
struct Signature {
    created: i64,
    expires: Option<i64>,
    nonce: String,
    key_id: String,
    algorithm: Option<String>,
    components: InnerList,
    bytes: Vec<u8>,
}

/// The facts of a request that a signature may cover.
struct Facts<'a>(&'a ServiceRequest);

impl Facts<'_> {
    /// The lines of a header, joined as RFC 9421 §2.1 says.
    fn field(&self, name: &str) -> Result<Option<String>> {
        let mut lines = Vec::new();
        for value in self.0.headers().get_all(name) {
            let line = value.to_str().map_err(|_| signature_invalid("header not ASCII"))?;
            lines.push(line.trim_matches([' ', '\t']));
        }
        Ok((!lines.is_empty()).then(|| lines.join(", ")))
    }

    fn component(&self, name: &str) -> Result<String> {
        let value = match name {
            "@method" => self.0.method().as_str().to_owned(),
            "@path" => self.0.uri().path().to_owned(),
            "@query" => format!("?{}", self.0.uri().query().unwrap_or_default()),
            other if other.starts_with('@') || other.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                return Err(signature_invalid("component not supported"));
            }
            other => self.field(other)?.ok_or_else(|| signature_invalid("covered header absent"))?,
        };
        if value.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte)) {
            Ok(value)
        } else {
            Err(signature_invalid("component not printable"))
        }
    }
}

/// A dictionary with exactly one member, in its canonical form: nothing is hidden in repetitions or blanks.
fn single(text: &str, longest: usize) -> Result<(String, ListEntry)> {
    let refuse = || signature_invalid("header form");
    if text.len() > longest {
        return Err(refuse());
    }
    let dictionary: Dictionary = Parser::new(text).parse().map_err(|_| refuse())?;
    if dictionary.len() != 1 || dictionary.serialize().as_deref() != Some(text) {
        return Err(refuse());
    }
    dictionary.into_iter().next().map(|(key, entry)| (key.as_str().to_owned(), entry)).ok_or_else(refuse)
}

impl Signature {
    fn parse(facts: &Facts<'_>) -> Result<Self> {
        let input = facts.field("signature-input")?.ok_or_else(signature_required)?;
        let signature = facts.field("signature")?.ok_or_else(signature_required)?;
        let (label, entry) = single(&input, 2_048)?;
        let (of, value) = single(&signature, 256)?;
        let ListEntry::InnerList(components) = entry else { return Err(signature_invalid("header form")) };
        let ListEntry::Item(Item { bare_item: BareItem::ByteSequence(bytes), .. }) = value else {
            return Err(signature_invalid("header form"));
        };
        if label != of || components.items.len() > COMPONENTS {
            return Err(signature_invalid("header form"));
        }
        let find = |name: &str| components.params.iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value);
        let string = |name: &'static str, longest: usize| match find(name) {
            None => Ok(None),
            Some(value) => {
                let text = value.as_string().map(|text| text.as_str().to_owned());
                let text = text.filter(|text| (1..=longest).contains(&text.len()));
                text.map(Some).ok_or_else(|| signature_invalid("parameter"))
            }
        };
        let time = |name: &'static str| match find(name) {
            None => Ok(None),
            Some(value) => {
                value.as_integer().map(|time| Some(i64::from(time))).ok_or_else(|| signature_invalid("parameter"))
            }
        };

        Ok(Self {
            created: time("created")?.ok_or_else(|| signature_invalid("created missing"))?,
            expires: time("expires")?,
            nonce: string("nonce", 128)?
                .filter(|nonce| nonce.len() >= 8)
                .ok_or_else(|| signature_invalid("nonce missing"))?,
            key_id: string("keyid", 64)?.ok_or_else(|| signature_invalid("keyid missing"))?,
            algorithm: string("alg", 32)?,
            bytes,
            components,
        })
    }

    /// The text that was signed (RFC 9421 §2.5).
    fn base(&self, facts: &Facts<'_>, required: &[&str]) -> Result<String> {
        let mut base = String::new();
        let mut seen = Vec::new();
        for item in &self.components.items {
            let name = item.bare_item.as_string().ok_or_else(|| signature_invalid("component"))?.as_str();
            if !item.params.is_empty() || seen.contains(&name) {
                return Err(signature_invalid("component"));
            }
            seen.push(name);
            base.push_str(&item.serialize());
            base.push_str(": ");
            base.push_str(&facts.component(name)?);
            base.push('\n');
        }

        if required.iter().any(|name| !seen.contains(name)) {
            return Err(signature_invalid("a required component is not covered"));
        }
        let parameters = vec![ListEntry::InnerList(self.components.clone())].serialize();
        let parameters = parameters.ok_or_else(|| signature_invalid("parameter"))?;

        Ok(format!("{base}\"@signature-params\": {parameters}"))
    }

    fn check_time(&self, now: DateTime<Utc>) -> Result<()> {
        let time = now.timestamp();
        let in_window = self.created <= time + SKEW && self.created >= time - WINDOW;
        if in_window && self.expires.is_none_or(|end| end >= time) {
            Ok(())
        } else {
            Err(signature_invalid("outside the time window"))
        }
    }
}

/// Whether a request has to be signed.
pub fn is_write(method: &Method) -> bool {
    ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Refuses a write that the partner did not sign, signed before, or signed otherwise; the body is held to its digest
/// while it is read.
pub async fn check(app: &App, actor: &Actor, request: &mut ServiceRequest) -> Result<()> {
    let facts = Facts(request);
    let signature = Signature::parse(&facts)?;
    let client = store::find(&app.db, actor.id).await?;
    let client = client.filter(|client| client.status == ClientStatus::Active);
    let client = client.ok_or_else(AppError::unauthenticated)?;
    let key = keys::find(&client, &signature.key_id).ok_or_else(|| signature_invalid("unknown key"))?;
    if signature.algorithm.as_deref().is_some_and(|named| named != key.algorithm) {
        return Err(signature_invalid("algorithm"));
    }
    let now = now();
    signature.check_time(now)?;
    let has_body = request.headers().contains_key(header::TRANSFER_ENCODING)
        || request.headers().get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    let required: Vec<_> = REQUIRED.into_iter().chain(has_body.then_some(DIGEST)).collect();
    let base = signature.base(&facts, &required)?;
    if !key.verifies(base.as_bytes(), &signature.bytes) {
        return Err(signature_invalid("signature"));
    }
    // Only after the signature holds, so that nobody else can use nonces up.
    let scope = format!("signature {}", client.id);
    let until = now + Duration::seconds(WINDOW + SKEW + 1);
    if !store::remember(&app.db, &scope, &signature.nonce, until).await? {
        return Err(signature_invalid("nonce used before"));
    }
    let digest = match facts.field(DIGEST)? {
        Some(header) if has_body => Some(stated_digest(&header)?),
        Some(_) | None => None,
    };
    hold_to(request, digest);

    Ok(())
}

fn stated_digest(header: &str) -> Result<Vec<u8>> {
    let refuse = || signature_invalid("content-digest");
    let dictionary: Dictionary = Parser::new(header).parse().map_err(|_| refuse())?;
    let sha = dictionary.iter().find(|(key, _)| key.as_str() == "sha-256").map(|(_, entry)| entry);
    match sha {
        Some(ListEntry::Item(item)) => item.bare_item.as_byte_sequence().map(<[u8]>::to_vec).ok_or_else(refuse),
        Some(ListEntry::InnerList(_)) | None => Err(refuse()),
    }
}

/// The body is not the one that was signed.
#[derive(Debug, thiserror::Error)]
#[error("the body does not have its content-digest")]
struct Mismatch;

/// Whether reading a body failed for its digest.
pub fn is_mismatch(error: &PayloadError) -> bool {
    let PayloadError::Io(error) = error else { return false };
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Mismatch>)
}

/// Whoever reads the body to its end learns whether it has the digest; without one it must be empty.
fn hold_to(request: &mut ServiceRequest, digest: Option<Vec<u8>>) {
    let body = request.take_payload();
    let mismatch = || PayloadError::Io(io::Error::other(Mismatch));
    let checked = futures::stream::unfold((body, Sha256::new(), false), move |(mut body, mut hasher, ended)| {
        let digest = digest.clone();
        async move {
            if ended {
                return None;
            }
            match body.next().await {
                Some(Ok(chunk)) if digest.is_none() && !chunk.is_empty() => {
                    Some((Err(mismatch()), (body, hasher, true)))
                }
                Some(Ok(chunk)) => {
                    hasher.update(&chunk);
                    Some((Ok(chunk), (body, hasher, false)))
                }
                Some(Err(error)) => Some((Err(error), (body, hasher, true))),
                None => {
                    let fits = digest.is_none_or(|digest| hasher.finalize_reset().as_slice() == digest);
                    (!fits).then(|| (Err(mismatch()), (body, hasher, true)))
                }
            }
        }
    });
    let checked: std::pin::Pin<Box<dyn futures::Stream<Item = std::result::Result<web::Bytes, PayloadError>>>> =
        Box::pin(checked);

    request.set_payload(Payload::from(checked));
}
