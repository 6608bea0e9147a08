//! What is sent to register a partner system.

use super::keys::PublicKey;
use crate::kernel::error::{AppError, FieldError, Result};
use domain::access::Permission;
use domain::access::clients::{ClientAuthMethod, grantable};
use domain::kernel::text::text;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 新合作系统
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "市级监管数据平台", "department_id": "01930000-0000-7000-8000-000000000001", "region_code": "510821",
    "scopes": ["objects:read", "personnel:read"], "auth_method": "PRIVATE_KEY_JWT",
    "keys": [{
        "kty": "OKP", "crv": "Ed25519", "kid": "2026-11", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    }],
    "requests_per_minute": 600
})))]
pub struct ClientBody {
    #[schema(min_length = 2, max_length = 100, pattern = "\\S.*\\S")]
    pub name: String,
    /// The department whose records, and those below, it may see and write.
    pub department_id: Uuid,
    /// 行政区划代码: county or township; objects of this region.
    #[schema(pattern = "^([0-9]{6}|[0-9]{9})$")]
    pub region_code: String,
    /// Permissions granted; tokens may ask for fewer.
    #[schema(max_items = 30, max_length = 64, min_length = 1)]
    pub scopes: Vec<String>,
    pub auth_method: ClientAuthMethod,
    /// Public keys (JWK, Ed25519 or P-256, each with `kid`): for assertions, and for the signatures that writes carry.
    #[schema(value_type = Vec<std::collections::HashMap<String, String>>, max_items = 5)]
    #[serde(default)]
    pub keys: Vec<Value>,
    #[schema(minimum = 1, maximum = 60000)]
    pub requests_per_minute: i32,
}

/// 合作系统的修改
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"requests_per_minute": 1200})))]
pub struct ClientPatch {
    #[schema(min_length = 2, max_length = 100, pattern = "\\S.*\\S", nullable = false)]
    #[serde(default)]
    pub name: Option<String>,
    #[schema(pattern = "^([0-9]{6}|[0-9]{9})$", nullable = false)]
    #[serde(default)]
    pub region_code: Option<String>,
    #[schema(max_items = 30, max_length = 64, min_length = 1, nullable = false)]
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
    /// All keys from now on: to change a key with an overlap, send the old one and the new one, then the new one.
    #[schema(value_type = Option<Vec<std::collections::HashMap<String, String>>>, max_items = 5, nullable = false)]
    #[serde(default)]
    pub keys: Option<Vec<Value>>,
    #[schema(minimum = 1, maximum = 60000, nullable = false)]
    #[serde(default)]
    pub requests_per_minute: Option<i32>,
}

/// 轮换密钥
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"overlap_hours": 24})))]
pub struct RotationBody {
    /// Hours in which the old secret still works; 0 ends it at once.
    #[schema(minimum = 0, maximum = 720)]
    #[serde(default)]
    pub overlap_hours: Option<u32>,
}

/// Scopes must be grantable, keys usable; every wrong one is named.
pub(super) fn check(scopes: &[String], keys: &[Value]) -> Result<()> {
    let mut errors = Vec::new();
    for (at, scope) in scopes.iter().enumerate() {
        if !grantable().any(|permission| permission.code() == scope) {
            let known: Vec<_> = grantable().map(Permission::code).collect();
            let known = known.join(", ");
            let detail =
                text!("不可授予合作系统；可授予：{known}", "It cannot be granted to a partner; these can: {known}");
            errors.push(FieldError::new(format!("/scopes/{at}"), "NOT_GRANTABLE", detail));
        }
    }

    let mut kids = std::collections::BTreeSet::new();
    for (at, key) in keys.iter().enumerate() {
        let kid = key["kid"].as_str().unwrap_or_default();
        match PublicKey::parse(key) {
            Ok(_) if kids.insert(kid) => {}
            Ok(_) => {
                let detail = text!("kid 重复。", "The kid comes twice.");
                errors.push(FieldError::new(format!("/keys/{at}/kid"), "REPEATED", detail));
            }
            Err(why) => {
                let detail = text!("公钥不可用：{why}", "The public key is not usable: {why}");
                errors.push(FieldError::new(format!("/keys/{at}"), "UNUSABLE_KEY", detail));
            }
        }
    }

    let writes = scopes.iter().any(|scope| scope.ends_with(":write"));
    if writes && keys.is_empty() {
        let detail = text!("写操作须验签，请登记公钥。", "Writes carry signatures: register a public key.");
        errors.push(FieldError::new("/keys", "REQUIRED", detail));
    }

    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}
