//! 监管行为: what departments did — checks, penalties, coercions and other acts — as national rows with their exchange envelope.
//! A row says what is wrong with it when it is written.

pub mod columns;
pub mod exchange;
pub mod figures;
pub mod own;
pub mod quality;

use crate::kernel::code_list::code_list;

code_list! {
    BehaviourSet "监管行为数据集" { Check "行政检查", Penalty "行政处罚", Coercion "行政强制", Other "其他监管行为" }
}

code_list! {
    /// How a row came.
    BehaviourOrigin "监管行为来源" { Platform "平台产生", Partner "系统对接", File "文件导入", Stock "存量" }
}

code_list! {
    /// `RECEIVED → ACCEPTED | QUARANTINED → corrected by a U → ACCEPTED`; a D leaves a tombstone.
    BehaviourStatus "监管行为状态" { Accepted "已采纳", Quarantined "已隔离待更正", Removed "已删除" }
}

code_list! {
    /// 质量问题状态
    FindingState "质量问题状态" { Open "待处理", Fixed "已更正", Overridden "已核销" }
}
