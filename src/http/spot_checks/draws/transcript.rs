//! Transcripts going out and coming in. Their form is `docs/verifiable-draw.md`'s, not a DTO's.

use crate::http::kernel::describe::{Describe, Doc};
use crate::http::kernel::extract::{MEDIA_TYPES, app_of, body_bytes};
use crate::http::kernel::reply::{View, content_tag};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::service::spot_checks::draws::{OpenTranscript, Verification};
use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use domain::spot_checks::draws::transcript::SignedTranscript;
use domain::spot_checks::draws::{DrawStatus, Published};
use futures::future::LocalBoxFuture;
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// A transcript with its content tag.
pub struct TranscriptReply {
    body: String,
    public: bool,
}

impl TranscriptReply {
    pub fn new(open: &OpenTranscript, public: bool) -> Result<Self> {
        let OpenTranscript { transcript, openings, officers } = open;
        Ok(Self { body: transcript.publish(openings, officers)?, public })
    }
}

impl Responder for TranscriptReply {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response.content_type("application/json").insert_header((header::ETAG, content_tag(self.body.as_bytes())));
        if self.public {
            response.insert_header((header::CACHE_CONTROL, "public, max-age=60"));
        }
        response.body(self.body)
    }
}

fn schema() -> ObjectBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    ObjectBuilder::new()
        .description(Some("自足的抽取全记录，格式与算法见 docs/verifiable-draw.md"))
        .property("digest", text().pattern(Some("^[0-9a-f]{64}$")).description(Some("transcript 规范 JSON 的 SHA-256")))
        .required("digest")
        .property(
            "openings",
            utoipa::openapi::schema::ArrayBuilder::new()
                .items(ObjectBuilder::new().schema_type(Type::Object))
                .description(Some("抽中对象的对应关系；公开记录为空")),
        )
        .required("openings")
        .property(
            "officer_openings",
            utoipa::openapi::schema::ArrayBuilder::new()
                .items(ObjectBuilder::new().schema_type(Type::Object))
                .description(Some("名册人员的对应关系（mingjian-draw/3 起）；公开记录为空")),
        )
        .property("transcript", ObjectBuilder::new().schema_type(Type::Object).description(Some("mingjian-draw/3")))
        .required("transcript")
}

impl Describe for TranscriptReply {
    fn describe(doc: &mut Doc) {
        doc.raw("application/json", schema());
    }
}

/// Bytes of a body that is received without waiting for a turn: most counties' transcripts.
const SMALL: u64 = 1 << 20;

/// A transcript somebody wants to have re-run, with the turn in which it was read.
pub struct TranscriptBody {
    pub transcript: SignedTranscript,
    pub turn: OwnedSemaphorePermit,
}

impl FromRequest for TranscriptBody {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();

        Box::pin(async move {
            let app = app_of(&request)?;
            let length =
                request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
            let large = length.is_none_or(|length: u64| length > SMALL);
            let receiving = if large { Some(app.receiving_turn().await?) } else { None };
            let bytes = body_bytes(&request, payload, MEDIA_TYPES, app.settings.limits.transcript_bytes).await?;
            drop(receiving);
            let turn = app.verifying_turn().await?;
            let read = move || SignedTranscript::read(&bytes);
            let read = actix_web::rt::task::spawn_blocking(read).await.map_err(AppError::internal)?;
            Ok(Self { transcript: read.map_err(|error| refuse(&error))?, turn })
        })
    }
}

/// Not JSON, or not a transcript.
fn refuse(error: &serde_json::Error) -> AppError {
    let why = error.to_string();
    if !error.is_data() {
        let detail = text!("JSON 格式有误：{why}", "Malformed JSON: {why}");
        return AppError::new(Code::MalformedRequest, detail);
    }
    let detail = text!("不是抽取全记录：{why}", "This is not a transcript: {why}");
    AppError::invalid(vec![FieldError::new("", "NOT_A_TRANSCRIPT", detail)])
}

impl Describe for TranscriptBody {
    const BODY: bool = true;

    fn describe(doc: &mut Doc) {
        doc.json_body(schema());
    }
}

/// 复算结果
#[derive(Serialize, ToSchema)]
pub struct VerificationView {
    /// 记录自身是否一致：逐项复算无误。自身一致的记录谁都能编造，是否作数看 published
    pub consistent: bool,
    /// 是否为本服务所公布；所送为较早阶段的记录时，与该阶段比对
    pub published: Published,
    /// 本服务公布的抽取现在的状态；作废的轮次不再作数
    #[schema(required)]
    pub status: Option<DrawStatus>,
    #[schema(required)]
    pub void_reason: Option<String>,
    pub differences: Vec<DifferenceView>,
}

impl View for VerificationView {}

/// 一处不一致
#[derive(Serialize, ToSchema)]
pub struct DifferenceView {
    /// JSON pointer into the document sent
    pub pointer: String,
    #[schema(example = "SELECTION_DIFFERS")]
    pub code: String,
    pub expected: String,
    pub found: String,
}

impl VerificationView {
    pub fn of(verification: Verification) -> Self {
        let Verification { consistent, published, differences, draw } = verification;
        let (status, void_reason) = draw.map(|draw| (draw.status, draw.void_reason)).unzip();
        let differences: Vec<_> = differences
            .into_iter()
            .map(|difference| DifferenceView {
                pointer: difference.pointer,
                code: difference.code.to_owned(),
                expected: difference.expected,
                found: difference.found,
            })
            .collect();
        Self { consistent, published, status, void_reason: void_reason.flatten(), differences }
    }
}
