//! Background work.

use crate::kernel::code_list::code_list;

code_list! {
    JobStatus "作业状态" { Queued "排队", Running "运行", Succeeded "成功", Failed "失败", Cancelled "已取消" }
}

impl JobStatus {
    /// Nothing more will come of it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

code_list! {
    JobKind "作业类别" { Import "导入", Backtest "模型回测", RiskRun "模型运行" }
}
