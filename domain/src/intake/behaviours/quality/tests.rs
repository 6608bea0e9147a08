//! Faults of every kind, planted one by one into rows that are right: each is found, and nothing else.

use super::*;
use proptest::prelude::*;

type Content = BTreeMap<String, Value>;

fn facts() -> Facts {
    let set = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    Facts {
        today: NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default(),
        area: "510821".to_owned(),
        items: set(&["31000001000001"]),
        checks: set(&["JC1"]),
        certificates: set(&["510821990001", "510821990002"]),
        has_object: true,
        code_taken: false,
    }
}

/// A row of each table that is right.
fn right(kind: BehaviourSet) -> Content {
    let subject = json!({
        "supervise_object": "旺苍县某店", "administrative_cp": "旺苍县某店", "administrative_cp_na": "02",
        "administrative_cp_ce_type": "001", "administrative_cp_ui_code": "91510821MAR0501184", "area_number": "510821",
    });
    let own = match kind {
        BehaviourSet::Check => json!({
            "supervise_item_implement_code": "31000001000001", "supervise_item_check_icode": "91510821MAR05011841",
            "check_action_name": "某店检查", "check_action_code": "JC2", "check_form": "01", "check_type": "01",
            "check_result": "01", "check_date": "2026-10-12", "check_personnel": ["张三", "李四"],
            "check_personnel_code": "510821990001,510821990002", "submitted_date": "2026-10-13",
        }),
        BehaviourSet::Penalty => json!({
            "supervise_item_code": "31000001000001", "punish_action_name": "某店处罚", "punish_action_code": "CF1",
            "case_source": "01", "check_action_code": "JC1", "illegal_fact": "过期食品", "punish_accord": "食品安全法",
            "punish_procedure": "02", "if_hearing_witnesses": "否", "filing_date": "2026-10-13",
            "case_involving_punishment": "否", "punish_document_code": "旺市监罚〔2026〕1号", "set_date": "2026-11-02",
            "punish_type": "02,03", "fine": "5000.00", "penalty_result": "罚款并没收", "administrative_reconsider": "00",
            "administrative_penalties": "否",
        }),
        BehaviourSet::Coercion => json!({
            "supervise_item_code": "31000001000001", "force_action_name": "查封", "force_action_code": "QZ1",
            "check_action_code": "JC1", "illegal_fact": "无证", "mandatory_basis": "食品安全法",
            "mandatory_decision_number": "旺市监强〔2026〕1号", "force_type": "01", "coercive_measure_type": "02",
            "mandatory_decision_sev_date": "2026-10-12", "end_date": "2026-11-11",
        }),
        BehaviourSet::Other => json!({
            "supervise_item_code": "31000001000001", "action_name": "约谈", "action_code": "QT1",
            "check_behavior_number": "JC1", "start_date": "2026-10-12", "end_date": "2026-10-12",
        }),
    };
    let merged = [subject, own].into_iter().filter_map(|part| part.as_object().cloned()).flatten();
    merged.collect()
}

fn found(kind: BehaviourSet, content: &Content, facts: &Facts) -> Vec<(String, String)> {
    let (_, findings) = read(kind, content).check(kind, facts);
    findings.into_iter().map(|finding| (finding.rule, finding.field)).collect()
}

#[test]
fn a_row_that_is_right_has_no_finding() {
    for kind in BehaviourSet::ALL {
        assert_eq!(found(*kind, &right(*kind), &facts()), [], "{kind:?}");
    }
}

/// What is planted: a table, a column, what is put there (nothing: it is left out), and the finding.
const PLANTED: &[(BehaviourSet, &str, &str, &str)] = &[
    (BehaviourSet::Check, "check_action_name", "", "REQUIRED"),
    (BehaviourSet::Check, "check_date", "", "REQUIRED"),
    (BehaviourSet::Check, "administrative_cp", "  ", "REQUIRED"),
    (BehaviourSet::Check, "administrative_cp", "某***", "MASKED"),
    (BehaviourSet::Check, "check_form", "03", "NOT_IN_CODE_TABLE"),
    (BehaviourSet::Check, "check_form", "1", "NOT_IN_CODE_TABLE"),
    (BehaviourSet::Check, "check_form", "日常检查", "NOT_IN_CODE_TABLE"),
    (BehaviourSet::Check, "check_result", "07", "NOT_IN_CODE_TABLE"),
    (BehaviourSet::Check, "check_mode", "9", "NOT_IN_CODE_TABLE"),
    (BehaviourSet::Check, "administrative_cp_na", "09", "NOT_IN_CODE_TABLE"),
    (BehaviourSet::Check, "supervise_object_type", "12", "NOT_IN_CODE_TABLE"),
    (BehaviourSet::Check, "check_date", "2026/10/12", "DATE_INVALID"),
    (BehaviourSet::Check, "check_date", "2026-02-30", "DATE_INVALID"),
    (BehaviourSet::Check, "check_date", "明天", "DATE_INVALID"),
    (BehaviourSet::Check, "check_date", "2026-12-02", "DATE_IN_FUTURE"),
    (BehaviourSet::Check, "submitted_date", "2026-10-11", "SUBMITTED_EARLY"),
    (BehaviourSet::Check, "supervise_item_implement_code", "3100000100000", "ITEM_CODE_INVALID"),
    (BehaviourSet::Check, "supervise_item_implement_code", "3100000100000A", "ITEM_CODE_INVALID"),
    (BehaviourSet::Check, "supervise_item_implement_code", "31000001000009", "ITEM_UNKNOWN"),
    (BehaviourSet::Check, "supervise_item_check_icode", "91510821MAR05011846", "LIST_CODE_INVALID"),
    (BehaviourSet::Check, "supervise_item_check_icode", "91510821MAR0501185", "LIST_CODE_INVALID"),
    (BehaviourSet::Check, "check_personnel_code", "510821990001", "OFFICERS_NOT_PAIRED"),
    (BehaviourSet::Check, "check_personnel_code", "510821990001,510821990009", "OFFICER_NOT_CERTIFIED"),
    (BehaviourSet::Check, "administrative_cp_ce_type", "099", "CERT_TYPE_MISMATCH"),
    (BehaviourSet::Check, "administrative_cp_ui_code", "91510821MAR0501185", "USCC_INVALID"),
    (BehaviourSet::Check, "administrative_cp_ui_code", "91510821mar0501184", "USCC_INVALID"),
    (BehaviourSet::Check, "area_number", "510822", "AREA_FOREIGN"),
    (BehaviourSet::Check, "area_number", "5108210", "TOO_LONG"),
    (BehaviourSet::Check, "no_such_column", "x", "UNKNOWN_COLUMN"),
    (BehaviourSet::Penalty, "if_hearing_witnesses", "1", "BOOLEAN_INVALID"),
    (BehaviourSet::Penalty, "if_hearing_witnesses", "不详", "BOOLEAN_INVALID"),
    (BehaviourSet::Penalty, "fine", "五千", "AMOUNT_INVALID"),
    (BehaviourSet::Penalty, "fine", "5000.001", "AMOUNT_INVALID"),
    (BehaviourSet::Penalty, "cases_closed_fine", "-1", "AMOUNT_INVALID"),
    (BehaviourSet::Penalty, "fine", "0", "FINE_MISSING"),
    (BehaviourSet::Penalty, "punish_type", "02,15", "NOT_IN_CODE_TABLE"),
    (BehaviourSet::Penalty, "check_action_code", "", "CHECK_MISSING"),
    (BehaviourSet::Penalty, "check_action_code", "JC9", "CHECK_UNKNOWN"),
    (BehaviourSet::Penalty, "cases_closed_execution", "2026-10-01", "CLOSED_EARLY"),
    (BehaviourSet::Coercion, "coercive_measure_type", "", "FORCE_TYPE_DETAIL"),
    (BehaviourSet::Coercion, "end_date", "2026-10-11", "ENDED_EARLY"),
    (BehaviourSet::Other, "end_date", "2026-10-11", "ENDED_EARLY"),
    (BehaviourSet::Other, "check_behavior_number", "", "REQUIRED"),
];

fn with(kind: BehaviourSet, column: &str, value: &str) -> Content {
    let mut content = right(kind);
    if value.is_empty() {
        content.remove(column);
    } else {
        content.insert(column.to_owned(), json!(value));
    }
    content
}

#[test]
fn every_planted_fault_is_found_and_nothing_else() {
    for (kind, column, value, rule) in PLANTED {
        let told = found(*kind, &with(*kind, column, value), &facts());
        let field = if *rule == "UNKNOWN_COLUMN" { "" } else { *column };
        assert_eq!(told, [((*rule).to_owned(), field.to_owned())], "{kind:?} {column} = {value:?}");
    }
}

#[test]
fn faults_of_several_columns_are_found() {
    let told = |kind, changes: &[(&str, &str)]| {
        let mut content = right(kind);
        content.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        let findings = read(kind, &content).check(kind, &facts()).1;
        findings.into_iter().map(|finding| finding.rule).collect::<Vec<_>>()
    };
    use BehaviourSet::{Check, Coercion, Penalty};
    assert_eq!(told(Check, &[("check_personnel", "张三"), ("check_personnel_code", "510821990001")]), ["TWO_OFFICERS"]);
    assert_eq!(told(Penalty, &[("legal_review", "是")]), ["REVIEW_INCOMPLETE"; 2]);
    assert_eq!(told(Penalty, &[("discuss_collectively", "是")]), ["DISCUSSION_INCOMPLETE"; 2]);
    assert_eq!(told(Coercion, &[("force_type", "02")]), ["FORCE_TYPE_DETAIL"]);
    let citizen = [("administrative_cp_na", "01"), ("administrative_cp_ce_type", "111")];
    assert_eq!(told(Check, &citizen), ["CITIZEN_ID_INVALID"]);
    let old = [
        ("set_date", "2021-07-14"),
        ("filing_date", "2021-06-01"),
        ("punish_type", "05"),
        ("penalty_result", "暂扣许可证 3 个月"),
    ];
    assert_eq!(told(Penalty, &old), ["OLD_PENALTY_TYPE"]);
    let revoked = [
        ("set_date", "2021-07-14"),
        ("filing_date", "2021-06-01"),
        ("punish_type", "05"),
        ("penalty_result", "吊销许可证"),
    ];
    assert_eq!(told(Penalty, &revoked), [""; 0]);

    // A penalty names its check only where a check found it; what has no item says 无.
    let mut reported = right(Penalty);
    reported.insert("case_source".to_owned(), json!("03"));
    reported.remove("check_action_code");
    reported.insert("supervise_item_code".to_owned(), json!("无"));
    assert_eq!(found(Penalty, &reported, &facts()), []);

    let unknown = Facts { has_object: false, code_taken: true, ..facts() };
    let rules: Vec<_> = found(Check, &right(Check), &unknown).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["CODE_TAKEN", "OBJECT_UNKNOWN"]);
}

/// Where a fix is offered it mends what it says it mends, and makes nothing else wrong.
#[test]
fn a_fix_mends_its_finding() {
    let mut fixes = 0;
    for (kind, column, value, rule) in PLANTED {
        let content = with(*kind, column, value);
        let (row, findings) = read(*kind, &content).check(*kind, &facts());
        for patch in findings.into_iter().filter_map(|finding| finding.fix) {
            fixes += 1;
            assert_eq!(patch[0]["op"], "replace", "{rule}");
            let mut mended: Content = row.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            let path = patch[0]["path"].as_str().unwrap_or_default().trim_start_matches('/').to_owned();
            mended.insert(path, patch[0]["value"].clone());
            assert_eq!(found(*kind, &mended, &facts()), [], "{rule} of {column}");
        }
    }
    assert!(fixes >= 4, "{fixes}");
}

/// Every rule of the set is one that a row can break, and says what it stands on.
#[test]
fn the_rules_are_read_and_each_is_used() {
    let set = rules();
    assert!(!set.version.is_empty() && set.rules.len() >= 30);
    let source = [include_str!("fields.rs"), include_str!("across.rs"), include_str!("../exchange.rs")].concat();
    for rule in &set.rules {
        assert!(source.contains(&format!("\"{}\"", rule.rule)), "{} is looked at nowhere", rule.rule);
        assert!(!rule.basis.is_empty() && rule.zh.ends_with('。') && rule.en.ends_with('.'), "{}", rule.rule);
    }
}

#[test]
fn what_is_gone_is_fixed_and_what_was_decided_stays() {
    let kind = BehaviourSet::Check;
    let of = |content: &Content| read(kind, content).check(kind, &facts()).1;
    let mut before = of(&with(kind, "check_form", "03"));
    before.extend(of(&with(kind, "area_number", "510822")));
    before[1].state = FindingState::Overridden;
    before[1].reason = Some("飞地".to_owned());
    let after = carried(&before, of(&with(kind, "area_number", "510822")));
    let states: Vec<_> = after.iter().map(|finding| (finding.rule.as_str(), finding.state)).collect();
    assert_eq!(states, [("AREA_FOREIGN", FindingState::Overridden), ("NOT_IN_CODE_TABLE", FindingState::Fixed)]);
    assert!(after.iter().all(|finding| !finding.is_open_error()));
}

proptest! {
    /// Whatever stands in a row, reading it stops nowhere, keeps to its columns, and reads the same again.
    #[test]
    fn whatever_stands_in_a_row_is_read(
        which in 0..BehaviourSet::ALL.len(),
        cells in proptest::collection::vec((0usize..60, "\\PC{0,30}", 0u8..5), 0..40),
    ) {
        let kind = BehaviourSet::ALL[which];
        let columns = kind.table().map(|table| table.columns.as_slice()).unwrap_or_default();
        let mut content = Content::new();
        for (at, text, form) in cells {
            let name = columns.get(at).map_or(text.clone(), |column| column.name.clone());
            let value = match form {
                0 => Value::Null,
                1 => json!([text]),
                2 => json!({ "x": text }),
                3 => json!(text.len()),
                _ => json!(text),
            };
            content.insert(name, value);
        }
        let (row, _) = read(kind, &content).check(kind, &facts());
        prop_assert!(row.keys().all(|name| columns.iter().any(|column| column.name == *name)));
        let again: Content = row.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        prop_assert_eq!(read(kind, &again).row, row);
    }
}
