//! 抽查计划表: a plan as counties publish it, row for row; what came from a file goes out under that file's headings.

use crate::service::kernel::table::Table;
use domain::intake::imports::Dataset;
use domain::spot_checks::plans::lines::{class_rates_text, item_kind_text, spot_type_text};
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

/// What a line says under each heading.
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

/// A plan as a table. What the file it came from has no column for follows behind, where a line says it.
pub fn table(plan: &Model, lines: &[Line]) -> Table {
    // Each column: its heading, and which column of the data set that means.
    let mut columns: Vec<(String, Option<&str>)> =
        plan.table_headings.iter().map(|heading| (heading.clone(), Dataset::Plans.named(heading))).collect();
    let is_new = columns.is_empty();
    for column in COLUMNS {
        let known = columns.iter().any(|(_, named)| *named == Some(column) || is_same(*named, column));
        let said = lines.iter().any(|line| !cell(line, column).is_empty());
        // A table that had no such column did not leave it open: it was filled in.
        let filled = !is_new && matches!(column, "执行股室" | "事项类别" | "发起部门");
        if !known && (is_new || (said && !filled)) {
            columns.push((column.to_owned(), Some(column)));
        }
    }
    let apart = columns.iter().any(|(_, named)| *named == Some("抽查数量"));
    let rows = lines.iter().map(|line| {
        let shown = |named: Option<&str>| match named {
            // Share and number stand in columns of their own.
            Some("抽查比例") if apart => share_alone(&line.ratio_text),
            Some(column) => cell(line, column),
            None => String::new(),
        };
        columns.iter().map(|(_, named)| shown(*named)).collect()
    });

    Table { rows: rows.collect(), headings: columns.iter().map(|(heading, _)| heading.clone()).collect() }
}

fn is_same(named: Option<&str>, column: &str) -> bool {
    matches!((named, column), (Some("检查主体"), "发起部门"))
}

/// `10%` of `10%(20户)`; of `20户` nothing.
fn share_alone(ratio: &str) -> String {
    match ratio.split_once('(') {
        Some((share, _)) => share.to_owned(),
        None if ratio.contains(['%', '‰']) => ratio.to_owned(),
        None => String::new(),
    }
}
