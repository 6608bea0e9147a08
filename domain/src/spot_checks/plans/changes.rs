//! What an amendment changed, for the public: line by line, field by field, in the words of the table.

use crate::kernel::code_list::code_list;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

code_list! {
    LineChangeKind "计划条目变更" { Added "新增", Changed "调整", Cancelled "取消", Removed "删除" }
}

/// 变更的条目
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineChange {
    pub line_id: Uuid,
    /// 编号 or 抽查事项
    pub line: String,
    pub kind: LineChangeKind,
    /// Of a new line what it says, of a removed one what it said.
    pub fields: Vec<FieldChange>,
}

/// 变更的内容: a heading of the table, before and after
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldChange {
    #[cfg_attr(feature = "openapi", schema(example = "抽查比例"))]
    pub field: String,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub before: Option<String>,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub after: Option<String>,
}

/// A line as the table prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    pub id: Uuid,
    pub line: String,
    pub cancelled: bool,
    pub cells: Vec<(&'static str, String)>,
}

/// What turned one table into another; lines are known by their ids.
pub fn changes(before: &[Printed], after: &[Printed]) -> Vec<LineChange> {
    let find = |lines: &[Printed], id: Uuid| lines.iter().position(|line| line.id == id);
    let changed = after.iter().filter_map(|line| match find(before, line.id) {
        None => Some(change(line, LineChangeKind::Added, None, Some(line))),
        // How it is called may depend on its neighbours.
        Some(at) if (&before[at].cells, before[at].cancelled) == (&line.cells, line.cancelled) => None,
        Some(at) => {
            let kind = if line.cancelled && !before[at].cancelled {
                LineChangeKind::Cancelled
            } else {
                LineChangeKind::Changed
            };
            Some(change(line, kind, Some(&before[at]), Some(line)))
        }
    });
    let removed = before.iter().filter(|line| find(after, line.id).is_none());

    changed.chain(removed.map(|line| change(line, LineChangeKind::Removed, Some(line), None))).collect()
}

fn change(line: &Printed, kind: LineChangeKind, before: Option<&Printed>, after: Option<&Printed>) -> LineChange {
    let text = |printed: Option<&Printed>, field: &str| {
        let cell = printed?.cells.iter().find(|(name, _)| *name == field)?;
        Some(cell.1.clone()).filter(|text| !text.is_empty())
    };
    let fields = line.cells.iter().map(|(field, _)| FieldChange {
        field: (*field).to_owned(),
        before: text(before, field),
        after: text(after, field),
    });
    let fields = fields.filter(|change| change.before != change.after);

    LineChange { line_id: line.id, line: line.line.clone(), kind, fields: fields.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: u128, ratio: &str, cancelled: &str) -> Printed {
        let cells = vec![("抽查比例", ratio.to_owned()), ("取消理由", cancelled.to_owned())];
        Printed { id: Uuid::from_u128(id), line: format!("{id:03}"), cancelled: !cancelled.is_empty(), cells }
    }

    #[test]
    fn what_changed_is_said_line_by_line() {
        let before = [line(1, "5%", ""), line(2, "5%", ""), line(3, "5%", "")];
        let after = [line(1, "5%", ""), line(2, "10%", ""), line(3, "5%", "机构改革"), line(4, "1户", "")];
        let said = changes(&before, &after);

        let kinds: Vec<_> = said.iter().map(|change| (change.line.as_str(), change.kind)).collect();
        assert_eq!(
            kinds,
            [("002", LineChangeKind::Changed), ("003", LineChangeKind::Cancelled), ("004", LineChangeKind::Added)]
        );
        let field = FieldChange { field: "抽查比例".into(), before: Some("5%".into()), after: Some("10%".into()) };
        assert_eq!(said[0].fields, [field]);
        assert_eq!(said[1].fields[0].after.as_deref(), Some("机构改革"));
        assert_eq!(said[2].fields.len(), 1, "an empty cell says nothing");
        let gone = changes(&after, &after[..3]);
        assert_eq!((gone.len(), gone[0].kind), (1, LineChangeKind::Removed));
        assert!(changes(&after, &after).is_empty());
    }
}
