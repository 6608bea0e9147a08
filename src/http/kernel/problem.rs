//! RFC 9457 problems: the only place that knows status codes.

use crate::kernel::error::AppError;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use domain::kernel::refusal::Code;
use domain::kernel::text::Text;
use serde::Serialize;
use utoipa::ToSchema;

/// 问题说明 (RFC 9457): every answer that is not a success.
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// Identifies the kind of problem; the path leads to its documentation.
    #[schema(format = "uri-reference", example = "/docs#NOT_FOUND")]
    pub r#type: String,
    /// 标题, in the language asked for.
    #[schema(example = "未找到")]
    pub title: String,
    #[schema(example = 404, minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened and what to do about it, in the language asked for.
    pub detail: String,
    /// The path of the request.
    #[schema(format = "uri-reference")]
    pub instance: String,
    /// Stable code; never translated.
    #[schema(example = "NOT_FOUND", pattern = "^[A-Z_]+$")]
    pub code: String,
    /// Every bad field or parameter.
    pub errors: Vec<ProblemField>,
    /// The rule that refused and its legal basis.
    #[schema(required)]
    pub rule: Option<ProblemRule>,
    /// The request's id, as in `X-Request-Id`, in the log and in the audit trail.
    pub trace_id: String,
}

/// One bad field or parameter.
#[derive(Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer into the body, or the parameter's name.
    pub pointer: String,
    pub code: String,
    pub detail: String,
}

/// 依据: the rule behind a refusal.
#[derive(Serialize, ToSchema)]
pub struct ProblemRule {
    pub code: String,
    pub source: String,
}

/// The language of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Zh,
    En,
}

impl Language {
    /// Chinese unless `Accept-Language` prefers English.
    pub fn of(accept: Option<&str>) -> Self {
        let weight = |tag: &str| {
            let parts = accept.unwrap_or("").split(',').filter_map(|part| {
                let mut pieces = part.split(';');
                let name = pieces.next()?.trim().to_ascii_lowercase();
                let quality = pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse::<f32>().ok());
                name.starts_with(tag).then(|| quality.unwrap_or(1.0))
            });
            parts.fold(0.0, f32::max)
        };
        if weight("en") > weight("zh") { Self::En } else { Self::Zh }
    }

    pub fn pick(self, text: &Text) -> String {
        match self {
            Self::Zh => text.zh.clone(),
            Self::En => text.en.clone(),
        }
    }

    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// The one table of codes and statuses.
pub const fn status(code: Code) -> StatusCode {
    match code {
        Code::MalformedRequest | Code::UnknownParameter | Code::InvalidParameter | Code::IdempotencyKeyRequired => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated
        | Code::LoginFailed
        | Code::PasswordExpired
        | Code::SecondFactorRequired
        | Code::OidcFailed
        | Code::InvalidClient
        | Code::SignatureRequired
        | Code::SignatureInvalid => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::SecondFactorDue | Code::AccountNotActive => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::RecordDestroyed => StatusCode::GONE,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
        Code::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
        Code::UploadOffset
        | Code::Duplicate
        | Code::StillReferenced
        | Code::StateConflict
        | Code::RequestInProgress
        | Code::CommitmentExists
        | Code::TooFewCommitments
        | Code::SecretsMissing
        | Code::SecretRevealed
        | Code::CommitmentUsed
        | Code::RevealTooEarly
        | Code::LeadRevealsFirst
        | Code::TermsDiffer
        | Code::ChanceKnown
        | Code::ChancePending
        | Code::ChanceSettled
        | Code::VoidPending
        | Code::ObjectsShielded
        | Code::RecusalAfterMatch
        | Code::FrequencyReached
        | Code::PlanLinesOpen
        | Code::LineHasTasks
        | Code::NotInPlan
        | Code::SpecialPlansReached
        | Code::BudgetReached
        | Code::VisitsToMerge
        | Code::VisitRequired
        | Code::ExplanationDue
        | Code::InspectionsOpen
        | Code::NoInspectingBody
        | Code::FrozenRecordChanged
        | Code::CodeImmutable
        | Code::ItemInUse
        | Code::ErasureRefused
        | Code::RecordHeld
        | Code::ExtensionUsed
        | Code::JobCancelled
        | Code::ModelNotReady
        | Code::DutiesMeet
        | Code::SecondPersonRequired
        | Code::DelegationInvalid
        | Code::RecusalExists => StatusCode::CONFLICT,
        Code::Stale | Code::UploadVersion => StatusCode::PRECONDITION_FAILED,
        Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::InvalidBody
        | Code::PageNotAvailable
        | Code::FieldNotInView
        | Code::IdempotencyKeyReused
        | Code::SelfReview
        | Code::RatioAboveCeiling
        | Code::RatesNotMonotone
        | Code::PartyNotOfTask
        | Code::SecretMismatch
        | Code::DigestMismatch
        | Code::EntryCodeInvalid
        | Code::SecretWeak
        | Code::SecretUsed
        | Code::LoneObject
        | Code::RegisterDisagrees
        | Code::ClassLeftOut
        | Code::ClassCountsDiffer
        | Code::PoolEmpty
        | Code::PoolTooLarge
        | Code::TooFewOfficers
        | Code::CertificateInvalid
        | Code::OfficerRecused
        | Code::OfficerAvailable
        | Code::ResultIncomplete
        | Code::ElementsIncomplete
        | Code::EffectiveDateInvalid
        | Code::CatalogueIncomplete
        | Code::SuccessorInvalid
        | Code::BatchRefused
        | Code::MappingInvalid
        | Code::StrategyInvalid
        | Code::MeasureInvalid
        | Code::MergeInvalid
        | Code::ConditionRefused
        | Code::ItemNotEffective => StatusCode::UNPROCESSABLE_ENTITY,
        Code::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal | Code::DataCorrupt => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        status(self.code)
    }

    /// The body is written by the outermost middleware, which knows the language and the trace id.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if self.code == Code::Unauthenticated {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if self.code == Code::UploadVersion {
            response.insert_header(("Tus-Version", "1.0.0"));
        }
        if self.code == Code::InvalidClient {
            response.insert_header((header::WWW_AUTHENTICATE, "Basic"));
        }
        response.finish()
    }
}

/// The problem of an error, for one request.
pub fn render(error: &AppError, language: Language, instance: &str, trace_id: &str) -> Problem {
    let title = match language {
        Language::Zh => error.code.label(),
        Language::En => error.code.title_en(),
    };
    Problem {
        r#type: format!("/docs#{}", error.code.code()),
        title: title.to_owned(),
        status: status(error.code).as_u16(),
        detail: language.pick(&error.detail),
        instance: instance.to_owned(),
        code: error.code.code().to_owned(),
        errors: error
            .errors
            .iter()
            .map(|field| ProblemField {
                pointer: field.pointer.clone(),
                code: field.code.to_owned(),
                detail: language.pick(&field.detail),
            })
            .collect(),
        rule: error.basis.map(|basis| ProblemRule { code: basis.rule.to_owned(), source: basis.source.to_owned() }),
        trace_id: trace_id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_unless_english_is_preferred() {
        for (accept, language) in [
            (None, Language::Zh),
            (Some("en"), Language::En),
            (Some("zh-CN,zh;q=0.9,en;q=0.8"), Language::Zh),
            (Some("en-GB, zh;q=0.5"), Language::En),
            (Some("fr"), Language::Zh),
        ] {
            assert_eq!(Language::of(accept), language, "{accept:?}");
        }
    }
}
