//! Rows of registers as they come.

use super::*;
use crate::intake::imports::tests::Sheet;
use crate::kernel::codes::region::Region;

fn read(cells: &[(&str, &str)]) -> Parsed<ObjectRow> {
    let region = |code: &str, name: &str| Region { code: code.to_owned(), name: name.to_owned() };
    let regions = [region("510821", "旺苍县"), region("510823", "剑阁县"), region("510821100", "东河镇")];
    let gazetteer = Gazetteer::new("510821", regions, []);
    parse(&Sheet::of(cells), NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default(), &gazetteer)
}

fn rules(parsed: &Parsed<ObjectRow>) -> Vec<&str> {
    parsed.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_code_in_lower_case_is_read_with_a_finding() {
    let parsed = read(&[("企业名称", "某农资店"), ("统一社会信用代码", "91510823MA6CJ9UAxx"), ("注册资金", "N/A")]);
    assert_eq!(rules(&parsed), ["USCC_LOWER_CASE"]);
    let row = parsed.value;
    assert_eq!(row.as_ref().and_then(|row| row.uscc.as_deref()), Some("91510823MA6CJ9UAXX"));
    assert_eq!(row.map(|row| (row.uscc_valid, row.registered_capital_text)), Some((true, None)));
}

#[test]
fn a_row_without_name_is_refused_and_says_so() {
    let parsed = read(&[("企业名称", "  "), ("统一社会信用代码", "91510821MA6000016U")]);
    assert!(parsed.value.is_none());
    assert_eq!(rules(&parsed), ["REQUIRED"]);
}

#[test]
fn doubtful_fields_are_all_named() {
    let parsed = read(&[
        ("企业名称", "=cmd|'/c calc'!A0"),
        ("统一社会信用代码", "9151082"),
        ("注册日期", "2021-02-30"),
        ("注册资金", "约伍拾万左右"),
    ]);
    assert_eq!(
        rules(&parsed),
        ["FORMULA_LIKE", "USCC_SHAPE", "AMOUNT_UNREADABLE", "DATE_INVALID", "REGION_UNKNOWN", "IDENTIFIED_BY_NAME"]
    );
    assert!(parsed.value.is_some());
}

#[test]
fn placeholders_identify_nobody() {
    for code in ["000000000000000000", "111111111111111111", "XX0000000000000000", "9999", "待办", "9151082*********8"]
    {
        let parsed = read(&[("企业名称", "某店"), (CODE, code)]);
        let row = parsed.value.unwrap_or_else(|| unreachable!("{code}"));
        assert_eq!((row.uscc, row.identity_key.as_str()), (None, "name:1:某店"), "{code}");
    }
}

#[test]
fn an_old_number_is_kept_as_one() {
    let parsed = read(&[("企业名称", "某店"), (CODE, "510821600012345")]);
    let row = parsed.value.unwrap_or_else(|| unreachable!());
    assert_eq!((row.uscc, row.registration_no.as_deref()), (None, Some("510821600012345")));
    let both = read(&[("企业名称", "某店"), (CODE, "91510821MA6000016U"), ("注册号", "510821600012345")]).value;
    let both = both.unwrap_or_else(|| unreachable!());
    assert_eq!((both.identity_key.as_str(), both.registration_no.is_some()), ("uscc:91510821MA6000016U", true));
}

#[test]
fn digits_that_a_spreadsheet_lost_are_not_guessed() {
    let parsed = read(&[("企业名称", "某店"), (CODE, "915108212059012000")]);
    assert_eq!((parsed.value.is_none(), rules(&parsed).contains(&"DIGITS_LOST")), (true, true));
}

#[test]
fn the_status_is_read() {
    for (text, status) in [
        ("存续（在营、开业、在册）", Some(RegistrationStatus::Active)),
        ("在业", Some(RegistrationStatus::Active)),
        ("注销", Some(RegistrationStatus::Cancelled)),
        ("已注销", Some(RegistrationStatus::Cancelled)),
        ("吊销，未注销", Some(RegistrationStatus::Revoked)),
        ("吊销,已注销", Some(RegistrationStatus::Cancelled)),
        ("迁出", Some(RegistrationStatus::MovedOut)),
        ("奇怪", None),
    ] {
        let parsed = read(&[("企业名称", "某店"), (CODE, "91510821MA6000016U"), ("登记状态", text)]);
        assert_eq!(parsed.value.and_then(|row| row.registration_status), status, "{text}");
    }
}

#[test]
fn a_place_is_read_or_doubted() {
    let of = |address: &str| {
        read(&[("企业名称", "某店"), (CODE, "91510821MA6000016U"), ("住所", "x"), ("注册地址", address)])
    };
    let here = of("旺苍县东河镇1号");
    assert_eq!(rules(&here), [""; 0]);
    assert_eq!(here.value.and_then(|row| row.place?.township_code).as_deref(), Some("510821100"));
    assert_eq!(rules(&of("旺苍县正源乡苏家沟")), ["TOWNSHIP_UNKNOWN"]);
    assert_eq!(rules(&of("剑阁县1号")), ["REGION_DISAGREES"]);
    assert_eq!(rules(&of("")), [""; 0], "what the file does not say is not doubted");
}
