//! Rows of plans as counties print them.

use super::super::tests::{Sheet, rules};
use super::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default()
}

fn read(cells: &[(&str, &str)]) -> (Option<PlanRow>, Vec<&'static str>) {
    let parsed = parse(&Sheet::of(cells), today());
    (parsed.value, rules(&parsed.findings))
}

#[test]
fn share_and_number_make_one_ratio() {
    let of = |share: &str, count: &str| {
        let cells = [("抽查事项", "食品"), ("检查时间", "2026年9月"), ("抽查比例", share), ("抽查数量", count)];
        let (row, findings) = read(&cells);
        row.map_or_else(|| Err(findings), |row| Ok(row.ratio_text))
    };
    assert_eq!(of("10%", "20"), Ok("10%(20户)".into()));
    assert_eq!(of("10%", "20家"), Ok("10%(20家)".into()));
    assert_eq!(of("10%(20户)", "20"), Ok("10%(20户)".into()));
    assert_eq!(of("", "20"), Ok("20户".into()));
    assert_eq!(of("5%", "/"), Ok("5%".into()));
    assert_eq!(of("", ""), Err(vec!["REQUIRED"]));
}

#[test]
fn the_year_is_the_one_that_is_told() {
    let of = |year: &str, period: &str, task: &str| {
        let cells =
            [("抽查事项", "食品"), ("检查时间", period), ("抽查比例", "5%"), ("年度", year), ("任务名称", task)];
        let (row, findings) = read(&cells);
        (row.map(|row| row.year), findings)
    };
    assert_eq!(of("2025", "9月", ""), (Some(2025), vec![]));
    assert_eq!(of("2025年度", "2026年9月", ""), (Some(2025), vec![]));
    assert_eq!(of("", "2027年2月24日-2027年11月30日", "2026年餐饮监管"), (Some(2027), vec![]));
    assert_eq!(of("", "3—11月", "2025年餐饮监管双随机抽查"), (Some(2025), vec![]));
    assert_eq!(of("", "20270301-20271130", ""), (Some(2027), vec![]));
    assert_eq!(of("", "全年", "餐饮监管"), (Some(2026), vec!["YEAR_ASSUMED"]));
    assert_eq!(of("明年", "3月", ""), (Some(2026), vec!["YEAR_INVALID", "YEAR_ASSUMED"]));
}

#[test]
fn a_body_is_known_by_its_name() {
    for (text, form) in [
        ("旺苍县林业局", "旺苍县林业局"),
        ("县林业局（县级）", "林业局"),
        ("林业局", "林业局"),
        ("上高县林业局", "上高县林业局"),
        ("县级", "县级"),
        ("东河镇人民政府", "东河镇人民政府"),
    ] {
        assert_eq!(body_form(text), form, "{text}");
    }
}
