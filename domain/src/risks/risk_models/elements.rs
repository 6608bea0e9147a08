//! 模型要素 (row 9): which elements a version must have, and which are there and valid.

use super::content::{Content, DataSource};
use super::evaluate::Compiled;
use crate::kernel::elements::{Check, Element};
use crate::kernel::text::text;
use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;

/// Longest life of a version, days: what nobody renews, ends.
pub const LONGEST_LIFE_DAYS: u64 = 730;

/// Checks a version's elements; name, domain and owner are the model's own and always there.
/// `backtested`: precision and false-positive rate are known.
pub fn check(content: &Content, backtested: bool, today: NaiveDate) -> Check {
    let mut check = Check::default();
    check.text("/purpose", "模型用途", content.purpose.as_deref());
    check.text("/legal_basis", "法律依据", content.legal_basis.as_deref());
    some(&mut check, "/item_codes", "关联监管事项", content.item_codes.len());
    let sources: Vec<_> = content.data_sources.iter().map(|source| source.code()).collect();
    check.codes("/data_sources", "数据来源", &sources, DataSource::CODES);
    some(&mut check, "/indicators", "指标", content.indicators.len());
    let names: BTreeSet<_> = content.indicators.iter().map(|indicator| &indicator.name).collect();
    if names.len() != content.indicators.len() {
        check.out_of_range("/indicators", "指标", text!("指标名称重复。", "Two indicators have the same name."));
    }
    some(&mut check, "/conditions", "规则", content.conditions.len());

    if let Err(problems) = Compiled::new(content) {
        for problem in problems {
            check.out_of_range(problem.pointer, problem.name, problem.message);
        }
    }
    levels(&mut check, content);
    match content.disposal_department_id {
        Some(_) => check.found(Element::new("/disposal_department_id", "处置部门")),
        None => check.missing("/disposal_department_id", "处置部门"),
    }
    check.text("/time_limit", "办理时限", content.time_limit.as_deref());
    match content.stop {
        Some(_) => check.found(Element::new("/stop", "停用条件")),
        None => check.missing("/stop", "停用条件"),
    }
    expiry(&mut check, content, today);
    cases(&mut check, content);
    some(&mut check, "/backtest", "回测", usize::from(backtested));
    some(&mut check, "/false_positive_rate", "误报率", usize::from(backtested));

    check
}

fn some(check: &mut Check, pointer: &str, name: &'static str, count: usize) {
    if count == 0 {
        check.missing(pointer, name);
    } else {
        check.found(Element::new(pointer, name));
    }
}

/// A level map: no score twice, and a higher score never means a lower risk.
fn levels(check: &mut Check, content: &Content) {
    some(check, "/levels", "等级映射", content.levels.len());
    let mut bands = content.levels.clone();
    bands.sort_by_key(|band| band.minimum_score);
    if bands.windows(2).any(|pair| pair[0].minimum_score == pair[1].minimum_score || pair[0].level <= pair[1].level) {
        let message =
            text!("分数越高，风险等级应越高，且不得重复。", "A higher score must mean a higher risk, and none twice.");
        check.out_of_range("/levels", "等级映射", message);
    }
    let reachable: u32 = content.conditions.iter().map(|condition| condition.weight).sum();
    if bands.first().is_some_and(|band| band.minimum_score > reachable) {
        let message = text!("各条件权重之和达不到最低分数。", "The weights together do not reach the lowest score.");
        check.out_of_range("/levels", "等级映射", message);
    }
}

fn expiry(check: &mut Check, content: &Content, today: NaiveDate) {
    let Some(until) = content.expires_on else { return check.missing("/expires_on", "有效期") };
    check.found(Element::new("/expires_on", "有效期"));
    let latest = today.checked_add_days(Days::new(LONGEST_LIFE_DAYS)).unwrap_or(NaiveDate::MAX);
    if until < today || until > latest {
        let message = text!("有效期应在今天与 {latest} 之间。", "The end must lie between today and {latest}.");
        check.out_of_range("/expires_on", "有效期", message);
    }
}

/// Tests on both sides: one that must fire, one that must not.
fn cases(check: &mut Check, content: &Content) {
    let fires = content.cases.iter().any(|case| case.level.is_some());
    let stays = content.cases.iter().any(|case| case.level.is_none());
    some(check, "/cases", "测试用例", content.cases.len());
    let one_sided = !(fires && stays);

    if one_sided && !content.cases.is_empty() {
        let message =
            text!("测试用例应同时包含应命中的和不应命中的。", "There must be a case that fires and one that does not.");
        check.out_of_range("/cases", "测试用例", message);
    }

    for (at, case) in content.cases.iter().enumerate() {
        for name in case.values.keys().filter(|name| !content.indicators.iter().any(|known| known.name == **name)) {
            let message = text!("没有名为 {name} 的指标。", "There is no indicator {name}.");
            check.out_of_range(format!("/cases/{at}/values/{name}"), "测试用例", message);
        }
    }
}
