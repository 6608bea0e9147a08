//! 监管事项目录清单: what the level above publishes, and what one publication changes in the one before.

use super::items::ItemContent;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::WHOLE_CATALOGUE;
use crate::kernel::text::text;
use serde::{Deserialize, Serialize};
use serde_json::Value;

code_list! {
    CatalogueStatus "目录事项状态" { Published "在用", Cancelled "取消" }
}

code_list! {
    CatalogueVersionStatus "目录清单版本状态" { Receiving "导入中", Complete "已生效", Refused "已中止" }
}

code_list! {
    ChangeKind "目录变化类别" { New "新增", Changed "变更", Cancelled "取消" }
}

/// One field of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    pub field: String,
    pub before: Value,
    pub after: Value,
}

/// What a publication says of an item: its content, who supervises, at which levels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Publication {
    pub content: ItemContent,
    /// 监管部门 (code table supervise-dept)
    pub duty_code: String,
    pub county_level: bool,
}

/// Every field that differs, in the order of their names.
pub fn differences(before: &Publication, after: &Publication) -> Vec<FieldChange> {
    let mut changes: Vec<_> = before
        .content
        .differences(&after.content)
        .into_iter()
        .map(|(field, before, after)| FieldChange { field, before, after })
        .collect();
    if before.duty_code != after.duty_code {
        changes.push(FieldChange {
            field: "duty_code".to_owned(),
            before: before.duty_code.clone().into(),
            after: after.duty_code.clone().into(),
        });
    }

    changes.sort_by(|a, b| a.field.cmp(&b.field));
    changes
}

/// A row that was refused may be an item: nothing is cancelled until every row is sound.
pub fn check_accounted(rejected: i64) -> Result<(), Refusal> {
    if rejected == 0 {
        return Ok(());
    }
    Err(Refusal::new(
        Code::CatalogueIncomplete,
        text!(
            "有 {rejected} 行被拒绝，无法判断文件中缺少哪些事项；已导入的新增和变更保留，未作取消。请更正后重新导入。",
            "{rejected} rows were refused, so what the file leaves out is not known; nothing was cancelled. Correct them and import again."
        ),
    )
    .under(WHOLE_CATALOGUE))
}

/// A truncated file must not cancel a catalogue.
/// Absent items are cancelled up to the configured share of what was published (`ceiling_bp`, basis points).
pub fn check_cancellations(published: u64, absent: u64, ceiling_bp: u32) -> Result<(), Refusal> {
    if absent * 10_000 > published * u64::from(ceiling_bp) && absent > 0 {
        return Err(Refusal::new(
            Code::CatalogueIncomplete,
            text!(
                "文件中缺少在用的 {published} 项中的 {absent} 项，超过允许的比例；已导入的新增和变更保留，未作取消。请核对文件是否完整。",
                "Of {published} published items {absent} are missing from the file, more than allowed; nothing was cancelled. Check that the file is whole."
            ),
        )
        .under(WHOLE_CATALOGUE));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_each_field() {
        let before = Publication {
            content: ItemContent { name: Some("甲".to_owned()), ..ItemContent::default() },
            duty_code: "31".to_owned(),
            county_level: true,
        };
        let mut after = before.clone();
        assert!(differences(&before, &after).is_empty());
        after.content.name = Some("乙".to_owned());
        after.content.supervise_levels = vec!["4".to_owned()];
        after.duty_code = "20".to_owned();
        let fields: Vec<_> = differences(&before, &after).into_iter().map(|change| change.field).collect();
        assert_eq!(fields, ["duty_code", "name", "supervise_levels"]);
    }

    #[test]
    fn a_truncated_file_cancels_nothing() {
        assert!(check_cancellations(1_000, 200, 2_000).is_ok());
        assert!(check_cancellations(1_000, 201, 2_000).is_err());
        assert!(check_cancellations(0, 0, 2_000).is_ok());
    }
}
