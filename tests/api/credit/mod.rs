//! Credit classes, as they came and as they are applied.

#[expect(clippy::module_inception, reason = "an area may be named after its first noun")]
mod credit;

use serde_json::{Value, json};

/// A strategy's body.
pub fn strategy(code: &str) -> Value {
    let row = |class: &str, rate: u32, cap: Option<u32>, visit: &str| json!({ "class": class, "rate_bp": rate, "minimum": 1, "max_per_year": cap, "visit": visit });
    json!({
        "code": code, "name": "测试策略", "reason": "国发〔2019〕5号", "kinds": ["DOUBLE_RANDOM", "SPECIAL"],
        "rows": [
            row("TRUSTWORTHY", 100, Some(1), "ON_CLUE_ONLY"), row("GENERAL", 500, Some(1), "OFF_SITE_FIRST"),
            row("KEY", 2500, Some(2), "ON_SITE"), row("DISHONEST", 10_000, None, "ON_SITE"),
        ],
    })
}
