//! What is looked at in one column: that it is there, its form, its length, its codes.

use super::{DICTIONARIES, Doubts, MASK, replacing};
use crate::intake::behaviours::columns::{Column, Form, Row, parts, written};
use crate::intake::imports::reading::dates;
use crate::intake::imports::reading::dates::Day;
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeMap;

/// Signs of a code or a label in its place, at most.
const LONGEST_LABEL: usize = 200;

/// The columns of the table that hold something.
pub(super) fn read(doubts: &mut Doubts, content: &BTreeMap<String, Value>) -> Row {
    let mut row = Row::new();
    for (name, value) in content {
        if doubts.table.column(name).is_none() {
            doubts.add("UNKNOWN_COLUMN", "", (name, ""), None);
            continue;
        }
        match written(value) {
            Ok(Some(text)) => {
                row.insert(name.clone(), text);
            }
            Ok(None) => {}
            Err(_) => doubts.add("NOT_A_VALUE", name, ("", ""), None),
        }
    }
    row
}

pub(super) fn check(doubts: &mut Doubts, row: &Row, today: NaiveDate) {
    let table = doubts.table;
    for column in &table.columns {
        let Some(value) = row.get(&column.name) else {
            if column.required && !doubts.has(&column.name) {
                doubts.add("REQUIRED", &column.name, ("", ""), None);
            }
            continue;
        };
        if value.contains(MASK) {
            doubts.add("MASKED", &column.name, ("", ""), None);
            continue;
        }

        // Of a code its table says more than its length, as long as it may be a label of it.
        let max = if column.table.is_some() { Some(LONGEST_LABEL) } else { column.max };
        if let Some(max) = max.filter(|max| value.chars().count() > *max) {
            doubts.add("TOO_LONG", &column.name, ("", &max.to_string()), None);
            continue;
        }
        form(doubts, column, value, today);
    }
}

fn form(doubts: &mut Doubts, column: &Column, value: &str, today: NaiveDate) {
    match column.form {
        Form::Text => {}
        Form::Code => code(doubts, column, value),
        Form::List => list(doubts, column, value),
        Form::Date => date(doubts, column, value, today),
        Form::Bool if matches!(value, "是" | "否") => {}
        Form::Bool => {
            let meant = match value.to_ascii_lowercase().as_str() {
                "1" | "y" | "yes" | "true" => Some("是"),
                "0" | "2" | "n" | "no" | "false" => Some("否"),
                _ => None,
            };
            // 0 and 2 are both written for no, 1 for yes: which is meant, the source says.
            let fix = meant.map(|meant| replacing(column, meant));
            doubts.add("BOOLEAN_INVALID", &column.name, (value, ""), fix);
        }
        Form::Amount if is_amount(value) => {}
        Form::Amount => {
            let bare: String = value.chars().filter(|sign| !matches!(sign, ',' | '，' | '元' | ' ')).collect();
            let fix = is_amount(&bare).then(|| replacing(column, &bare));
            doubts.add("AMOUNT_INVALID", &column.name, (value, ""), fix);
        }
    }
}

/// Yuan, not below nothing, with two decimals at most.
pub(super) fn is_amount(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(decimals) && whole.len() <= 16 && decimals.len() <= 2
}

fn code(doubts: &mut Doubts, column: &Column, value: &str) {
    let Some(name) = &column.table else { return };
    let Some(known) = DICTIONARIES.get(name) else { return };
    if known.values.iter().any(|known| known.code == value) {
        return;
    }
    // A label for its code, or a code that lost its zero: one of them at most is meant.
    let mut meant = known.values.iter().filter(|known| known.label_zh == value || known.code == format!("0{value}"));
    let fix = meant.next().filter(|_| meant.next().is_none()).map(|known| replacing(column, &known.code));
    doubts.add("NOT_IN_CODE_TABLE", &column.name, (value, name), fix);
}

/// Each part of a list of codes is one.
fn list(doubts: &mut Doubts, column: &Column, value: &str) {
    let Some(known) = column.table.as_ref().and_then(|name| DICTIONARIES.get(name)) else { return };
    let code = |part: &str| known.values.iter().find(|known| known.code == part || known.label_zh == part);
    let wrong = parts(value).into_iter().find(|part| code(part).is_none_or(|known| known.code != *part));
    let Some(wrong) = wrong else { return };

    let meant: Option<Vec<_>> =
        parts(value).into_iter().map(|part| code(part).map(|known| known.code.as_str())).collect();
    let fix = meant.map(|meant| replacing(column, &meant.join(",")));
    doubts.add("NOT_IN_CODE_TABLE", &column.name, (wrong, &known.name), fix);
}

fn date(doubts: &mut Doubts, column: &Column, value: &str, today: NaiveDate) {
    let Some(day) = day(value) else {
        let fix = match dates::read(value) {
            Day::On(day) => Some(replacing(column, &day.to_string())),
            Day::Serial(_) | Day::NoSuchDay | Day::OutOfRange | Day::NotADay | Day::Words => None,
        };
        doubts.add("DATE_INVALID", &column.name, (value, ""), fix);
        return;
    };
    if day > today {
        doubts.add("DATE_IN_FUTURE", &column.name, (value, ""), None);
    }
}

/// A day as the exchange writes it: ten signs.
pub(super) fn day(value: &str) -> Option<NaiveDate> {
    if value.len() != 10 {
        return None;
    }
    NaiveDate::parse_from_str(value, "%Y-%m-%d").ok()
}
