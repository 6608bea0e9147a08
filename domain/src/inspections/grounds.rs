//! 不计入年度检查上限的情形: grounds on which an enterprise may be inspected though it has been as often as the lists allow.

use crate::kernel::code_list::code_list;

code_list! {
    /// 国办发〔2024〕54号 and what counties made of it: recorded with the inspection, each a reason of its own.
    ExemptGround "不计入年度上限的情形" {
        Complaint "投诉举报", Assigned "转办交办", UpperLevel "配合上级检查", Supervision "督查审计", DataClue "数据监测线索",
        Media "媒体曝光", Recheck "整改复查", OwnRequest "企业申请", LicenceCheck "许可核查", Urgent "紧急情况"
    }
}
