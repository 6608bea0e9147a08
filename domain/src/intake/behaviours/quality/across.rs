//! What is looked at across columns, and against what the platform knows.

use super::fields::day;
use super::{Doubts, Facts, replacing};
use crate::intake::behaviours::BehaviourSet;
use crate::intake::behaviours::columns::{Row, parts};
use crate::kernel::codes::citizen_id::CitizenId;
use crate::kernel::codes::uscc::Uscc;
use chrono::NaiveDate;

/// On this day the law with more kinds of penalties came into force (《中华人民共和国行政处罚法》2021 年修订).
const NEW_PENALTIES: Option<NaiveDate> = NaiveDate::from_ymd_opt(2021, 7, 15);

pub(super) fn check(doubts: &mut Doubts, row: &Row, facts: &Facts) {
    // What is wrong in itself is compared with nothing.
    let sound: Row =
        row.iter().filter(|(name, _)| !doubts.has(name)).map(|(name, text)| (name.clone(), text.clone())).collect();
    let get = |name: &str| sound.get(name).map(String::as_str);
    item(doubts, get(&doubts.table.item), facts);
    own_code(doubts, get(&doubts.table.code), facts);
    subject(doubts, &get, facts);
    days(doubts, &get);
    if let Some(area) = get("area_number").filter(|area| *area != facts.area) {
        doubts.add("AREA_FOREIGN", "area_number", (area, &facts.area), None);
    }

    match doubts.kind {
        BehaviourSet::Check => of_check(doubts, &get, facts),
        BehaviourSet::Penalty => of_penalty(doubts, &get),
        BehaviourSet::Coercion => of_coercion(doubts, &get),
        BehaviourSet::Other => {}
    }
    if let Some(field) = &doubts.table.check
        && let Some(code) = get(field)
        && !facts.checks.contains(code)
    {
        doubts.add("CHECK_UNKNOWN", field, (code, ""), None);
    }
}

/// 14 digits of an item that the county has claimed; 无 says that there is none, and is counted nowhere.
fn item(doubts: &mut Doubts, code: Option<&str>, facts: &Facts) {
    let field = doubts.table.item.as_str();
    let Some(code) = code.filter(|code| *code != "无") else { return };
    if code.len() != 14 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        doubts.add("ITEM_CODE_INVALID", field, (code, ""), None);
    } else if !facts.items.contains(code) {
        doubts.add("ITEM_UNKNOWN", field, (code, ""), None);
    }
}

fn own_code(doubts: &mut Doubts, code: Option<&str>, facts: &Facts) {
    if let (Some(code), true) = (code, facts.code_taken) {
        let field = doubts.table.code.as_str();
        doubts.add("CODE_TAKEN", field, (code, ""), None);
    }
}

/// Whom it is about: document, number and nature fit each other.
fn subject<'a>(doubts: &mut Doubts, get: &impl Fn(&str) -> Option<&'a str>, facts: &Facts) {
    let (nature, kind) = (get("administrative_cp_na"), get("administrative_cp_ce_type"));
    let fits = match (nature, kind) {
        (Some("01"), Some(kind)) => !matches!(kind, "001" | "099"),
        (Some("02"), Some(kind)) => kind == "001",
        (Some("03"), Some(kind)) => matches!(kind, "001" | "099"),
        _ => true,
    };
    if !fits {
        doubts.add("CERT_TYPE_MISMATCH", "administrative_cp_ce_type", ("", ""), None);
    }

    let field = "administrative_cp_ui_code";
    let Some(number) = get(field) else { return };
    match kind {
        Some("001") if Uscc::parse(number).is_err() => {
            let upper = number.to_uppercase();
            let column = doubts.table.column(field).filter(|_| upper != number && Uscc::parse(&upper).is_ok());
            let fix = column.map(|column| replacing(column, &upper));
            doubts.add("USCC_INVALID", field, ("", ""), fix);
        }
        // Nothing of a person's number goes into a message.
        Some("111" | "112") if CitizenId::parse(number).is_err() => {
            doubts.add("CITIZEN_ID_INVALID", field, ("", ""), None);
        }
        Some("001") if !facts.has_object => doubts.add("OBJECT_UNKNOWN", field, (number, ""), None),
        _ => {}
    }
}

/// Reported after it happened, closed after it was filed, ended after it began.
fn days<'a>(doubts: &mut Doubts, get: &impl Fn(&str) -> Option<&'a str>) {
    let on = |name: &str| get(name).and_then(day);
    let happened = doubts.table.happened.clone();
    let (filed, closed) = (on("filing_date"), on("cases_closed_execution"));

    if let (Some(from), Some(to)) = (filed, closed)
        && to < from
    {
        doubts.add("CLOSED_EARLY", "cases_closed_execution", ("", &from.to_string()), None);
    }
    if let (Some(from), Some(to)) = (on(&happened), on("end_date"))
        && to < from
    {
        doubts.add("ENDED_EARLY", "end_date", ("", &from.to_string()), None);
    }
    let before = [on(&happened), closed].into_iter().flatten().max();
    if let (Some(from), Some(to)) = (before, on("submitted_date"))
        && to < from
    {
        doubts.add("SUBMITTED_EARLY", "submitted_date", ("", &from.to_string()), None);
    }
}

/// Two officers at least, each with a certificate on the day; the lists are of bodies.
fn of_check<'a>(doubts: &mut Doubts, get: &impl Fn(&str) -> Option<&'a str>, facts: &Facts) {
    for code in parts(get("supervise_item_check_icode").unwrap_or_default()) {
        let body = code.get(..18).is_some_and(|body| Uscc::parse(body).is_ok());
        let kind = code.get(18..19).is_some_and(|sign| matches!(sign, "1" | "2" | "3" | "4" | "5"));
        if !(body && kind) {
            doubts.add("LIST_CODE_INVALID", "supervise_item_check_icode", (code, ""), None);
            break;
        }
    }
    let officers = parts(get("check_personnel").unwrap_or_default());
    if officers.len() == 1 {
        doubts.add("TWO_OFFICERS", "check_personnel", ("", ""), None);
    }

    let numbers = parts(get("check_personnel_code").unwrap_or_default());
    if !numbers.is_empty() && numbers.len() != officers.len() {
        doubts.add("OFFICERS_NOT_PAIRED", "check_personnel_code", ("", ""), None);
    }
    if let Some(without) = numbers.iter().find(|number| !facts.certificates.contains(**number)) {
        doubts.add("OFFICER_NOT_CERTIFIED", "check_personnel_code", (without, ""), None);
    }
}

fn of_penalty<'a>(doubts: &mut Doubts, get: &impl Fn(&str) -> Option<&'a str>) {
    let yes = |name: &str| get(name) == Some("是");
    let with = |doubts: &mut Doubts, rule: &str, names: [&str; 2]| {
        for name in names {
            if get(name).is_none() && !doubts.has(name) {
                doubts.add(rule, name, ("", ""), None);
            }
        }
    };
    if yes("legal_review") {
        with(doubts, "REVIEW_INCOMPLETE", ["legal_review_date", "legal_review_opinions"]);
    }
    if yes("discuss_collectively") {
        with(doubts, "DISCUSSION_INCOMPLETE", ["group_discussion_date", "group_discussion_conclusion"]);
    }
    if get("case_source") == Some("01") && get("check_action_code").is_none() && !doubts.has("check_action_code") {
        doubts.add("CHECK_MISSING", "check_action_code", ("", ""), None);
    }

    let kinds = parts(get("punish_type").unwrap_or_default());
    let fine = get("fine").and_then(|fine| fine.parse::<f64>().ok()).unwrap_or_default();
    if kinds.contains(&"02") && fine <= 0.0 && !doubts.has("fine") {
        doubts.add("FINE_MISSING", "fine", ("", ""), None);
    }
    // The old 05 was two things: what was done says which.
    let old = get("set_date").and_then(day) < NEW_PENALTIES && get("set_date").and_then(day).is_some();
    let result = get("penalty_result").unwrap_or_default();
    if old && kinds.contains(&"05") && result.contains("暂扣") && !result.contains("吊销") {
        let mapped: Vec<_> = kinds.iter().map(|kind| if *kind == "05" { "11" } else { kind }).collect();
        let fix = doubts.table.column("punish_type").map(|column| replacing(column, &mapped.join(",")));
        doubts.add("OLD_PENALTY_TYPE", "punish_type", ("", ""), fix);
    }
}

fn of_coercion<'a>(doubts: &mut Doubts, get: &impl Fn(&str) -> Option<&'a str>) {
    let detail = match get("force_type") {
        Some("01") => "coercive_measure_type",
        Some("02") => "force_execution_type",
        _ => return,
    };
    if get(detail).is_none() && !doubts.has(detail) {
        doubts.add("FORCE_TYPE_DETAIL", detail, ("", ""), None);
    }
}
