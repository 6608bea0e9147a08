//! Reading single fields: blanks, days, amounts and codes as they come.

use super::dates::{self, Day};
use super::words::{is_cell_error, is_certificate_no, is_none, is_scientific, is_to_come, separated};
use crate::intake::imports::{Dimension, Finding, Severity};
use crate::kernel::characters::{clean, code_form, dereferenced, half_width, has_visible};
use crate::kernel::text::{Text, listed, text};
use chrono::NaiveDate;

/// A cell as its file holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    pub text: String,
    /// A number of more than fifteen digits: spreadsheets keep no more, so what was meant is not in the file.
    pub digits_lost: bool,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), digits_lost: false }
    }
}

/// A row by the headings of its data set: `None` where the file has no such column.
pub trait Cells {
    fn cell(&self, field: &str) -> Option<Cell>;

    /// Whether the file has the column at all: what it does not have, it does not say.
    fn has(&self, field: &str) -> bool {
        self.cell(field).is_some()
    }
}

/// One row, collecting findings as its fields are read.
pub struct Row<'a> {
    pub cells: &'a dyn Cells,
    pub findings: Vec<Finding>,
}

impl<'a> Row<'a> {
    pub fn new(cells: &'a dyn Cells) -> Self {
        Self { cells, findings: Vec::new() }
    }

    /// The text of a field; words for “none” and blanks are absent; longer than `max` characters is an error.
    pub fn text(&mut self, field: &'static str, max: usize) -> Option<String> {
        let text = self.shown(field)?;
        if is_none(&text) {
            return None;
        }
        let length = text.chars().count();
        if length > max {
            self.findings.push(Finding::too_long(field, length, max, &text));
            return None;
        }

        if text.starts_with(['=', '+', '-', '@']) {
            let message =
                text!("以公式符号开头，已按文本保存。", "It starts like a formula; it is kept as plain text.");
            self.findings.push(Finding::warning(field, "FORMULA_LIKE", &text, message));
        }

        Some(text)
    }

    /// What a cell shows to a person; `None` where that is nothing, or where it is not what was meant.
    pub fn shown(&mut self, field: &'static str) -> Option<String> {
        let cell = self.cells.cell(field)?;
        if cell.digits_lost {
            self.findings.push(digits_lost(field, &cell.text));
            return None;
        }
        let mut shown = clean(&cell.text);
        if let Some(repaired) = dereferenced(&shown) {
            let message =
                text!("含有字符编号，已还原为“{repaired}”。", "Character references were read as {repaired}.");
            self.findings.push(Finding::warning(field, "CHARACTER_REFERENCE", &shown, message));
            shown = clean(&repaired);
        }
        if is_cell_error(&shown) {
            let message = text!("单元格公式出错，未采用。", "The cell's formula failed; it was not taken.");
            self.findings.push(Finding::warning(field, "CELL_ERROR", &shown, message));
            return None;
        }

        has_visible(&shown).then_some(shown)
    }

    pub fn required(&mut self, field: &'static str, max: usize) -> Option<String> {
        let value = self.text(field, max);
        self.demand(field, value)
    }

    /// An error, unless there is a value or an error that says why there is none.
    pub fn demand<T>(&mut self, field: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.is_refused(field) {
            // What was said of it is why it cannot be taken.
            match self.findings.iter_mut().rfind(|finding| finding.field == field) {
                Some(finding) => finding.refuse(),
                None => self.findings.push(Finding::required(field)),
            }
        }
        value
    }

    fn is_refused(&self, field: &str) -> bool {
        self.findings.iter().any(|finding| finding.field == field && finding.is_error())
    }

    /// A code: half-width, upper case, nothing invisible; words that say that it is still to come are none.
    pub fn code(&mut self, field: &'static str, max: usize) -> Option<String> {
        let before = self.findings.len();
        let text = self.text(field, max);
        // Text is not cut, and its row is refused; a code that is too long is none.
        for finding in self.findings[before..].iter_mut().filter(|finding| finding.rule == "TOO_LONG") {
            let message = text!(
                "超过 {max} 个字符，不是{field}，未采用。",
                "More than {max} characters are no {field}; it was not taken."
            );
            (finding.severity, finding.message) = (Severity::Warning, message);
        }
        let code = code_form(&text?);
        if self.findings[before..].iter().any(|finding| finding.rule == "FORMULA_LIKE") {
            // A sign in front of a code is told of once, by whoever checks the code's form.
            self.findings.truncate(before);
        }
        if is_to_come(&code) || !code.chars().any(char::is_alphanumeric) {
            return None;
        }
        if is_scientific(&code) {
            self.findings.push(digits_lost(field, &code));
            return None;
        }
        Some(code)
    }

    /// A code without which the row is nothing.
    pub fn required_code(&mut self, field: &'static str, max: usize) -> Option<String> {
        let code = self.code(field, max);
        self.demand(field, code)
    }

    /// A code that is personal data: its value never goes into a finding.
    pub fn secret_code(&mut self, field: &'static str, max: usize) -> Option<String> {
        let before = self.findings.len();
        let code = self.code(field, max);
        for finding in &mut self.findings[before..] {
            finding.value = None;
        }
        code
    }

    /// A day; another text is a warning that says why, and absent.
    pub fn date(&mut self, field: &'static str) -> Option<NaiveDate> {
        let text = self.text(field, 40)?;
        let refused = |why: Text| Finding::warning(field, "DATE_INVALID", &text, why);
        let finding = match dates::read(&text) {
            Day::On(day) => return Some(day),
            Day::Serial(day) => {
                let message = text!(
                    "这是表格软件的日期序号，已读作 {day}，请核对。",
                    "This is a spreadsheet's serial number of a day; it was read as {day}, please check it."
                );
                self.findings.push(Finding::warning(field, "DATE_SERIAL", &text, message));
                return Some(day);
            }
            Day::NoSuchDay => refused(text!("没有这一天，未采用。", "There is no such day; it was not taken.")),
            Day::OutOfRange => refused(text!(
                "年份不在 1900 至 2100 之间，未采用。",
                "Its year is not between 1900 and 2100; it was not taken."
            )),
            Day::NotADay => refused(text!(
                "缺少日或月，未采用；请写明年、月、日。",
                "The day or month is missing; it was not taken. Give year, month and day."
            )),
            Day::Words => refused(text!(
                "不能识别为日期，未采用；请写作 2021-09-03。",
                "This is not read as a day; it was not taken. Write it as 2021-09-03."
            )),
        };
        self.findings.push(finding);
        None
    }

    /// A date that may not lie after `today`.
    pub fn past_date(&mut self, field: &'static str, today: NaiveDate) -> Option<NaiveDate> {
        let date = self.date(field)?;
        if date > today {
            let message = text!("日期晚于今天，请核对。", "The date lies in the future; please check it.");
            self.findings.push(Finding::warning(field, "DATE_IN_FUTURE", &date.to_string(), message));
        }
        Some(date)
    }

    /// One of a national code table's codes; labels are taken too.
    pub fn choice(&mut self, field: &'static str, choices: &[(&str, &str)]) -> Option<String> {
        let text = half_width(&self.shown(field)?);
        let hit = choices.iter().find(|(code, label)| *code == text || *label == text);
        if hit.is_none() && !is_none(&text) {
            let mut known: Vec<String> = choices.iter().map(|(code, label)| format!("{code}={label}")).collect();
            known.dedup();
            let known = listed(known);
            let message =
                text!("不在值域范围内（{zh}）。", "Not one of the known values ({en}).", zh = known.zh, en = known.en);
            self.findings.push(Finding::warning(field, "NOT_IN_CODE_TABLE", &text, message));
        }
        hit.map(|(code, _)| (*code).to_owned())
    }

    /// Parts joined by commas, semicolons, 顿号 or strokes.
    /// A part longer than 64 characters is left out with a finding.
    pub fn list(&mut self, field: &'static str, max: usize) -> Vec<String> {
        let text = self.text(field, max).unwrap_or_default();
        let mut parts = separated(&text);
        if let Some(long) = parts.iter().find(|part| part.chars().count() > 64) {
            let message = text!(
                "其中一项超过 64 个字符，未采用。",
                "One of its parts has more than 64 characters; it was left out."
            );
            self.findings.push(Finding::warning(field, "PART_TOO_LONG", long, message));
        }

        parts.retain(|part| part.chars().count() <= 64);
        parts.sort();
        parts.dedup();

        parts
    }

    /// 执法证号: letters of ASCII and digits, after the province's sign where there is one; a mask or a word is no number.
    pub fn certificate_no(&mut self, field: &'static str) -> Option<String> {
        let number = self.required_code(field, 100)?;
        if is_certificate_no(&number) {
            return Some(number);
        }
        let message = text!(
            "证号应由数字、字母组成（可以省份简称开头），不能是文字、掩码或同一字符的重复。",
            "A certificate number is made of digits and letters (after the province's sign); words, masks and one sign repeated are none."
        );
        self.findings.push(Finding::error(field, "CERTIFICATE_NO_INVALID", &number, message));
        None
    }
}

fn digits_lost(field: &'static str, value: &str) -> Finding {
    let message = text!(
        "此格存为数字，表格软件只保留前 15 位，其余已丢失；请把该列设为“文本”格式，重新填写后再报。",
        "The cell is a number, of which spreadsheets keep fifteen digits; the rest is lost. Store the column as text, enter it again and resend."
    );
    Finding::error(field, "DIGITS_LOST", value, message).of(Dimension::Accuracy)
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
