//! A file that is streamed to disk while it arrives.

use super::app::app_of;
use super::json::{BodyDigest, late, next_chunk};
use super::list::pairs;
use crate::http::kernel::describe::{Describe, Doc};
use crate::kernel::error::{AppError, FieldError, Result};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use domain::intake::imports::Dataset;
use domain::kernel::refusal::Code;
use domain::kernel::text::{listed, text};
use futures::future::LocalBoxFuture;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::time::Duration;
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// The URL's names of the data sets.
pub const DATASETS: [(&str, Dataset); 14] = [
    ("objects", Dataset::Objects),
    ("personnel", Dataset::Personnel),
    ("spot-check-items", Dataset::SpotCheckItems),
    ("credit-classifications", Dataset::CreditClassifications),
    ("catalogue", Dataset::Catalogue),
    ("own-system-items", Dataset::OwnSystemItems),
    ("justice-roll", Dataset::JusticeRoll),
    ("plans", Dataset::Plans),
    ("issued-tasks", Dataset::IssuedTasks),
    ("complaints", Dataset::Complaints),
    ("checks", Dataset::Checks),
    ("penalties", Dataset::Penalties),
    ("coercions", Dataset::Coercions),
    ("other-behaviours", Dataset::OtherBehaviours),
];

/// What a file may be; its first bytes decide how it is read.
const MEDIA_TYPES: [&str; 5] = [
    "text/csv",
    "application/x-ndjson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/vnd.oasis.opendocument.spreadsheet",
];

/// What browsers and systems call such files as well: Excel's type for a CSV, text of whichever kind.
const OTHER_NAMES: [&str; 6] = [
    "application/octet-stream",
    "application/csv",
    "application/x-csv",
    "application/json",
    "application/vnd.ms-excel.sheet",
    "text/",
];

/// The data set that a name means.
pub fn dataset(name: &str) -> Option<Dataset> {
    DATASETS.iter().find(|(known, _)| *known == name).map(|(_, dataset)| *dataset)
}

/// A received file and what it is.
pub struct Upload {
    pub dataset: Dataset,
    pub filename: String,
    pub file: File,
}

impl FromRequest for Upload {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let app = app_of(&request)?;
            let within = Duration::from_secs(app.settings.limits.import_seconds);
            let received = actix_web::rt::time::timeout(within, receive(&request, payload)).await;
            received.unwrap_or_else(|_| Err(late()))
        })
    }
}

async fn receive(request: &HttpRequest, mut payload: Payload) -> Result<Upload> {
    let app = app_of(request)?;
    let (dataset, filename) = parameters(request)?;
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");

    if !MEDIA_TYPES.iter().chain(&OTHER_NAMES).any(|known| content_type.starts_with(known)) {
        let known = listed(MEDIA_TYPES);
        return Err(AppError::new(
            Code::UnsupportedMediaType,
            text!(
                "请以 {zh} 之一发送文件内容。",
                "Send the file's content as one of {en}.",
                zh = known.zh,
                en = known.en
            ),
        ));
    }

    let limits = &app.settings.limits;
    let mut file = tempfile::tempfile().map_err(AppError::io)?;
    let mut hasher = Sha256::new();
    let mut size = 0u64;

    while let Some(chunk) = next_chunk(&mut payload, Duration::from_secs(limits.body_seconds)).await? {
        size += chunk.len() as u64;
        if size > limits.import_bytes {
            let limit = limits.import_bytes;
            let detail = text!("文件超过 {limit} 字节。", "The file is larger than {limit} bytes.");
            return Err(AppError::new(Code::PayloadTooLarge, detail));
        }
        hasher.update(&chunk);
        file.write_all(&chunk).map_err(AppError::io)?;
    }

    if size == 0 {
        return Err(AppError::new(Code::InvalidBody, text!("文件为空。", "The file is empty.")));
    }
    request.extensions_mut().insert(BodyDigest(hasher.finalize().into()));

    Ok(Upload { dataset, filename, file })
}

fn parameters(request: &HttpRequest) -> Result<(Dataset, String)> {
    let mut found = None;
    let mut filename = "upload.csv".to_owned();
    for (name, value) in pairs(request)? {
        match name.as_str() {
            "dataset" => found = dataset(&value),
            "filename" if !value.contains(['/', '\\', '\0']) && (1..=200).contains(&value.chars().count()) => {
                filename = value;
            }
            _ => {
                let (code, word) = if name == "filename" {
                    (Code::InvalidParameter, "INVALID_PARAMETER")
                } else {
                    (Code::UnknownParameter, "UNKNOWN_PARAMETER")
                };
                let detail = text!("参数 {name} 无效。", "The parameter {name} is not right.");
                return Err(AppError::new(code, detail.clone()).with_errors(vec![FieldError::new(name, word, detail)]));
            }
        }
    }

    let known = listed(DATASETS.map(|(name, _)| name));
    let detail = text!("dataset 应为 {zh} 之一。", "dataset must be one of {en}.", zh = known.zh, en = known.en);
    let missing = || {
        AppError::new(Code::InvalidParameter, detail.clone()).with_errors(vec![FieldError::new(
            "dataset",
            "INVALID_PARAMETER",
            detail.clone(),
        )])
    };

    Ok((found.ok_or_else(missing)?, filename))
}

impl Describe for Upload {
    const QUERY: bool = true;
    const BODY: bool = true;

    fn describe(doc: &mut Doc) {
        let datasets = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(DATASETS.map(|(name, _)| name)));
        doc.required_query("dataset", "数据集", datasets);
        let filename =
            ObjectBuilder::new().schema_type(Type::String).max_length(Some(200)).pattern(Some("^[^/\\\\\\x00]+$"));
        doc.query("filename", "文件名，仅作记录", filename);
        doc.file_body(&MEDIA_TYPES);
    }
}
