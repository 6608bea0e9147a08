//! A row of a list of issued tasks (国家、省、市下发任务): an object of a task, with what the task is. Rows of one number are one task.

use super::reading::fields::{Cells, Row};
use super::{Parsed, Record};
use crate::inspections::issued_tasks::IssueLevel;
use chrono::NaiveDate;

/// What a row says of a task, and the object that it names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IssuedTaskRow {
    pub code: String,
    pub name: String,
    pub level: IssueLevel,
    pub issuer: String,
    pub matter_code: Option<String>,
    pub content: String,
    pub requirements: Option<String>,
    /// 接收单位, the sender's own where it is left out.
    pub department_code: Option<String>,
    pub received_on: Option<NaiveDate>,
    pub due_on: NaiveDate,
    /// Name and code of an object; none where the task names none.
    pub object: Option<(String, Option<String>)>,
}

impl Record for IssuedTaskRow {
    const KEY_FIELD: &'static str = "任务编号";

    fn key(&self) -> String {
        let (name, uscc) = self.object.clone().unwrap_or_default();
        format!("{}\u{1f}{}", self.code, uscc.unwrap_or(name))
    }
}

const LEVELS: [(&str, &str); 9] = [
    ("NATIONAL", "国家"),
    ("NATIONAL", "国家级"),
    ("NATIONAL", "部级"),
    ("PROVINCIAL", "省"),
    ("PROVINCIAL", "省级"),
    ("PROVINCIAL", "四川省"),
    ("MUNICIPAL", "市"),
    ("MUNICIPAL", "市级"),
    ("MUNICIPAL", "广元市"),
];

pub fn parse(cells: &dyn Cells, today: NaiveDate) -> Parsed<IssuedTaskRow> {
    let mut row = Row::new(cells);
    let code = row.required_code("任务编号", 100);
    let name = row.required("任务名称", 500);
    let level = row.choice("任务级别", &LEVELS);
    let level = row.demand("任务级别", level.and_then(|code| code.parse().ok()));
    let issuer = row.required("发起单位", 300);
    let matter_code = row.code("监管事项目录编码", 50);
    let content = row.required("检查主要内容", 4_000);
    let requirements = row.text("检查要求", 4_000);
    let department_code = row.code("部门编码", 16);
    let received_on = row.past_date("收到日期", today).filter(|day| *day <= today);
    let due_on = row.date("办理期限");
    let due_on = row.demand("办理期限", due_on);
    let uscc = row.code("统一社会信用代码", 18).filter(|code| code.len() == 18);
    let object = row.text("监管对象", 300).map(|name| (name, uscc));

    let value = match (code, name, level, issuer, content, due_on) {
        (Some(code), Some(name), Some(level), Some(issuer), Some(content), Some(due_on)) => Some(IssuedTaskRow {
            code,
            name,
            level,
            issuer,
            matter_code,
            content,
            requirements,
            department_code,
            received_on,
            due_on,
            object,
        }),
        _ => None,
    };
    Parsed::of(value, row.findings)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Sheet, rules};
    use super::*;

    #[test]
    fn a_row_is_a_task_and_one_of_its_objects() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
        let cells = [
            ("任务编号", "GJLH2026-0001"),
            ("任务名称", "道路运输联合监管"),
            ("任务级别", "国家级"),
            ("发起单位", "交通运输部"),
            ("检查主要内容", "资质、车辆和人员"),
            ("办理期限", "2027年3月31日"),
            ("监管对象", "旺苍县某运输有限公司"),
            ("统一社会信用代码", "91510821MAR0501184"),
        ];

        let parsed = parse(&Sheet::of(&cells), today);
        assert_eq!(rules(&parsed.findings), [""; 0]);
        let row = parsed.value;
        let told = row.as_ref().map(|row| (row.level, row.due_on.to_string(), row.object.clone()));
        let object = ("旺苍县某运输有限公司".to_owned(), Some("91510821MAR0501184".to_owned()));
        assert_eq!(told, Some((IssueLevel::National, "2027-03-31".to_owned(), Some(object))));

        let without: Vec<_> = cells.into_iter().filter(|(name, _)| *name != "办理期限").collect();
        let parsed = parse(&Sheet::of(&without), today);
        assert!(parsed.value.is_none() && rules(&parsed.findings).contains(&"REQUIRED"));
    }
}
