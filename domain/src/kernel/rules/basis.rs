//! 依据: the rules behind refusals, and where each is written.

use serde::Serialize;

/// The rule behind a refusal and where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// Stable name of the rule.
    pub rule: &'static str,
    /// 依据: the document it comes from.
    pub source: &'static str,
}

pub const SEPARATION_OF_DUTIES: Basis =
    Basis { rule: "SUBMITTER_IS_NOT_REVIEWER", source: "内部控制：提交与审核分离（平台规则）" };
pub const THREE_DUTIES: Basis = Basis {
    rule: "SYSTEM_SECURITY_AND_AUDIT_APART",
    source: "GB/T 22239-2019《网络安全等级保护基本要求》第三级：系统管理、审计管理、安全管理分离",
};
pub const DELEGATION: Basis =
    Basis { rule: "DELEGATION_WITHIN_BOUNDS", source: "内部控制：限期委托（平台规则）" };
pub const RECORDS_ARE_KEPT: Basis = Basis {
    rule: "RECORDS_ARE_KEPT",
    source: "《中华人民共和国个人信息保护法》第四十七条第二款（法定保存期限未届满的停止其他处理）",
};
pub const FILES_ARE_APPRAISED: Basis = Basis {
    rule: "FILES_ARE_APPRAISED",
    source: "《机关档案管理规定》（国家档案局令第13号）：期满档案须经鉴定，销毁须经批准，并由两人监销",
};
pub const FILES_ARE_HELD: Basis = Basis {
    rule: "FILES_ARE_HELD",
    source: "《中华人民共和国档案法》：禁止擅自销毁档案；涉及诉讼、复议、监察或者调查的暂缓处置（平台规则）",
};
pub const TWO_OFFICERS: Basis = Basis {
    rule: "AT_LEAST_TWO_OFFICERS",
    source: "《中华人民共和国行政处罚法》第四十二条（执法人员不得少于两人）",
};
pub const VALID_CERTIFICATE: Basis = Basis {
    rule: "VALID_CERTIFICATE",
    source: "国办发〔2018〕118号（行政执法人员持证上岗和资格管理制度）",
};
pub const GENERAL_ITEM_CEILING: Basis = Basis {
    rule: "GENERAL_ITEM_CEILING",
    source: "一般检查事项抽查比例上限（平台配置，参照年度抽查计划通行做法）",
};
pub const COMPLAINTS_IN_TIME: Basis = Basis {
    rule: "COMPLAINTS_IN_TIME",
    source: "《市场监督管理投诉举报处理办法》第十四条、第二十一条、第三十一条（受理、调解、核查期限）；12345 热线工单办理时限",
};
pub const COMPLAINTS_ARE_TOLD: Basis = Basis {
    rule: "COMPLAINTS_ARE_TOLD",
    source: "《市场监督管理投诉举报处理办法》第十四条、第三十二条（告知投诉人和实名举报人）",
};
pub const RATES_RISE_WITH_RISK: Basis =
    Basis { rule: "RATES_RISE_WITH_RISK", source: "国发〔2019〕5号：抽查比例、频次与信用风险挂钩" };
pub const RISKY_CLASSES_ARE_DRAWN: Basis = Basis {
    rule: "RISKY_CLASSES_ARE_DRAWN",
    source: "国发〔2019〕5号：对违法失信、风险高的提高抽查比例和频次，不得排除在外",
};
pub const CLASS_COUNTS_ADD_UP: Basis = Basis {
    rule: "CLASS_COUNTS_ADD_UP",
    source: "年度抽查计划通行做法：各信用类别户数合计应等于抽查数量（平台规则）",
};
pub const EACH_LINE_ENDS: Basis = Basis {
    rule: "EACH_LINE_ENDS",
    source: "国发〔2019〕5号：按计划实施抽查并公示结果；未实施的经调整程序取消（平台规则）",
};
pub const SPECIAL_PLANS_ARE_FEW: Basis = Basis {
    rule: "SPECIAL_PLANS_ARE_FEW",
    source: "国办发〔2024〕54号：专项检查应当制定检查计划，经县级以上政府或实行垂直管理的上级部门批准，合理控制数量",
};
pub const CONFIRMED_BODIES: Basis = Basis {
    rule: "CONFIRMED_BODIES",
    source: "国办发〔2024〕54号：确认并公告行政检查主体，未经公告不得实施行政检查",
};
pub const VISITS_ARE_APPROVED: Basis = Basis {
    rule: "VISITS_ARE_APPROVED",
    source: "国办发〔2024〕54号：实施行政检查前应当经行政机关负责人批准，情况紧急的及时补办",
};
pub const ONE_VISIT: Basis = Basis {
    rule: "ONE_VISIT",
    source: "国办发〔2024〕54号：能合并实施的不得重复检查（进一次门、查多事项）",
};
pub const VISIT_BUDGET: Basis = Basis {
    rule: "VISIT_BUDGET",
    source: "国办发〔2024〕54号：合理确定行政检查频次上限并公布，不得突破",
};
pub const LIST_BINDS: Basis = Basis {
    rule: "LIST_BINDS",
    source: "国办发〔2024〕54号：公布行政检查事项及年度检查频次上限，不得突破",
};
pub const TWO_PARTIES: Basis =
    Basis { rule: "TWO_PARTIES_COMMIT", source: "docs/verifiable-draw.md（平台规则）" };
pub const EFFECTIVE_ITEMS: Basis = Basis {
    rule: "ONLY_EFFECTIVE_ITEMS",
    source: "国办发〔2024〕54号：未公布的检查事项不得实施检查",
};

pub const EFFECT_NOT_IN_THE_PAST: Basis = Basis {
    rule: "EFFECT_NOT_IN_THE_PAST",
    source: "《中华人民共和国立法法》第一百零四条（不溯及既往）的原则（平台规则）",
};
pub const WHOLE_CATALOGUE: Basis =
    Basis { rule: "WHOLE_CATALOGUE", source: "docs/decisions.md（平台规则：目录清单应整份导入）" };
pub const COMPLETE_LISTS: Basis = Basis {
    rule: "COMPLETE_BEFORE_APPROVAL",
    source: "监管事项检查实施清单要素（领域词典 §3.5–3.6；平台规则）",
};
pub const NO_CANCELLING_IN_USE: Basis = Basis {
    rule: "NO_CANCELLING_IN_USE",
    source: "在办任务使用的事项不得取消，除非指定承接事项（平台规则）",
};
pub const ACCREDITED_CODE: Basis =
    Basis { rule: "CODE_IMMUTABLE", source: "监管事项编码经批准后不得更改（平台规则）" };
