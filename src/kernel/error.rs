//! The one error of the service. It knows codes and sentences, not HTTP.

use chrono::NaiveDate;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::Basis;
use domain::kernel::text::{Text, text};

/// What is wrong with one field or parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer into the body, or the parameter's name.
    pub pointer: String,
    pub code: &'static str,
    pub detail: Text,
}

impl FieldError {
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: Text) -> Self {
        Self { pointer: pointer.into(), code, detail }
    }
}

/// As many as a batch may have lines: who sends a thousand wrong fields is helped by a thousand.
pub const MAX_ERRORS: usize = 1_000;

/// A failure with its stable code, a sentence for people and every bad field.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{code:?}: {}{}", detail.en, cause.as_deref().map(|cause| format!(" ({cause})")).unwrap_or_default())]
pub struct AppError {
    pub code: Code,
    pub detail: Text,
    pub errors: Vec<FieldError>,
    pub basis: Option<Basis>,
    /// Seconds after which the same request may succeed.
    pub retry_after: Option<u64>,
    /// For the log only; never shown.
    pub cause: Option<String>,
    /// Whether the transaction may be run again.
    pub again: Again,
}

/// Whether a transaction that failed may be run again as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Again {
    #[default]
    No,
    /// Another transaction was in its way.
    Conflict,
    /// Its connection broke before it was sent whole, so that nothing of it was done.
    Lost,
}

pub type Result<T> = std::result::Result<T, AppError>;

impl AppError {
    pub fn new(code: Code, detail: Text) -> Self {
        Self { code, detail, errors: Vec::new(), basis: None, retry_after: None, cause: None, again: Again::No }
    }

    /// Names fields, [`MAX_ERRORS`] at most.
    pub fn with_errors(mut self, mut errors: Vec<FieldError>) -> Self {
        if errors.len() > MAX_ERRORS {
            errors.truncate(MAX_ERRORS);
            let detail = text!("其余错误未列出。", "There are more, which are not listed.");
            errors.push(FieldError::new("", "MORE_ERRORS", detail));
        }
        self.errors = errors;
        self
    }

    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// There is no such record, or not then, for a reason that may be told.
    pub fn not_found_because(detail: Text) -> Self {
        Self { detail, ..Self::not_found() }
    }

    /// Not there, or outside what the caller may see: the two are not told apart.
    pub fn not_found() -> Self {
        Self::new(
            Code::NotFound,
            text!("未找到该记录，或不在您的管理范围内。", "There is no such record, or it is outside your scope."),
        )
    }

    /// There, but without a version in force on the day that was asked for.
    pub fn not_in_force(day: Option<NaiveDate>) -> Self {
        let day = day.map(|day| day.to_string()).unwrap_or_default();
        Self::new(Code::NotFound, text!("{day} 没有有效的版本。", "There was no version in force on {day}."))
    }

    pub fn unauthenticated() -> Self {
        Self::new(
            Code::Unauthenticated,
            text!(
                "请先登录；访问令牌缺失、无效或已过期。",
                "Log in first: the access token is missing, invalid or expired."
            ),
        )
    }

    pub fn stale() -> Self {
        Self::new(
            Code::Stale,
            text!(
                "数据已被他人修改，请重新读取后再提交（If-Match 与当前版本不符）。",
                "Somebody else changed it: read it again, then send the new ETag in If-Match."
            ),
        )
    }

    /// Somebody changed a record that this change only follows: it is judged and carried out again.
    pub fn again(self) -> Self {
        let again = if matches!(self.code, Code::Stale | Code::Duplicate) { Again::Conflict } else { self.again };
        Self { again, ..self }
    }

    /// The fields are those of a part of the body.
    pub fn below(mut self, pointer: &str) -> Self {
        for error in &mut self.errors {
            error.pointer.insert_str(0, pointer);
        }
        self
    }

    /// What a use case found wrong below these pointers, in a body that has it at its root.
    pub fn lifted(mut self, from: &[&str]) -> Self {
        for error in &mut self.errors {
            if let Some(rest) = from.iter().find_map(|prefix| error.pointer.strip_prefix(prefix)) {
                error.pointer = rest.to_owned();
            }
        }
        self
    }

    /// The meaning of some fields is wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::new(Code::InvalidBody, text!("内容有误，请按提示修改。", "Some fields are not right; see errors."))
            .with_errors(errors)
    }

    pub fn invalid_field(pointer: &str, code: &'static str, detail: Text) -> Self {
        Self::invalid(vec![FieldError::new(pointer, code, detail)])
    }

    /// A reference to a record that is not there.
    pub fn no_such(pointer: &str) -> Self {
        Self::invalid_field(
            pointer,
            "NO_SUCH_RECORD",
            text!("引用的记录不存在。", "The record referred to does not exist."),
        )
    }

    /// A reference that was not found becomes the field's error; other failures stay what they are.
    pub fn or_no_such(self, pointer: &str) -> Self {
        if matches!(self.code, Code::NotFound | Code::RecordDestroyed) { Self::no_such(pointer) } else { self }
    }

    /// Something that should not happen; the cause goes to the log.
    pub fn internal(cause: impl ToString) -> Self {
        let mut error = Self::new(
            Code::Internal,
            text!("服务内部错误，请凭追踪号联系管理员。", "Internal error; give the trace id to the administrator."),
        );
        error.cause = Some(cause.to_string());
        error
    }

    /// What is stored cannot be read by this build; the cause goes to the log.
    pub fn corrupt(cause: impl ToString) -> Self {
        let detail = text!("存储的数据无法识别，请联系管理员。", "Stored data cannot be read; tell the administrator.");
        Self { cause: Some(cause.to_string()), ..Self::new(Code::DataCorrupt, detail) }
    }

    /// A file that could not be written or read: a full or read-only disk is no fault of the request.
    pub fn io(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        let full = [Kind::StorageFull, Kind::QuotaExceeded, Kind::ReadOnlyFilesystem, Kind::FileTooLarge];
        if full.contains(&error.kind()) { Self::unavailable(error) } else { Self::internal(error) }
    }

    pub fn unavailable(cause: impl ToString) -> Self {
        let mut error =
            Self::new(Code::Unavailable, text!("服务繁忙，请稍后重试。", "Temporarily unavailable; please try again."));
        error.cause = Some(cause.to_string());
        error.retry_after(1)
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        let mut error = Self::new(refusal.code, refusal.detail);
        error.basis = refusal.basis;
        error
    }
}

impl From<serde_json::Error> for AppError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}
