//! 抽查计划表: a plan as counties publish it, row for row; what came from a file goes out under that file's headings.

use crate::service::kernel::table::Table;
use domain::intake::imports::Dataset;
use domain::intake::imports::plans::{names, ratio_text};
use domain::intake::imports::reading::headings::Headings;
use domain::intake::imports::spot_check_items::kind_in_words;
use domain::spot_checks::plans::ItemKind;
use domain::spot_checks::plans::lines::{
    TARGETS_NOT_SAID, class_rates_text, item_kind_text, parse_class_rates, parse_spot_type, spot_type_text,
};
use entity::register::departments::Model as Department;
use entity::spot_checks::plan_lines::Model as Line;
use entity::spot_checks::plans::Model;

/// The columns of the county's template, in its order; the import reads each of them.
const COLUMNS: [&str; 14] = [
    "编号",
    "任务名称",
    "抽查类型",
    "检查对象",
    "发起部门",
    "参与部门",
    "抽查比例",
    "信用分类抽查比例",
    "检查方式",
    "检查时间",
    "抽查事项",
    "事项类别",
    "执行股室",
    "取消理由",
];

/// What a line says under each heading, in the same words whatever its table printed.
pub fn cells(line: &Line) -> Vec<(&'static str, String)> {
    COLUMNS.iter().map(|heading| (*heading, cell(line, heading))).collect()
}

fn cell(line: &Line, column: &str) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    match column {
        "编号" => text(&line.number),
        "任务名称" => line.category.clone(),
        "抽查类型" => line.spot_type.map_or("", spot_type_text).to_owned(),
        "检查对象" => line.targets.clone(),
        "发起部门" | "检查主体" => text(&line.lead_name),
        "参与部门" => line.cooperating.iter().map(|part| part.name.as_str()).collect::<Vec<_>>().join("、"),
        "抽查比例" => line.ratio_text.clone(),
        "抽查数量" => line.minimum_count.map_or_else(String::new, |count| count.to_string()),
        "信用分类抽查比例" => class_rates_text(&line.class_rates),
        "检查方式" => text(&line.mode_text),
        "检查时间" => line.period_text.clone(),
        "抽查事项" => line.item_name.clone(),
        "事项类别" => item_kind_text(line.item_kind).to_owned(),
        "执行股室" => line.executing_unit.clone(),
        "取消理由" => text(&line.cancelled_reason),
        _ => String::new(),
    }
}

/// The words that the table printed, as long as they say what the line says.
fn printed<'a>(line: &'a Line, column: &str) -> Option<&'a str> {
    let words = |column: &str| line.printed.get(column).map(String::as_str);
    let text = words(column);
    let holds = match column {
        // Whose plan it is does not change.
        "检查主体" => true,
        "抽查类型" => text.is_some_and(|text| parse_spot_type(text) == line.spot_type),
        "事项类别" => text.is_some_and(|text| kind_in_words(text) == Some(line.item_kind)),
        "参与部门" => {
            text.is_some_and(|text| names(text).iter().eq(line.cooperating.iter().map(|part| &part.name)))
        }
        "信用分类抽查比例" => {
            text.is_some_and(|text| parse_class_rates(text).unwrap_or_default() == line.class_rates.0)
        }
        "抽查比例" | "抽查数量" => {
            ratio_text(words("抽查比例"), words("抽查数量")).as_deref() == Some(&line.ratio_text)
        }
        _ => false,
    };
    text.filter(|_| holds)
}

/// A plan as a table, for whoever leads it. Columns of its file that nobody reads are left out; what the file has no column for
/// follows behind, where a line says more than what was filled in.
pub fn table(plan: &Model, department: &Department, lines: &[Line]) -> Table {
    let mut columns = columns_of(&plan.table_headings);
    let is_filled = |line: &Line, column: &str| match column {
        "执行股室" => {
            line.executing_unit == department.name || line.lead_name.as_ref() == Some(&line.executing_unit)
        }
        "检查对象" => line.targets == TARGETS_NOT_SAID,
        "事项类别" => line.item_kind == ItemKind::General,
        "发起部门" => line.lead_department_id.is_none_or(|lead| lead == plan.department_id),
        _ => cell(line, column).is_empty(),
    };
    let is_new = columns.is_empty();

    for column in COLUMNS {
        let known = columns.iter().any(|(_, named)| *named == column || (*named, column) == ("检查主体", "发起部门"));
        if !known && (is_new || lines.iter().any(|line| !is_filled(line, column))) {
            columns.push((column.to_owned(), column));
        }
    }

    let apart = columns.iter().any(|(_, named)| *named == "抽查数量");
    let rows = lines.iter().map(|line| {
        let shown = |column: &str| match (printed(line, column), column) {
            (Some(words), _) => words.to_owned(),
            (None, "年度") => plan.year.to_string(),
            (None, "部门编码") => department.code.clone(),
            // Share and number stand in columns of their own.
            (None, "抽查比例") if apart => share_alone(&line.ratio_text),
            (None, column) => cell(line, column),
        };
        columns.iter().map(|(_, named)| shown(named)).collect()
    });

    Table { rows: rows.collect(), headings: columns.iter().map(|(heading, _)| heading.clone()).collect() }
}

/// The columns of a file that the import reads, under its headings.
fn columns_of(headings: &[String]) -> Vec<(String, &'static str)> {
    let Ok(found) = Headings::find(Dataset::Plans, &[headings.to_vec()]) else { return Vec::new() };
    let read = |place: usize| {
        let mut columns = Dataset::Plans.columns().iter();
        columns.find(|column| found.place(Dataset::Plans, column.name) == Some(place)).map(|column| column.name)
    };
    let columns = headings.iter().enumerate().filter_map(|(place, heading)| Some((heading.clone(), read(place)?)));
    columns.collect()
}

/// `10%` of `10%(20户)`; of `20户` nothing.
fn share_alone(ratio: &str) -> String {
    match ratio.split_once('(') {
        Some((share, _)) => share.to_owned(),
        None if ratio.contains(['%', '‰']) => ratio.to_owned(),
        None => String::new(),
    }
}
