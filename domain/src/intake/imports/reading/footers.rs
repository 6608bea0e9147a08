//! Rows that are no records: totals, signatures and remarks at a table's foot.

use crate::kernel::characters::name_form;

const SUMS: [&str; 8] = ["合计", "总计", "小计", "累计", "共计", "总数", "本页小计", "以下空白"];
const LABELS: [&str; 26] = [
    "填表人",
    "制表人",
    "填报人",
    "填报单位",
    "填表单位",
    "制表单位",
    "审核人",
    "复核人",
    "审批人",
    "单位负责人",
    "分管领导",
    "经办人",
    "联系人",
    "备注",
    "注",
    "说明",
    "填表说明",
    "制表日期",
    "填表日期",
    "填报日期",
    "填表时间",
    "填报时间",
    "制表时间",
    "打印时间",
    "主要负责人",
    "单位(盖章)",
];

/// Whether the first thing a row says is that it is a sum, or a label such as `填表人：`.
pub fn is_footer(first: &str) -> Footer {
    let first = name_form(first);
    let bare = first.trim_end_matches([':', '.', '。']);
    let bare = bare.split_once('(').map_or(bare, |(bare, _)| bare);
    if SUMS.contains(&bare) || SUMS.iter().any(|sum| first.strip_prefix(*sum).is_some_and(|rest| rest.starts_with(':')))
    {
        return Footer::Sum;
    }
    let mut behind = LABELS.iter().filter_map(|label| first.strip_prefix(label));
    match behind.find(|rest| rest.is_empty() || rest.starts_with([':', '1', '、'])) {
        Some("") => Footer::Label,
        Some(_) => Footer::Remark,
        None => Footer::No,
    }
}

/// What a row's first cell says of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Footer {
    /// 合计 and its like: no record has such a name.
    Sum,
    /// `填表人：张三` and its like: no record has such a name.
    Remark,
    /// 填表人 and its like alone in its cell: no record, unless it is the value of a column.
    Label,
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_foot_of_a_table() {
        for sum in ["合计", "合　计", "总计：", "小计（户）", "合计:12户"] {
            assert_eq!(is_footer(sum), Footer::Sum, "{sum}");
        }
        for remark in ["填表人：某某", "备注:以上为2026年", "注：", "说明：1.本表", "注1.本表"] {
            assert_eq!(is_footer(remark), Footer::Remark, "{remark}");
        }
        for label in ["审核人", "填 表 人", "主要负责人"] {
            assert_eq!(is_footer(label), Footer::Label, "{label}");
        }
        for name in ["合计信息咨询有限公司", "旺苍县注册商标代理店", "1", "备注册店", "总计划生育服务站"]
        {
            assert_eq!(is_footer(name), Footer::No, "{name}");
        }
    }
}
