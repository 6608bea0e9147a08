//! What an audit row says: who did what to which record, before and after.

use crate::kernel::code_list::code_list;

code_list! {
    /// The verbs of the audit trail.
    AuditAction "审计动作" {
        Created "新建", Updated "修改", Submitted "提交", Returned "退回", Approved "批准", Published "公示",
        Withdrawn "撤回", Started "开始", Recorded "录入", Cancelled "取消", Committed "封存", Frozen "冻结对象库",
        Revealed "启封随机数", Drawn "抽取", Rejected "审核不通过", Voided "作废", Matched "匹配人员", Redrawn "重抽", Imported "导入",
        Activated "启用", Consented "复核同意", Disabled "停用", Suspended "暂扣", Resumed "恢复", Revoked "吊销",
        LoggedIn "登录", LoginRefused "登录失败", LoggedOut "退出", LockedOut "锁定", Finished "完成",
        Claimed "认领", Declined "不认领", Changed "变更", Discarded "放弃草稿", Accepted "采纳上级变化", Objected "提出异议",
        Decided "依据处理", Notified "上级变化通知", Repealed "废止", Reinstated "撤销废止", Confirmed "确认对应", Denied "否认对应", Reopened "重新匹配",
        Retired "失效", Bound "绑定", PasswordProved "核验口令", PasswordChanged "更换口令", ResetRequested "申请重置口令", ResetIssued "签发重置码",
        SecondFactorSet "绑定动态口令", SecondFactorProved "验证动态口令", SecondFactorRemoved "解除动态口令", SessionEnded "结束会话",
        Refreshed "更新名录", Received "收到离线记录", Adopted "采用离线记录", SetAside "离线记录未采用",
        Filed "备案", Checked "核对", Reported "上报", Acknowledged "登记确认", Amended "调整", Restored "撤销调整",
        Delegated "委托", DelegationUsed "以受托人身份办理", DelegationRevoked "终止委托", IdentityClaimed "提交实名", IdentityDecided "核验实名",
        SecretRotated "轮换凭据", PersonalDataRead "查看个人信息", PersonalDataExported "导出个人信息",
        PersonalDataErased "删除个人信息", Applied "申领", Issued "核发", Examined "年审", Expired "到期", Lost "挂失",
        Reissued "补发",
        Dispatched "交办", Transferred "转办", Signed "签收", Assigned "分派", Undertaken "接办", Verified "核查", Disposed "处置", FedBack "反馈", Closed "办结",
        Reworked "退回重办", ReturnRequested "申请退回", ReturnApproved "同意退回", ReturnRefused "不同意退回",
        Merged "并案", Extended "延期", Escalated "升级督办", InspectionOpened "转检查", ResultReceived "检查结果回流",
        Arrived "收到文件", ArrivalRefused "文件与摘要不符", FileAccepted "保存文件", FileRefused "拒收文件", FileOpened "查看文件",
        ServiceRefused "受送达人拒收",
        RecheckOpened "申请复查", Referred "移送办案", CaseFiled "立案", CaseDeclined "不予立案", Replied "回复", Dismissed "查无问题结案",
        StatementRead "企业自查", Placed "保全", Released "解除保全", Appraised "鉴定", HandedOver "移交", Destroyed "销毁", Retained "未予销毁", CarriedOut "监销",
        MaterialsRequested "要求补正", MaterialsSupplied "收到补正", Admitted "受理", AdmissionRefused "不予受理", ClockStopped "中止计时",
        ClockResumed "恢复计时", ClueRaised "转风险线索", Concluded "作出结论", Told "告知", TransferredOut "移送",
        Removed "删除", KeptAsHistory "留作历史", Counted "计入批次", FindingOverridden "核销质量问题",
        Joined "接受并入", Served "送达", Entered "进入", LateApproved "补办批准", LeftSite "离开", TakenOffSite "转为非现场", Scanned "扫入企码", Rated "企业评价",
        ChanceEntered "录入公开数值", Corrected "更正", ExcessApproved "批准超比例抽查",
        VoidAsked "申请作废", VoidDeclined "不同意作废", Replaced "更换人员", Raised "模型预警", Tested "测试", Backtested "回测", Shadowed "转影子运行",
    }
}
