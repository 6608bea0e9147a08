//! 监管事项: published by the level above, claimed by a department, versioned like law.

mod content;
mod life;
#[cfg(test)]
mod life_tests;
mod usability;

pub use content::{ItemContent, check};
pub use life::{ItemAction, ItemFacts, ItemLife, ItemState, next};
pub use usability::{Facts, Unusable, usability};

use crate::kernel::code_list::code_list;

code_list! {
    ItemOrigin "事项来源" { Upstream "上级目录", Local "本级新增" }
}

code_list! {
    Upstream "上级目录变化" { None "无变化", Changed "目录已变更，待处理", Cancelled "目录已取消，待处理", Accepted "已采纳", Objected "已提出异议" }
}

code_list! {
    /// 批量方式: ATOMIC carries out all or none, PARTIAL each that it can.
    BatchMode "批量方式" { Atomic "全部或全不", Partial "逐项" }
}

code_list! {
    /// What a batch may do.
    BatchAction "批量操作" { Claim "认领" }
}

impl Upstream {
    /// Whether the department still has to accept or to object.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Changed | Self::Cancelled)
    }
}

/// 行政检查: the only type that needs an implementation list (code table administrative-type).
pub const INSPECTION: &str = "0";
