//! A body against its type's own schema: what is published is what is enforced.

use crate::http::kernel::describe::{Doc, VISIBLE};
use crate::kernel::error::{AppError, FieldError, MAX_ERRORS, Result};
use domain::kernel::refusal::Code;
use domain::kernel::text::{Text, text};
use jsonschema::Validator;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::{Map, Value, json};
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use utoipa::ToSchema;

/// A type's schema with everything that it refers to, compiled when the first such body arrives: all of them together
/// would be most of what the process holds at rest.
fn validator<T: ToSchema + 'static>() -> Result<Arc<Validator>> {
    static COMPILED: LazyLock<RwLock<HashMap<TypeId, Arc<Validator>>>> = LazyLock::new(RwLock::default);
    let of = TypeId::of::<T>();
    if let Some(validator) = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(&of) {
        return Ok(Arc::clone(validator));
    }
    let mut doc = Doc::default();
    doc.add_schema::<T>();
    let mut schemas = Map::new();
    for (name, schema) in doc.schemas {
        schemas.insert(name, serde_json::to_value(schema)?);
    }
    let reference = format!("#/components/schemas/{}", T::name());
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&json!({ "$ref": reference, "components": { "schemas": schemas } }))
        .map_err(|error| AppError::internal(format!("a body's schema: {error}")))?;
    let mut compiled = COMPILED.write().unwrap_or_else(PoisonError::into_inner);

    Ok(Arc::clone(compiled.entry(of).or_insert_with(|| Arc::new(validator))))
}

/// Every violation of the schema; unknown members make it a 400, all else a 422.
pub(super) fn check_schema<T: ToSchema + 'static>(value: &Value) -> Result<()> {
    let validator = validator::<T>()?;
    let mut errors = Vec::new();
    let mut unknown = !value.is_object();
    for error in validator.iter_errors(value).take(MAX_ERRORS + 1) {
        unknown |= collect(&error, &mut errors);
    }
    if errors.is_empty() {
        return Ok(());
    }
    errors.sort_by(|a, b| a.pointer.cmp(&b.pointer));

    if unknown {
        let detail =
            text!("内容含未声明的字段，或不是 JSON 对象。", "The body has undeclared members, or is no JSON object.");
        return Err(AppError::new(Code::MalformedRequest, detail).with_errors(errors));
    }

    Err(AppError::invalid(errors))
}

/// Adds a violation, each member by its pointer; true where a member is not declared.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's kinds grow; all others are told alike")]
fn collect(error: &jsonschema::ValidationError<'_>, into: &mut Vec<FieldError>) -> bool {
    let at = error.instance_path().as_str();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } => {
            for name in unexpected.iter().take((MAX_ERRORS + 1).saturating_sub(into.len())) {
                let name = name.replace('~', "~0").replace('/', "~1");
                let detail = text!("未声明的字段。", "This member is not declared.");
                into.push(FieldError::new(format!("{at}/{name}"), "UNKNOWN_FIELD", detail));
            }
            true
        }
        Kind::Required { property } => {
            let pointer = format!("{at}/{}", property.as_str().unwrap_or_default());
            into.push(FieldError::new(pointer, "REQUIRED", text!("必填。", "This member is required.")));
            false
        }
        // A nullable reference: what counts is the branch that is not null.
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            let branch = context.iter().find(|branch| !branch.iter().any(|inner| is_null_branch(inner, at)));
            branch.into_iter().flatten().fold(false, |unknown, inner| collect(inner, into) | unknown)
        }
        kind => {
            let (code, detail) = describe(kind);
            into.push(FieldError::new(at, code, detail));
            false
        }
    }
}

fn is_null_branch(error: &jsonschema::ValidationError<'_>, at: &str) -> bool {
    error.instance_path().as_str() == at
        && matches!(error.kind(), Kind::Type { kind: TypeKind::Single(kind) } if kind.as_str() == "null")
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's kinds grow; all others are told alike")]
fn describe(kind: &Kind) -> (&'static str, Text) {
    match kind {
        Kind::Type { kind } => {
            let expected = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" / "),
            };
            ("TYPE", text!("类型应为 {expected}。", "The type must be {expected}."))
        }
        Kind::Enum { options } => ("NOT_IN_LIST", text!("应为 {options} 之一。", "It must be one of {options}.")),
        Kind::MinLength { limit } => ("TOO_SHORT", text!("长度不足 {limit}。", "It is shorter than {limit}.")),
        Kind::MaxLength { limit } => ("TOO_LONG", text!("长度超过 {limit}。", "It is longer than {limit}.")),
        Kind::Minimum { limit } => ("TOO_SMALL", text!("不得小于 {limit}。", "It must be {limit} or more.")),
        Kind::Maximum { limit } => ("TOO_LARGE", text!("不得大于 {limit}。", "It must be {limit} or less.")),
        Kind::MinItems { limit } => ("TOO_FEW", text!("至少 {limit} 项。", "There must be {limit} or more.")),
        Kind::MaxItems { limit } => ("TOO_MANY", text!("至多 {limit} 项。", "There must be {limit} or fewer.")),
        Kind::UniqueItems => ("REPEATED", text!("不得重复。", "Values must not repeat.")),
        Kind::Pattern { pattern } if pattern == VISIBLE => (
            "BLANK",
            text!(
                "不能为空白，也不能只有不可见字符。",
                "It shows nothing: blanks and invisible characters alone are no text."
            ),
        ),
        Kind::Pattern { pattern } => ("PATTERN", text!("不符合格式 {pattern}。", "It does not match {pattern}.")),
        Kind::Format { format } => ("FORMAT", text!("不是有效的 {format}。", "It is not a valid {format}.")),
        other => {
            let keyword = other.keyword();
            ("SCHEMA", text!("不符合 {keyword} 约束。", "It violates {keyword}."))
        }
    }
}
