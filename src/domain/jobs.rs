//! Background work.

use super::code_list;

code_list! {
    /// 作业状态.
    JobStatus { Queued "排队", Running "运行", Succeeded "成功", Failed "失败" }
}
