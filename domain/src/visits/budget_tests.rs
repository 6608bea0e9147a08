//! What the rows of the budget allow and refuse.

use super::VisitKind;
use super::budget::*;
use crate::credit::CreditClass;
use crate::kernel::refusal::Code;
use chrono::NaiveDate;
use uuid::Uuid;

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap_or_default()
}

fn rule(kind: RuleKind, amount: u32) -> Rule {
    Rule {
        code: kind.code().to_owned(),
        name: kind.label().to_owned(),
        basis: "测试".to_owned(),
        kind,
        amount,
        days: (kind == RuleKind::QuietDays).then_some((1, 20)),
        kinds: Vec::new(),
        departments: Vec::new(),
        classes: Vec::new(),
        object_types: Vec::new(),
    }
}

fn request(from: NaiveDate, to: NaiveDate) -> Request<'static> {
    let department = Uuid::from_u128(1);
    Request {
        kind: VisitKind::Daily,
        department,
        class: CreditClass::Unclassified,
        object_type: "1",
        from,
        to,
        joins: false,
    }
}

fn refused(rule: &Rule, request: &Request<'_>, usage: &Usage) -> bool {
    !breaches(std::slice::from_ref(rule), request, usage).is_empty()
}

#[test]
fn a_cap_holds_and_a_joint_visit_counts_once_for_the_enterprise() {
    let asked = request(day(6, 22), day(6, 26));
    let usage = |by_all, by_department| Usage { by_all, by_department, ..Usage::default() };
    let (all, own) = (rule(RuleKind::EnterpriseCap, 2), rule(RuleKind::BodyCap, 1));
    assert!(!refused(&all, &asked, &usage(1, 0)) && refused(&all, &asked, &usage(2, 0)));
    assert!(!refused(&all, &Request { joins: true, ..asked }, &usage(2, 0)), "no visit more");
    assert!(refused(&own, &Request { joins: true, ..asked }, &usage(2, 1)), "each body counts its own");
}

#[test]
fn thirty_days_lie_between_two_visits() {
    let rule = rule(RuleKind::Interval, 30);
    let near = |from, to| Usage { near: vec![(from, to)], ..Usage::default() };
    let asked = request(day(6, 22), day(6, 26));
    assert!(refused(&rule, &asked, &near(day(5, 20), day(5, 24))), "29 days");
    assert!(!refused(&rule, &asked, &near(day(5, 20), day(5, 23))), "30 days");
    assert!(refused(&rule, &asked, &near(day(7, 25), day(7, 26))), "29 days before the next");
    assert!(!refused(&rule, &asked, &near(day(7, 26), day(7, 28))));
    assert!(refused(&rule, &asked, &near(day(6, 25), day(6, 30))), "they meet");
    assert!(!refused(&rule, &asked, &Usage::default()));
}

#[test]
fn quiet_days_are_quiet() {
    let rule = rule(RuleKind::QuietDays, 0);
    let none = Usage::default();
    assert!(!refused(&rule, &request(day(6, 21), day(6, 30)), &none));
    assert!(refused(&rule, &request(day(6, 20), day(6, 24)), &none));
    assert!(refused(&rule, &request(day(6, 28), day(7, 1)), &none), "one day is enough");
}

#[test]
fn the_third_year_is_exempt() {
    let rule = rule(RuleKind::Whitelist, 2);
    let asked = request(day(6, 22), day(6, 26));
    let since = |year: i32| NaiveDate::from_ymd_opt(year, 5, 1);
    let penalty = |year| Usage { last_penalty: since(year), known_since: since(2010), ..Usage::default() };
    assert!(refused(&rule, &asked, &penalty(2023)) && !refused(&rule, &asked, &penalty(2024)));
    let known = |year| Usage { known_since: since(year), ..Usage::default() };
    assert!(refused(&rule, &asked, &known(2023)) && !refused(&rule, &asked, &known(2024)));
    assert!(!refused(&rule, &asked, &Usage::default()), "what is not known exempts nobody");
}

#[test]
fn a_row_binds_whom_it_names() {
    let asked = request(day(6, 22), day(6, 26));
    let used = Usage { by_all: 1, ..Usage::default() };
    let cap = rule(RuleKind::EnterpriseCap, 1);
    let general = Rule { classes: vec![CreditClass::General], ..cap.clone() };
    assert!(refused(&general, &asked, &used), "no class is the general one");
    assert!(!refused(&general, &Request { class: CreditClass::Dishonest, ..asked }, &used));
    assert!(!refused(&Rule { kinds: vec![VisitKind::Special], ..cap.clone() }, &asked, &used));
    assert!(!refused(&Rule { object_types: vec!["2".to_owned()], ..cap.clone() }, &asked, &used));
    assert!(!refused(&Rule { departments: vec![Uuid::from_u128(2)], ..cap }, &asked, &used));
}

#[test]
fn the_refusal_names_row_and_basis() {
    let found = breaches(
        &[rule(RuleKind::EnterpriseCap, 2)],
        &request(day(9, 1), day(9, 1)),
        &Usage { by_all: 2, ..Usage::default() },
    );
    let refusal = check(&found).err().unwrap_or_else(|| unreachable!("two of two are used"));
    assert_eq!(refusal.code, Code::BudgetReached);
    assert!(refusal.detail.zh.contains("ENTERPRISE_CAP") && refusal.detail.zh.contains("2 次，上限 2 次"));
}

#[test]
fn a_row_by_class_is_not_named_to_whoever_may_not_know() {
    let by_class = Rule { classes: vec![CreditClass::General], ..rule(RuleKind::EnterpriseCap, 2) };
    let asked = request(day(9, 1), day(9, 1));
    let found = breaches(&[by_class], &asked, &Usage { by_all: 2, ..Usage::default() });
    let told = found.into_iter().map(Breach::without_class).collect::<Vec<_>>();
    let refusal = check(&told).err().unwrap_or_else(|| unreachable!("two of two are used"));
    for text in [&refusal.detail.zh, &refusal.detail.en] {
        assert!(
            !text.contains("ENTERPRISE_CAP") && !text.contains('2') && !text.contains('〔') && !text.contains('['),
            "{text}"
        );
    }
}
