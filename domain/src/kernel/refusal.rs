//! Why the trade says no: one list of stable codes, each with its titles.

use super::rules::Basis;
use super::text::{Text, text};
use crate::kernel::code_list::{Named, code_list};

code_list! {
    /// Stable error codes. Clients branch on these; they are never translated.
    Code "错误代码" {
        // Authentication.
        Unauthenticated "未登录或登录已失效",
        LoginFailed "用户名或口令不正确",
        PasswordExpired "口令须先更换",
        SecondFactorRequired "需要动态口令",
        SecondFactorDue "须先绑定动态口令",
        OidcFailed "统一身份认证未通过",
        AccountNotActive "账户尚未授权",
        InvalidClient "客户端认证失败",
        SignatureRequired "需要报文签名",
        SignatureInvalid "报文签名无效",
        Forbidden "没有此项权限",
        // Requests.
        NotFound "未找到",
        MethodNotAllowed "不支持的请求方法",
        MalformedRequest "请求格式有误",
        UnknownParameter "未知参数",
        InvalidParameter "参数无效",
        PageNotAvailable "无此页",
        FieldNotInView "没有该字段",
        InvalidBody "内容不符合要求",
        UnsupportedMediaType "不支持的内容类型",
        PayloadTooLarge "内容过大",
        HeadersTooLarge "请求头过大",
        RequestTimeout "请求超时",
        RateLimited "请求过于频繁",
        PreconditionRequired "缺少 If-Match",
        Stale "数据已被他人修改",
        IdempotencyKeyRequired "缺少 Idempotency-Key",
        IdempotencyKeyReused "幂等键已用于另一请求",
        RequestInProgress "相同请求正在处理",
        Duplicate "已存在",
        StillReferenced "仍被引用",
        Unavailable "服务暂不可用",
        Internal "服务内部错误",
        // The trade.
        StateConflict "当前状态不允许此操作",
        SelfReview "提交人不能审核",
        RatioAboveCeiling "抽查比例超过上限",
        RatesNotMonotone "抽查比例未随风险递增",
        PartyNotOfTask "不是本任务的封存方",
        CommitmentExists "已封存随机数",
        TooFewCommitments "封存方不足",
        SecretMismatch "随机数与封存值不符",
        SecretRevealed "随机数已公开",
        FrozenRecordChanged "冻结后的记录被改动",
        SecretsMissing "仍有随机数未公开",
        SecretWeak "随机数不合要求",
        SecretUsed "随机数已用过",
        CommitmentUsed "封存值已用过",
        RevealTooEarly "未到启封时间",
        LeadRevealsFirst "发起部门应先启封",
        TermsDiffer "冻结摘要不符",
        ChanceKnown "公开数值已揭晓",
        ChancePending "公开数值尚未确定",
        ChanceSettled "公开数值已确定",
        VoidPending "正在申请作废本轮",
        LoneObject "某层只有一户",
        ObjectsShielded "有对象无人可派",
        RecusalAfterMatch "匹配后的回避登记受限",
        RegisterDisagrees "与登记信息不符",
        NoInspectingBody "没有行政检查主体资格",
        ClassLeftOut "信用类别未纳入",
        ClassCountsDiffer "分类户数与总数不符",
        PlanLinesOpen "计划条目尚未完成",
        LineHasTasks "计划条目仍有任务",
        NotInPlan "不在现行计划内",
        SpecialPlansReached "专项计划已达年度上限",
        FrequencyReached "已达年度检查上限",
        BudgetReached "企业检查额度不足",
        VisitsToMerge "可并入其他部门的检查",
        VisitRequired "没有经批准的入企检查",
        EntryCodeInvalid "入企码无效",
        PoolEmpty "对象库为空",
        PoolTooLarge "对象库过大",
        TooFewOfficers "可用执法人员不足",
        CertificateInvalid "行政执法证无效",
        OfficerRecused "检查人员不得参加",
        OfficerAvailable "检查人员可以参加",
        ResultIncomplete "检查结果不完整",
        ExplanationDue "须说明连续未发现问题",
        InspectionsOpen "检查尚无审核通过的结果",
        ItemNotEffective "抽查事项未生效",
        ElementsIncomplete "要素不完整",
        EffectiveDateInvalid "生效日期无效",
        CatalogueIncomplete "目录文件不完整",
        CodeImmutable "编码不得更改",
        ItemInUse "事项正在使用",
        SuccessorInvalid "承接事项无效",
        BatchRefused "批量操作未执行",
        RecusalExists "回避关系已登记",
        DutiesMeet "职责不得兼任",
        SecondPersonRequired "须另一人复核",
        DelegationInvalid "委托无效",
        ErasureRefused "不得删除",
        JobCancelled "作业已取消",
        MappingInvalid "映射表无效",
        StrategyInvalid "抽查策略无效",
        ExtensionUsed "已延期过一次",
        MeasureInvalid "处置方式与核查结论不符",
        MergeInvalid "不能并入该线索",
        ConditionRefused "条件表达式不被接受",
        ModelNotReady "模型尚不能进入下一步",
        DataCorrupt "数据异常",
    }
}

impl Code {
    /// The title in English.
    pub const fn title_en(self) -> &'static str {
        match self {
            Self::Unauthenticated => "Not logged in",
            Self::LoginFailed => "Wrong user name or password",
            Self::PasswordExpired => "Change the password first",
            Self::SecondFactorRequired => "One-time code required",
            Self::SecondFactorDue => "Set up the one-time code first",
            Self::OidcFailed => "Single sign-on failed",
            Self::AccountNotActive => "Account not authorized yet",
            Self::InvalidClient => "Client authentication failed",
            Self::SignatureRequired => "Message signature required",
            Self::SignatureInvalid => "Message signature not valid",
            Self::Forbidden => "Function not granted",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::MalformedRequest => "Malformed request",
            Self::UnknownParameter => "Unknown parameter",
            Self::InvalidParameter => "Invalid parameter",
            Self::PageNotAvailable => "No such page",
            Self::FieldNotInView => "No such field",
            Self::InvalidBody => "Invalid content",
            Self::UnsupportedMediaType => "Unsupported media type",
            Self::PayloadTooLarge => "Content too large",
            Self::HeadersTooLarge => "Headers too large",
            Self::RequestTimeout => "Request timed out",
            Self::RateLimited => "Too many requests",
            Self::PreconditionRequired => "If-Match required",
            Self::Stale => "Changed by somebody else",
            Self::IdempotencyKeyRequired => "Idempotency-Key required",
            Self::IdempotencyKeyReused => "Idempotency key used for another request",
            Self::RequestInProgress => "The same request is in progress",
            Self::Duplicate => "Already exists",
            Self::StillReferenced => "Still referenced",
            Self::Unavailable => "Temporarily unavailable",
            Self::Internal => "Internal error",
            Self::StateConflict => "Not allowed in this state",
            Self::SelfReview => "The submitter may not review",
            Self::RatioAboveCeiling => "Ratio above the ceiling",
            Self::RatesNotMonotone => "Rates fall as risk rises",
            Self::PartyNotOfTask => "Not a party to this task",
            Self::CommitmentExists => "Already committed",
            Self::TooFewCommitments => "Too few commitments",
            Self::SecretMismatch => "Secret does not match its commitment",
            Self::SecretRevealed => "Secret already revealed",
            Self::FrozenRecordChanged => "Record changed after the freeze",
            Self::SecretsMissing => "Secrets still missing",
            Self::SecretWeak => "Secret not random",
            Self::SecretUsed => "Secret used before",
            Self::CommitmentUsed => "Commitment used before",
            Self::RevealTooEarly => "Too early to reveal",
            Self::LeadRevealsFirst => "The lead reveals first",
            Self::TermsDiffer => "Terms differ",
            Self::ChanceKnown => "Public value already known",
            Self::ChancePending => "Public value not settled yet",
            Self::ChanceSettled => "Public value already settled",
            Self::VoidPending => "The epoch may be given up",
            Self::LoneObject => "A stratum of one object",
            Self::ObjectsShielded => "Nobody can be sent to an object",
            Self::RecusalAfterMatch => "Recusals after the freeze are restricted",
            Self::RegisterDisagrees => "The register says otherwise",
            Self::NoInspectingBody => "No inspecting body",
            Self::ClassLeftOut => "A credit class is left out",
            Self::ClassCountsDiffer => "The classes do not add up",
            Self::LineHasTasks => "Tasks carry out the line",
            Self::NotInPlan => "Not in the plan in force",
            Self::PlanLinesOpen => "Lines of the plan are not done",
            Self::SpecialPlansReached => "No more special plans this year",
            Self::FrequencyReached => "Inspected as often as allowed this year",
            Self::BudgetReached => "Visits to this enterprise are used up",
            Self::VisitsToMerge => "Other bodies are to visit too",
            Self::VisitRequired => "No approved visit",
            Self::EntryCodeInvalid => "Entry code not valid",
            Self::PoolEmpty => "The pool is empty",
            Self::PoolTooLarge => "The pool is too large",
            Self::TooFewOfficers => "Too few officers available",
            Self::CertificateInvalid => "Certificate not valid",
            Self::OfficerRecused => "Officer must not take part",
            Self::OfficerAvailable => "Officer can take part",
            Self::ResultIncomplete => "Result incomplete",
            Self::InspectionsOpen => "Inspections without an approved result",
            Self::ExplanationDue => "Nothing found again: explain it",
            Self::ItemNotEffective => "Item not effective",
            Self::ElementsIncomplete => "Elements incomplete",
            Self::EffectiveDateInvalid => "Effective date not valid",
            Self::CatalogueIncomplete => "Catalogue file not whole",
            Self::CodeImmutable => "The code cannot be changed",
            Self::ItemInUse => "The item is in use",
            Self::SuccessorInvalid => "Successor not valid",
            Self::BatchRefused => "Batch not carried out",
            Self::RecusalExists => "Recusal already declared",
            Self::DutiesMeet => "Duties must not meet",
            Self::SecondPersonRequired => "A second person must agree",
            Self::DelegationInvalid => "Delegation not valid",
            Self::ErasureRefused => "May not be erased",
            Self::JobCancelled => "Job cancelled",
            Self::MappingInvalid => "Mapping table not valid",
            Self::StrategyInvalid => "Strategy not valid",
            Self::ExtensionUsed => "Extended once already",
            Self::MeasureInvalid => "Measure does not go with the verdict",
            Self::MergeInvalid => "Cannot be merged into that clue",
            Self::ConditionRefused => "Condition not accepted",
            Self::ModelNotReady => "Model not ready for the next step",
            Self::DataCorrupt => "Stored data is not readable",
        }
    }
}

/// A request that the rules of the trade refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    pub detail: Text,
    /// The rule and the law behind the refusal, where there is one.
    pub basis: Option<Basis>,
}

impl Refusal {
    pub fn new(code: Code, detail: Text) -> Self {
        Self { code, detail, basis: None }
    }

    pub fn under(mut self, basis: Basis) -> Self {
        self.basis = Some(basis);
        self
    }

    /// An action that the state does not have.
    pub fn state(status: impl Named, action: impl Named) -> Self {
        Self::new(
            Code::StateConflict,
            text!(
                "当前状态“{sl}”（{s}）不允许“{al}”（{a}）。",
                "Action {a} is not allowed in state {s}.",
                s = status.code(),
                sl = status.label(),
                a = action.code(),
                al = action.label()
            ),
        )
    }

    /// A stored code that this version does not know.
    pub fn corrupt(kind: &str, code: &str) -> Self {
        Self::new(
            Code::DataCorrupt,
            text!("存储的 {k} 代码 {c} 无法识别。", "Stored {k} code {c} is unknown.", k = kind, c = code),
        )
    }
}
