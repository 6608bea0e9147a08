//! Who may do what, and how far: roles, permissions, and one total table of role × permission → reach.

mod actor;
pub mod clients;
mod datasets;
mod decision;
mod duties;
mod explain;
mod grants;
pub mod passwords;
pub mod users;

pub use actor::Actor;
pub use datasets::import_permission;
pub use decision::Decide;
pub use duties::{CONSENT_HOURS, Duty, check_consent, check_consenter, check_delegation, check_duties};
pub use explain::{Asked, Explanation, Step, explain};
pub use grants::reach;

use crate::kernel::code_list::code_list;

code_list! {
    /// 角色. Partner systems have a role of their own; people cannot hold it.
    Role "角色" {
        Coordinator "县政府办（统筹协调）",
        PlatformAdmin "县行政审批局（系统管理）",
        PlatformBusiness "县行政审批局（平台业务）",
        SecurityAdmin "县行政审批局（安全管理）",
        SpotCheckLead "县市场监管局（双随机牵头）",
        JusticeSupervisor "县司法局（执法监督）",
        DepartmentAdmin "部门管理员",
        Reviewer "部门审核员",
        BodyHead "检查主体负责人",
        Officer "执法人员",
        Township "乡镇工作人员",
        Auditor "安全审计员",
        Partner "合作系统",
    }
}

code_list! {
    /// How far a granted permission reaches.
    Reach "管理范围" {
        /// Only what the person is assigned to.
        Assigned "本人承担",
        /// What lies in the own region (township, or the region of a partner's grant) and below.
        Region "本区域",
        /// The own department and everything below it.
        Department "本部门及下级",
        /// The whole county.
        All "全县",
    }
}

/// One permission a route; the marker type of the same name stands in the handler's signature.
macro_rules! permissions {
    ($($name:ident $code:literal $label:literal),+ $(,)?) => {
        /// What a role may be granted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::VariantArray)]
        pub enum Permission { $(#[doc = $label] $name),+ }

        impl Permission {
            pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

            /// `noun:verb`, as it stands in OpenAPI's `x-permission` and in `/me`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }
        }

        /// Marker types, one a permission.
        pub mod permit {
            $(#[doc = $label] pub struct $name;
            impl super::Permit for $name { const PERMISSION: super::Permission = super::Permission::$name; })+
        }
    };
}

/// A type that stands for a permission.
pub trait Permit: 'static {
    const PERMISSION: Permission;
}

permissions! {
    SelfUse "self:use" "查看和维护本人账户",
    AccessRead "access:read" "查看自己的权限",
    ReferenceRead "reference:read" "查看行政区划、部门和代码表",
    DepartmentsWrite "departments:write" "维护部门",
    UsersRead "users:read" "查看账户",
    UsersWrite "users:write" "建立、绑定和停用账户",
    UsersAuthorize "users:authorize" "授权启用账户，重置凭据",
    UsersConsent "users:consent" "复核特权账户的授权和重置",
    AssigneesRead "assignees:read" "查看可分派、可委托的账户",
    IdentityReview "identity:review" "人工核验实名",
    DelegationsRead "delegations:read" "查看委托",
    DelegationsRevoke "delegations:revoke" "终止他人的委托",
    AccessExplain "access:explain" "解释他人的权限",
    ClientsRead "clients:read" "查看合作系统",
    ClientsWrite "clients:write" "登记、修改和停用合作系统",
    ClientsActivate "clients:activate" "启用合作系统",
    ObjectsRead "objects:read" "查看监管对象",
    ObjectsWrite "objects:write" "维护监管对象",
    StatementTokensGrant "statement-tokens:grant" "发放企业查询凭证",
    PersonnelRead "personnel:read" "查看执法人员",
    PersonnelWrite "personnel:write" "维护执法人员，申领和注销证件",
    PersonnelReport "personnel:report" "报送执法人员",
    CertificatesApprove "certificates:approve" "核发、年审、暂扣和吊销行政执法证",
    RecusalsDeclare "recusals:declare" "声明本人的回避",
    TrainingsRead "trainings:read" "查看培训",
    TrainingsWrite "trainings:write" "登记培训",
    RollRead "roll:read" "查看名册比对",
    RollWrite "roll:write" "上传执法人员名册",
    PersonalDataRead "personal-data:read" "查看完整的个人信息",
    PersonalDataManage "personal-data:manage" "导出和删除个人信息",
    CreditRead "credit:read" "查看信用分类",
    CreditWrite "credit:write" "导入信用分类",
    CreditPoliciesWrite "credit-policies:write" "编制等级映射表和信用抽查策略",
    CreditPoliciesApprove "credit-policies:approve" "启用和停用映射表和策略",
    CluesRead "risk-clues:read" "查看风险线索",
    CluesWrite "risk-clues:write" "报送风险线索",
    CluesAssign "risk-clues:assign" "签收、分派、退回和并案",
    CluesHandle "risk-clues:handle" "核查、处置和反馈线索",
    CluesReview "risk-clues:review" "审核线索反馈",
    CluesDispatch "risk-clues:dispatch" "交办、转办线索",
    CluesSupervise "risk-clues:supervise" "办结线索，决定退回",
    ComplaintsRead "complaints:read" "查看投诉举报",
    ComplaintsWrite "complaints:write" "登记投诉举报",
    ComplaintsDispatch "complaints:dispatch" "分办和督促投诉举报",
    ComplaintsHandle "complaints:handle" "受理和办理投诉举报",
    ComplaintsReview "complaints:review" "批准投诉举报延期",
    ReportersRead "complaint-reporters:read" "查看投诉举报人",
    ModelsRead "risk-models:read" "查看风险模型",
    ModelsWrite "risk-models:write" "编制、测试和回测风险模型",
    ModelsApprove "risk-models:approve" "启用和停用风险模型",
    ModelsRun "risk-models:run" "运行风险模型",
    SpotCheckItemsRead "spot-check-items:read" "查看抽查事项",
    SpotCheckItemsWrite "spot-check-items:write" "维护抽查事项",
    CatalogueRead "catalogue:read" "查看监管事项目录清单",
    CatalogueWrite "catalogue:write" "导入监管事项目录清单",
    ItemsRead "items:read" "查看监管事项和检查实施清单",
    ItemsWrite "items:write" "认领、编制和变更监管事项",
    ItemsReview "items:review" "审核监管事项",
    OwnSystemItemsWrite "own-system-items:write" "报送自建系统事项",
    ClausesRead "clauses:read" "查看法律条款",
    ClausesWrite "clauses:write" "维护法律条款",
    IndicatorsRead "indicators:read" "查看指标",
    LibrariesRead "libraries:read" "查看名录库",
    LibrariesWrite "libraries:write" "建立和维护名录库",
    PlansRead "plans:read" "查看抽查计划",
    PlansWrite "plans:write" "编制抽查计划",
    PlansReview "plans:review" "审核抽查计划",
    PlansFile "plans:file" "备案抽查计划",
    PlansPublish "plans:publish" "公示抽查计划",
    TasksRead "tasks:read" "查看抽查任务",
    TasksWrite "tasks:write" "组织抽查任务",
    DrawsRead "draws:read" "查看抽取记录",
    DrawsCommit "draws:commit" "提交和启封随机数",
    DrawsOpen "draws:open" "开启对象库、出具入库证明",
    BodiesRead "inspecting-bodies:read" "查看行政检查主体",
    BodiesWrite "inspecting-bodies:write" "报送行政检查主体",
    BodiesConfirm "inspecting-bodies:confirm" "确认、公布和撤销行政检查主体",
    IssuedTasksRead "issued-tasks:read" "查看下发任务",
    IssuedTasksReceive "issued-tasks:receive" "接收下发任务",
    IssuedTasksManage "issued-tasks:manage" "签收、下发、核对和上报下发任务",
    IssuedTasksHandle "issued-tasks:handle" "办理部门任务",
    InspectionsRead "inspections:read" "查看检查",
    InspectionsRecord "inspections:record" "开展检查和录入结果",
    InspectionsReview "inspections:review" "审核检查结果",
    InspectionsPublish "inspections:publish" "公示检查结果",
    CaseReferralsRead "case-referrals:read" "查看案件移送",
    CaseReferralsHandle "case-referrals:handle" "审查和办理移送案件",
    EvidenceRead "evidence:read" "查看证据",
    EvidenceWrite "evidence:write" "登记和上传证据",
    DocumentsRead "documents:read" "查看执法文书",
    DocumentsWrite "documents:write" "制作、制发和送达执法文书",
    DocumentsVoid "documents:void" "作废执法文书",
    VisitsRead "visits:read" "查看入企检查",
    VisitsRequest "visits:request" "申请和实施入企检查",
    VisitsApprove "visits:approve" "批准入企检查",
    VisitRulesRead "visit-rules:read" "查看入企检查额度规则",
    VisitRulesWrite "visit-rules:write" "维护入企检查额度规则",
    VisitFeedbackHandle "visit-feedback:handle" "处理企业评价和投诉",
    SupervisionRead "supervision-cases:read" "查看行政执法监督案件",
    SupervisionHandle "supervision-cases:handle" "办理行政执法监督案件",
    SupervisionReply "supervision-cases:reply" "回复行政执法监督文书",
    ArchivesRead "archives:read" "查看保管期限、档案保全和鉴定清册",
    ArchivesAppraise "archives:appraise" "鉴定到期档案，登记移交",
    ArchivesApprove "archives:approve" "批准到期档案的处置",
    ArchivesSupervise "archives:supervise" "监销到期档案",
    LegalHoldsManage "legal-holds:manage" "保全档案和解除保全",
    BehavioursRead "behaviours:read" "查看监管行为",
    BehavioursWrite "behaviours:write" "报送监管行为",
    BehavioursAudit "behaviours:audit" "核销监管行为的质量问题",
    DataSetsRead "data-sets:read" "查看数据集目录",
    DataSetsWrite "data-sets:write" "编制数据集目录和汇集方案",
    DataSetsApprove "data-sets:approve" "批准汇集方案",
    DataSetsSign "data-sets:sign" "签认本人负责的数据集",
    ImportsRead "imports:read" "查看导入",
    ImportsWrite "imports:write" "导入数据",
    AuditRead "audit:read" "查看审计记录",
    LogRead "log:read" "查验存证日志",
    LogWitness "log:witness" "见证存证日志",
}

impl Permission {
    /// The permission of a code such as `plans:read`.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.code() == code)
    }
}
