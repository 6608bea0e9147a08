//! 数据导入: what a row of a published file says, and every doubt about it.
//!
//! Nothing is lost: a row is taken or refused, and each doubtful field becomes a finding.

use crate::intake::behaviours::BehaviourSet;
use crate::kernel::code_list::code_list;
use crate::kernel::text::{Text, text};
use std::borrow::Cow;
use std::hash::Hash;

pub mod behaviours;
pub mod catalogue;
pub mod complaints;
pub mod credit_classifications;
pub mod issued_tasks;
pub mod justice_roll;
pub mod objects;
pub mod own_system_items;
pub mod personnel;
pub mod plans;
pub mod reading;
pub mod spot_check_items;

code_list! {
    Dataset "数据集" {
        Objects "监管对象", Personnel "执法人员", SpotCheckItems "随机抽查事项", CreditClassifications "信用分类结果",
        Catalogue "监管事项目录清单", OwnSystemItems "自建系统事项", JusticeRoll "执法人员名册",
        Plans "抽查计划", IssuedTasks "国家、省、市下发任务", Complaints "投诉举报",
        Checks "行政检查行为", Penalties "行政处罚行为", Coercions "行政强制行为", OtherBehaviours "其他监管行为"
    }
}

impl Dataset {
    /// Whether a sender of one department may send it, each row being held to what the sender may write.
    pub const fn is_bounded_by_row(self) -> bool {
        self.behaviours().is_some()
            || matches!(self, Self::OwnSystemItems | Self::Personnel | Self::Objects | Self::Plans)
    }

    /// The national table of 监管行为 whose rows it has.
    pub const fn behaviours(self) -> Option<BehaviourSet> {
        match self {
            Self::Checks => Some(BehaviourSet::Check),
            Self::Penalties => Some(BehaviourSet::Penalty),
            Self::Coercions => Some(BehaviourSet::Coercion),
            Self::OtherBehaviours => Some(BehaviourSet::Other),
            Self::Objects
            | Self::Personnel
            | Self::SpotCheckItems
            | Self::CreditClassifications
            | Self::Catalogue
            | Self::OwnSystemItems
            | Self::JusticeRoll
            | Self::Plans
            | Self::IssuedTasks
            | Self::Complaints => None,
        }
    }
}

code_list! {
    /// 问题级别: an ERROR refuses the row (a row of 监管行为 is set aside), a WARNING keeps it.
    Severity "问题级别" { Error "错误", Warning "提示" }
}

code_list! {
    Dimension "数据质量维度" { Completeness "完整性", Validity "有效性", Uniqueness "唯一性", Linkage "关联性", Accuracy "准确性" }
}

code_list! {
    /// What became of a row.
    RowOutcome "行处理结果" { Created "新建", Updated "更新", Unchanged "未变", Rejected "拒绝" }
}

/// A doubt about one field of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The column's heading: the template's, or the file's own where nobody reads it.
    pub field: Cow<'static, str>,
    /// Stable name of the rule.
    pub rule: &'static str,
    pub dimension: Dimension,
    pub severity: Severity,
    pub message: Text,
    /// What the file said; empty where it may be personal data.
    pub value: Option<String>,
}

impl Finding {
    pub fn required(field: &'static str) -> Self {
        Self {
            field: Cow::Borrowed(field),
            rule: "REQUIRED",
            dimension: Dimension::Completeness,
            severity: Severity::Error,
            message: text!("{field}为必填项，不能为空。", "{field} is required."),
            value: None,
        }
    }

    pub fn too_long(field: &'static str, length: usize, max: usize, value: &str) -> Self {
        Self {
            field: Cow::Borrowed(field),
            rule: "TOO_LONG",
            dimension: Dimension::Validity,
            severity: Severity::Error,
            message: text!(
                "{field}有 {length} 个字符，超过上限 {max}；不截断，请核对后重报。",
                "{field} has {length} characters, more than {max}; it is not cut, please correct it."
            ),
            value: Some(value.chars().take(200).collect()),
        }
    }

    pub fn warning(field: impl Into<Cow<'static, str>>, rule: &'static str, value: &str, message: Text) -> Self {
        let value = Some(value.chars().take(200).collect());
        Self { field: field.into(), rule, dimension: Dimension::Validity, severity: Severity::Warning, message, value }
    }

    pub fn error(field: impl Into<Cow<'static, str>>, rule: &'static str, value: &str, message: Text) -> Self {
        Self { severity: Severity::Error, ..Self::warning(field, rule, value, message) }
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// What was doubtful refuses the row.
    pub fn refuse(&mut self) {
        self.severity = Severity::Error;
        self.message.zh.push_str("此项必填，本行未收。");
        self.message.en.push_str(" The field is required, so the row was not taken.");
    }

    pub fn of(mut self, dimension: Dimension) -> Self {
        self.dimension = dimension;
        self
    }

    /// Keeps personal data out of the record.
    pub fn without_value(mut self) -> Self {
        self.value = None;
        self
    }
}

/// A row as read: its value unless an error refuses it, and all findings.
#[derive(Debug)]
pub struct Parsed<T> {
    pub value: Option<T>,
    pub findings: Vec<Finding>,
}

impl<T> Parsed<T> {
    /// A row is refused if, and only if, there is an error.
    pub(crate) fn of(value: Option<T>, findings: Vec<Finding>) -> Self {
        let refused = findings.iter().any(Finding::is_error);
        debug_assert!(refused || value.is_some(), "a row is refused without an error: {findings:?}");
        Self { value: value.filter(|_| !refused), findings }
    }
}

/// What every row of a data set can tell of itself.
pub trait Record: Hash {
    /// What it is, within its data set.
    fn key(&self) -> String;

    /// The column that carries the key, for the finding about a contradiction.
    const KEY_FIELD: &'static str;

    /// Two rows of one file with one key are one record, or a contradiction; where not, each is taken as it comes.
    const STANDS_ONCE: bool = true;
}

/// Two rows of one file name the same record and differ: the first counts.
pub fn contradicts(field: &'static str, first: i64) -> Finding {
    let message = text!(
        "与第 {first} 行是同一记录而内容不同；保留第 {first} 行，请核对后只留一行。",
        "The same record as row {first} with other values; row {first} is kept, please send one of them only."
    );
    duplicate(field, message)
}

/// A row names a record that an earlier row named, and that row was refused: neither is taken.
pub fn repeats_refused(field: &'static str, first: i64, same: bool) -> Finding {
    let message = if same {
        text!(
            "与第 {first} 行相同，该行未收，本行也未收。",
            "The same as row {first}, which was refused; nor is this one taken."
        )
    } else {
        text!(
            "与第 {first} 行是同一记录而内容不同，两行都未收；请核对后只留一行。",
            "The same record as row {first} with other values; neither is taken, please send one of them only."
        )
    };
    duplicate(field, message)
}

/// Told without what the rows say, which may be personal data.
fn duplicate(field: &'static str, message: Text) -> Finding {
    Finding::error(field, "DUPLICATE_IN_FILE", "", message).of(Dimension::Uniqueness).without_value()
}

#[cfg(test)]
mod tests;
