//! A row of a spot-check plan as counties publish it (抽查计划表): a line of the plan of a body and a year.

use super::reading::fields::{Cells, Row};
use super::spot_check_items::{KINDS, check_ratio_text, kind_of};
use super::{Finding, Parsed, Record};
use crate::kernel::characters::{clean, name_form};
use crate::kernel::text::text;
use crate::spot_checks::plans::ItemKind;
use crate::spot_checks::plans::lines::{
    ClassRate, check_class_counts, exact_count, parse_class_rates, parse_period, parse_spot_type,
};
use crate::spot_checks::spot_check_items::parse_ratio;
use crate::spot_checks::tasks::SpotType;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What a row says of a line; what it leaves out follows from the item it names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlanRow {
    pub year: i32,
    /// 检查主体, as the table names it; the sender's own department where it does not.
    pub body: Option<String>,
    pub department_code: Option<String>,
    /// 编号, as printed.
    pub number: Option<String>,
    /// Whether its table is one of several departments together: then the plan is the sender's, and the line the lead's.
    pub joint: bool,
    /// 发起部门
    pub lead: Option<String>,
    pub cooperating: Vec<String>,
    pub spot_type: Option<SpotType>,
    pub class_rates: Vec<ClassRate>,
    pub mode_text: Option<String>,
    pub cancelled_reason: Option<String>,
    /// What some columns print, by their names: what is read from them may be said in other words.
    pub printed: BTreeMap<String, String>,
    /// 任务名称 or 抽查类别.
    pub category: String,
    pub item_name: String,
    pub targets: Option<String>,
    pub item_kind: Option<ItemKind>,
    pub executing_unit: Option<String>,
    /// Share and number together: `10%(20户)`.
    pub ratio_text: String,
    pub period_text: String,
}

impl Record for PlanRow {
    const KEY_FIELD: &'static str = "抽查事项";

    fn key(&self) -> String {
        let whose = [self.department_code.as_deref(), self.body.as_deref(), self.lead.as_deref()];
        let whose = whose.map(|text| name_form(text.unwrap_or("")));
        format!("{}\u{1f}{}\u{1f}{}", self.year, whose.join("\u{1f}"), self.identity())
    }
}

pub fn parse(cells: &dyn Cells, today: NaiveDate) -> Parsed<PlanRow> {
    let mut row = Row::new(cells);
    let item_name = row.required("抽查事项", 500);
    let category = row.text("任务名称", 200);
    let ratio_text = ratio(&mut row);
    let period_text = row.required("检查时间", 100);
    let year = year(&mut row, [period_text.as_deref(), category.as_deref()], today);
    let class_rates = class_rates(&mut row, ratio_text.as_deref());
    check_period(&mut row, period_text.as_deref(), year);
    let (body, lead, joint) = whose(&mut row);
    let kind = row.choice("事项类别", &KINDS);

    let said = PlanRow {
        year,
        body,
        joint,
        lead,
        printed: printed(cells),
        department_code: row.code("部门编码", 16),
        number: row.text("编号", 40),
        cooperating: names(&row.text("参与部门", 500).unwrap_or_default()),
        spot_type: spot_type(&mut row),
        class_rates: class_rates.unwrap_or_default(),
        mode_text: row.text("检查方式", 200),
        cancelled_reason: row.text("取消理由", 500),
        category: category.or_else(|| Some(item_name.as_ref()?.chars().take(200).collect())).unwrap_or_default(),
        targets: row.text("检查对象", 500),
        item_kind: kind.map(|code| kind_of(&code)),
        executing_unit: row.text("执行股室", 200),
        item_name: item_name.clone().unwrap_or_default(),
        ratio_text: ratio_text.clone().unwrap_or_default(),
        period_text: period_text.clone().unwrap_or_default(),
    };
    let whole = item_name.is_some() && ratio_text.is_some() && period_text.is_some();

    Parsed::of(whole.then_some(said), row.findings)
}

/// Whose plan it is, who leads, and whether the table is one of several departments together. Where no cooperating departments
/// are told, whoever leads is whose plan it is.
fn whose(row: &mut Row) -> (Option<String>, Option<String>, bool) {
    let joint = row.cells.has("参与部门") && !row.cells.has("检查主体");
    let (body, lead) = (row.text("检查主体", 200), row.text("发起部门", 200));
    match body {
        None if !joint => (lead, None, joint),
        body => (body, lead, joint),
    }
}

/// 应急管理局、市场监督管理局
pub fn names(text: &str) -> Vec<String> {
    let parts = text.split(['、', ',', '，', ';', '；', '\n']).map(str::trim).filter(|name| !name.is_empty());
    parts.map(ToOwned::to_owned).collect()
}

/// Columns whose words are kept beside what is read from them.
const PRINTED: [&str; 7] = ["检查主体", "抽查类型", "参与部门", "抽查比例", "抽查数量", "信用分类抽查比例", "事项类别"];

fn printed(cells: &dyn Cells) -> BTreeMap<String, String> {
    let texts = PRINTED.iter().filter_map(|column| Some(((*column).to_owned(), clean(&cells.cell(column)?.text))));
    texts.filter(|(_, text)| !text.is_empty() && text.chars().count() <= 500).collect()
}

fn spot_type(row: &mut Row) -> Option<SpotType> {
    let text = row.text("抽查类型", 100)?;
    let read = parse_spot_type(&text);
    if read.is_none() {
        let message = text!("不能识别为定向或不定向，未采用。", "This is neither 定向 nor 不定向; it was not taken.");
        row.findings.push(Finding::warning("抽查类型", "NOT_IN_CODE_TABLE", &text, message));
    }
    read
}

/// What each credit class is drawn by; where the line gives a number, the classes add up to it.
fn class_rates(row: &mut Row, ratio: Option<&str>) -> Option<Vec<ClassRate>> {
    const FIELD: &str = "信用分类抽查比例";
    let text = row.text(FIELD, 500)?;

    let Some(rates) = parse_class_rates(&text) else {
        let message = text!(
            "未能读出各类别的比例；请写作“B 2%(1户)、C 30%(2户)”。",
            "The classes' rates were not understood; write them as “B 2%(1户)、C 30%(2户)”."
        );
        row.findings.push(Finding::warning(FIELD, "CLASS_RATES_IN_WORDS", &text, message));
        return None;
    };
    let count = ratio.and_then(exact_count);
    if let Err(refusal) = check_class_counts(count, &rates) {
        row.findings.push(Finding::error(FIELD, "CLASS_COUNTS_DIFFER", &text, refusal.detail));
        return None;
    }
    Some(rates)
}

fn check_period(row: &mut Row, period: Option<&str>, year: i32) {
    if let Some(text) = period.filter(|text| parse_period(text, year).is_none()) {
        let message = text!(
            "未能读出起止日期，保留原文；到期提醒按计划的完成时限。",
            "First and last day were not understood; the text is kept, and reminders go by the plan's own date."
        );
        row.findings.push(Finding::warning("检查时间", "PERIOD_IN_WORDS", text, message));
    }
}

/// A share, a number, or both: tables write them in one column or in two.
fn ratio(row: &mut Row) -> Option<String> {
    let share = row.text("抽查比例", 100);
    let count = row.text("抽查数量", 60);
    check_ratio_text(row, share.as_deref());
    let both = [&share, &count].map(|text| parse_ratio(&counted(text.as_deref().unwrap_or_default())).count);
    if let ([Some(first), Some(second)], Some(text)) = (both, count.as_deref().filter(|_| both[0] != both[1])) {
        let message = text!(
            "与抽查比例中的 {first} 户不符，按 {first} 户收；请核对（此处为 {second} 户）。",
            "The ratio says {first} objects and this column {second}; {first} was taken, please check it."
        );
        row.findings.push(Finding::warning("抽查数量", "COUNT_CONTRADICTS", text, message));
    }

    row.demand("抽查比例", ratio_text(share.as_deref(), count.as_deref()))
}

/// Share and number as one text; what says the number already needs no second one.
pub fn ratio_text(share: Option<&str>, count: Option<&str>) -> Option<String> {
    match (share, count.map(counted)) {
        (Some(share), Some(count)) if parse_ratio(share).count.is_none() => Some(format!("{share}({count})")),
        (Some(share), _) => Some(share.to_owned()),
        (None, count) => count,
    }
}

/// A bare number counts objects.
fn counted(text: &str) -> String {
    let is_bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if is_bare { format!("{text}户") } else { text.to_owned() }
}

/// 年度: its own column, else the first year that the period or the task's name tells, else this one.
fn year(row: &mut Row, told: [Option<&str>; 2], today: NaiveDate) -> i32 {
    use chrono::Datelike;

    let own = row.text("年度", 20);
    let found = [own.as_deref()].into_iter().chain(told).flatten().find_map(first_year);
    if let Some(text) = own.as_deref().filter(|text| first_year(text).is_none()) {
        let message = text!("不能识别为年度，未采用。", "This is not read as a year; it was not taken.");
        row.findings.push(Finding::warning("年度", "YEAR_INVALID", text, message));
    }
    found.unwrap_or_else(|| {
        let year = today.year();
        let message = text!(
            "表中没有年度，按 {year} 年收；若不是，请加“年度”一列重报。",
            "The table tells no year; {year} was taken. If it is another, add a column 年度 and send it again."
        );
        row.findings.push(Finding::warning("年度", "YEAR_ASSUMED", "", message));
        year
    })
}

/// `2026年1月—11月`, `20260301` and `2026` tell 2026; years from 2015, when the double random check began, to 2100.
fn first_year(text: &str) -> Option<i32> {
    let text = name_form(text);
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| matches!(run.len(), 4 | 6 | 8));
    runs.filter_map(|run| run[..4].parse().ok()).find(|year| (2015..=2100).contains(year))
}

impl PlanRow {
    /// What identifies a line within its plan: its task, its item, whom it is about, who carries it out, and when.
    pub fn identity(&self) -> String {
        let unit = self.executing_unit.as_deref();
        identity(&self.category, &self.item_name, self.targets.as_deref(), unit, &self.period_text)
    }
}

/// The wording by which a line is known; what the table leaves out tells nothing.
pub fn identity(category: &str, item: &str, targets: Option<&str>, unit: Option<&str>, period: &str) -> String {
    [category, item, targets.unwrap_or(""), unit.unwrap_or(""), period].map(name_form).join("\u{1f}")
}

/// A body's name without what tables put around it: `县林业局（县级）` is 林业局 of this county.
pub fn body_form(text: &str) -> String {
    let text = name_form(text);
    let bare = text.strip_suffix(')').and_then(|text| text.rsplit_once('(')).map_or(text.as_str(), |(bare, _)| bare);
    let level = ["我县", "本县", "全县", "县级", "县"].iter().find_map(|level| bare.strip_prefix(level));
    level.filter(|rest| !rest.is_empty()).unwrap_or(bare).to_owned()
}

#[cfg(test)]
#[path = "plans_tests.rs"]
mod tests;
