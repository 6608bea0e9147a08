//! A row of a spot-check plan as counties publish it (抽查计划表): a line of the plan of a body and a year.

use super::reading::fields::{Cells, Row};
use super::spot_check_items::{KINDS, check_ratio_text, kind_of};
use super::{Finding, Parsed, Record};
use crate::kernel::characters::name_form;
use crate::kernel::text::text;
use crate::spot_checks::plans::ItemKind;
use crate::spot_checks::spot_check_items::parse_ratio;
use chrono::NaiveDate;

/// What a row says of a line; what it leaves out follows from the item it names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlanRow {
    pub year: i32,
    /// 检查主体, as the table names it; the sender's own department where it does not.
    pub body: Option<String>,
    pub department_code: Option<String>,
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
        let whose = [self.department_code.as_deref(), self.body.as_deref()].map(|text| name_form(text.unwrap_or("")));
        format!("{}\u{1f}{}\u{1f}{}", self.year, whose.join("\u{1f}"), self.identity())
    }
}

pub fn parse(cells: &dyn Cells, today: NaiveDate) -> Parsed<PlanRow> {
    let mut row = Row::new(cells);
    let item_name = row.required("抽查事项", 500);
    let category = row.text("任务名称", 200);
    let targets = row.text("检查对象", 500);
    let body = row.text("检查主体", 200);
    let department_code = row.code("部门编码", 16);
    let executing_unit = row.text("执行股室", 200);
    let kind = row.choice("事项类别", &KINDS);
    let ratio_text = ratio(&mut row);
    let period_text = row.required("检查时间", 100);
    let year = year(&mut row, [period_text.as_deref(), category.as_deref()], today);

    let value = match (item_name, ratio_text, period_text) {
        (Some(item_name), Some(ratio_text), Some(period_text)) => Some(PlanRow {
            year,
            body,
            department_code,
            category: category.unwrap_or_else(|| item_name.chars().take(200).collect()),
            item_name,
            targets,
            item_kind: kind.map(|code| kind_of(&code)),
            executing_unit,
            ratio_text,
            period_text,
        }),
        _ => None,
    };

    Parsed::of(value, row.findings)
}

/// A share, a number, or both: tables write them in one column or in two.
fn ratio(row: &mut Row) -> Option<String> {
    let share = row.text("抽查比例", 100);
    let count = row.text("抽查数量", 60).map(|count| {
        let bare = count.chars().all(|c| c.is_ascii_digit());
        if bare { format!("{count}户") } else { count }
    });
    check_ratio_text(row, share.as_deref());

    let said = match (share, count) {
        // What says the number already needs no second one.
        (Some(share), Some(count)) if parse_ratio(&share).count.is_none() => Some(format!("{share}({count})")),
        (share, count) => share.or(count),
    };
    row.demand("抽查比例", said)
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
mod tests {
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
}
