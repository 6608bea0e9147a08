//! A row of a department's own system's item list (自建系统事项清单).

use super::reading::fields::{Cells, Row};
use super::{Parsed, Record};
use crate::items::mappings::Compared;

/// An item as the department's own system has it; what the file does not say is `None` and stays.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnItemRow {
    pub department_code: String,
    pub system: String,
    pub item: Compared,
}

impl Record for OwnItemRow {
    const KEY_FIELD: &'static str = "事项编码";

    fn key(&self) -> String {
        [self.department_code.as_str(), &self.system, &self.item.code].join(" ")
    }
}

pub(super) const TYPES: [(&str, &str); 4] = [("0", "行政检查"), ("1", "行政处罚"), ("2", "行政强制"), ("3", "其他")];

pub fn parse(cells: &dyn Cells) -> Parsed<OwnItemRow> {
    let mut row = Row::new(cells);
    let department_code = row.required_code("部门编码", 16);
    let system = row.required("系统名称", 60);
    let code = row.required_code("事项编码", 50);
    let name = row.required("事项名称", 500);
    let legal_basis = row.text("设定依据", 4_000);
    let administrative_type = row.choice("行政类型", &TYPES);
    let supervise_form = row.text("监管形式", 255);
    let value = match (department_code, system, code, name) {
        (Some(department_code), Some(system), Some(code), Some(name)) => Some(OwnItemRow {
            department_code,
            system,
            item: Compared { code, name, legal_basis, administrative_type, supervise_form },
        }),
        _ => None,
    };

    Parsed::of(value, row.findings)
}
