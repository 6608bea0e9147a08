//! Supervision items through HTTP: claimed, completed, reviewed, changed, compared; what is not effective is not used.

mod allowed;
mod catalogue;
mod life;
mod rules;
mod waiting;

use crate::harness::World;
use reqwest::Method;
use serde_json::{Value, json};

/// The headings of a published catalogue.
pub const HEADINGS: &str = "主项编码,主项名称,子项编码,子项名称,监管部门编码,监管对象,监管形式,行政类型,设定依据,监管方式,监管流程,\
    监管结果,监管层级,适用范围,操作状态\n";

/// A row of it.
pub fn row(code: &str, name: &str, duty: &str, kind: &str) -> String {
    let main = &code[..8];
    format!(
        "{main},主项{main},{code},{name},{duty},经营单位,现场检查,{kind},《测试法》第一条,双随机抽查,检查—处理,检查结果公示,县级,区县,在用\n"
    )
}

fn path_of(noun: &str, record: &Value) -> String {
    format!("/api/v1/{noun}/{}", record["id"].as_str().unwrap())
}

async fn change(world: &World, who: &str, item: &str, edit: impl Fn(&mut Value)) -> Value {
    let shown = world.get(who, item).await.expect(200);
    let mut content = shown["content"].clone();
    edit(&mut content);
    let call = world.request(Method::PUT, who, item).if_match(shown["version"].as_i64().unwrap());
    call.json(&json!({ "content": content })).send().await.expect(200)
}
