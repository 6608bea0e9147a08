//! What holds for every data set.

use super::reading::fields::{Cell, Cells};
use super::{Dataset, Finding, Parsed};
use crate::intake::behaviours::BehaviourSet;
use crate::kernel::codes::region::Gazetteer;
use chrono::NaiveDate;
use proptest::prelude::*;

/// A row of a file, for tests.
pub struct Sheet(pub Vec<(String, Cell)>);

impl Sheet {
    pub fn of(cells: &[(&str, &str)]) -> Self {
        Self(cells.iter().map(|(heading, text)| ((*heading).to_owned(), Cell::from(*text))).collect())
    }
}

impl Cells for Sheet {
    fn cell(&self, field: &str) -> Option<Cell> {
        self.0.iter().find(|(heading, _)| heading == field).map(|(_, cell)| cell.clone())
    }
}

pub fn rules(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule).collect()
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default()
}

/// Whether the row was taken, and whether an error says why not.
fn read(dataset: Dataset, sheet: &Sheet) -> (bool, bool) {
    fn told<T>(parsed: &Parsed<T>) -> (bool, bool) {
        (parsed.value.is_some(), parsed.findings.iter().any(Finding::is_error))
    }
    match dataset {
        Dataset::Objects => told(&super::objects::parse(sheet, today(), &Gazetteer::new("510821", [], []))),
        Dataset::Personnel => told(&super::personnel::parse(sheet)),
        Dataset::SpotCheckItems => told(&super::spot_check_items::parse(sheet)),
        Dataset::CreditClassifications => told(&super::credit_classifications::parse(sheet, today())),
        Dataset::Catalogue => told(&super::catalogue::parse(sheet)),
        Dataset::OwnSystemItems => told(&super::own_system_items::parse(sheet)),
        Dataset::Plans => told(&super::plans::parse(sheet, today())),
        Dataset::IssuedTasks => told(&super::issued_tasks::parse(sheet, today())),
        Dataset::Complaints => told(&super::complaints::parse(sheet, today())),
        Dataset::JusticeRoll => told(&super::justice_roll::parse(sheet)),
        Dataset::Checks | Dataset::Penalties | Dataset::Coercions | Dataset::OtherBehaviours => {
            let set = dataset.behaviours().unwrap_or(BehaviourSet::Check);
            told(&super::behaviours::parse(set, sheet))
        }
    }
}

const CELLS: [&str; 26] = [
    "",
    "无",
    "—",
    "*",
    "***",
    "000000000000000000",
    "91510821MAR0501184",
    "51082103",
    "2028-12-31",
    "长期",
    "44442",
    "检查",
    "行政检查",
    "1",
    "4",
    "县级",
    "9.15E+17",
    "5%",
    "≥5%",
    "A级",
    "202611",
    "209912",
    "=1+1",
    "#REF!",
    "张三",
    "\u{200b}",
];

proptest! {
    /// Whatever stands in a file: a refused row has an error, and a row with an error is refused.
    #[test]
    fn a_row_is_refused_if_and_only_if_an_error_says_why(
        which in 0..Dataset::ALL.len(),
        cells in proptest::collection::vec((0usize..CELLS.len(), any::<bool>(), any::<bool>()), 20),
    ) {
        let dataset = Dataset::ALL[which];
        let columns = dataset.columns().iter().zip(&cells).filter(|(column, (_, there, _))| column.required || *there);
        let sheet = Sheet(columns.map(|(column, (at, _, lost))| {
            let lost = *lost && CELLS[*at].bytes().all(|byte| byte.is_ascii_digit()) && CELLS[*at].len() > 15;
            (column.name.to_owned(), Cell { text: CELLS[*at].to_owned(), digits_lost: lost })
        }).collect());
        let (taken, error) = read(dataset, &sheet);
        prop_assert_eq!(taken, !error);
    }

    /// No number of more than fifteen digits becomes anybody's code, whatever the column.
    #[test]
    fn lost_digits_identify_nobody(which in 0..Dataset::ALL.len(), number in 1_000_000_000_000_000u64..999_999_999_999_999_999) {
        let dataset = Dataset::ALL[which];
        let good = |name: &str| match name {
            "企业名称" | "姓名" | "系统名称" | "事项名称" | "子项名称" | "抽查事项名称" | "抽查对象" => "某",
            "部门编码" => "51082103", "有效期至" => "2028-12-31", "抽查比例" => "5%", "分类体系" => "2", "信用等级" => "A",
            "评价批次" => "202611", "下发来源" => "3", "主项编码" => "31000001", "子项编码" => "31000001000001",
            "监管部门编码" => "31", "行政类型" => "0", "监管层级" => "4", "执法证号" => "510821990001", "事项编码" => "A-1",
            _ => "",
        };
        for column in dataset.columns().iter().filter(|column| column.name.ends_with('号') || column.name.ends_with('码')) {
            let sheet = Sheet(dataset.columns().iter().map(|other| {
                let lost = other.name == column.name;
                let text = if lost { number.to_string() } else { good(other.name).to_owned() };
                (other.name.to_owned(), Cell { text, digits_lost: lost })
            }).collect());
            let (taken, error) = read(dataset, &sheet);
            prop_assert!(!taken && error, "{:?} {}", dataset, column.name);
        }
    }
}
