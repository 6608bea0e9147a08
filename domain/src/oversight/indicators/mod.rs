//! The county's indicators (rules of the trade §11): each is two sets of records, so that it can say what is missing.

pub mod behaviours;
pub mod data_sets;
pub mod items;
pub mod people;
pub mod risks;
pub mod spot_checks;

use crate::access::Permission;
use crate::kernel::code_list::code_list;
use crate::kernel::text::Text;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

code_list! {
    IndicatorCode "指标" {
        ClaimRate "监管事项清单认领率", ListCompletion "检查实施清单完成率", MappingCompletion "自建系统事项比对完成率", CatalogueAccuracy "目录清单/实施清单准确率",
        StageUse "双随机监管环节应用率", TaskCompletion "双随机任务全流程完成率", IssuedTimeliness "国家、省、市下发任务按时办理率", TownshipCoverage "企业被检查比例大于5%的乡镇占比",
        CreditApplication "信用分类结果应用率", ClueTimeliness "风险预警线索按时办理率", ModelElements "风险模型要素完整率",
        CluePrecision "模型线索属实率", OfficerRegistration "执法人员注册率", MonthlyActive "月活跃率", OfficerCollection "执法人员汇聚率",
        OfficerAccuracy "执法人员准确率", BehaviourAccuracy "监管行为数据准确率", BehaviourTimeliness "监管行为数据及时率",
        ObjectAccuracy "监管对象数据准确率", ComplaintAccuracy "投诉举报数据准确率", BehaviourCoverage "监管行为主项覆盖率",
        DataSetConnection "数据集接入率", DataSetUpdate "数据集按期更新率"
    }
}

impl IndicatorCode {
    /// Its row in the county's table.
    pub const fn row(self) -> &'static str {
        match self {
            Self::ClaimRate => "1",
            Self::ListCompletion => "2",
            Self::MappingCompletion => "3.1",
            Self::CatalogueAccuracy => "3.2",
            Self::StageUse => "5.1",
            Self::TaskCompletion => "5.2",
            Self::IssuedTimeliness => "5.3",
            Self::TownshipCoverage => "6.2",
            Self::CreditApplication => "7",
            Self::ClueTimeliness => "8",
            Self::ModelElements => "9.1",
            Self::CluePrecision => "9.2",
            Self::OfficerRegistration => "10.1",
            Self::MonthlyActive => "10.2",
            Self::OfficerCollection => "12.1",
            Self::OfficerAccuracy => "12.2",
            Self::BehaviourAccuracy => "4.1",
            Self::BehaviourTimeliness => "13.1",
            Self::ObjectAccuracy => "4.2",
            Self::ComplaintAccuracy => "4.3",
            Self::BehaviourCoverage => "4.4",
            Self::DataSetConnection => "11.1",
            Self::DataSetUpdate => "13.2",
        }
    }

    /// What its explanation names, and who may read that; the other rows are for whoever may read indicators.
    pub const fn records(self) -> Option<Permission> {
        match self {
            Self::CreditApplication | Self::TaskCompletion => Some(Permission::TasksRead),
            Self::IssuedTimeliness => Some(Permission::IssuedTasksRead),
            Self::ClueTimeliness | Self::CluePrecision => Some(Permission::CluesRead),
            Self::ModelElements => Some(Permission::ModelsRead),
            Self::BehaviourAccuracy | Self::BehaviourTimeliness => Some(Permission::BehavioursRead),
            Self::ObjectAccuracy | Self::ComplaintAccuracy => Some(Permission::ImportsRead),
            Self::DataSetConnection | Self::DataSetUpdate => Some(Permission::DataSetsRead),
            Self::ClaimRate
            | Self::ListCompletion
            | Self::MappingCompletion
            | Self::CatalogueAccuracy
            | Self::StageUse
            | Self::TownshipCoverage
            | Self::OfficerRegistration
            | Self::MonthlyActive
            | Self::OfficerCollection
            | Self::OfficerAccuracy
            | Self::BehaviourCoverage => None,
        }
    }

    /// By its code or its row; a row of two parts alone means the share of what is right.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "3" => Some(Self::CatalogueAccuracy),
            "4" => Some(Self::BehaviourAccuracy),
            "5" => Some(Self::TaskCompletion),
            "6" => Some(Self::TownshipCoverage),
            "11" => Some(Self::DataSetConnection),
            "13" => Some(Self::BehaviourTimeliness),
            name => Self::ALL.iter().copied().find(|code| code.row() == name || code.code() == name),
        }
    }

    /// Whether departments may be ranked by it: a figure that grows with the number of checks is shown and explained, and
    /// nobody is assessed by it (国办发〔2024〕54号：严禁下达检查指标).
    pub const fn is_assessable(self) -> bool {
        !matches!(self, Self::TownshipCoverage | Self::BehaviourCoverage)
    }

    /// What is counted, and against what.
    pub const fn definition(self) -> &'static str {
        match self {
            Self::ClaimRate => "已认领（有效）事项数 ÷（应认领事项数 − 已核销事项数）",
            Self::ListCompletion => "已批准且完整的检查实施清单数 ÷ 有效的行政检查类事项数",
            Self::MappingCompletion => "已确认对应或确认不对应的自建系统事项数 ÷ 自建系统事项数",
            Self::CatalogueAccuracy => "名称、编码、依据、类型、行为与统一事项一致的事项数 ÷ 已比对事项数",
            Self::StageUse => {
                "本年已应用的双随机监管环节数 ÷ 应有环节数（已公布抽查事项的部门，未发现问题的不计后续处置）"
            }
            Self::TaskCompletion => "已完成全部环节的抽查任务数 ÷ 本年已完成和到期的抽查任务数（已取消的不计）",
            Self::IssuedTimeliness => "各环节均按时的下发任务数 ÷ 本年已办结和已逾期的下发任务数",
            Self::TownshipCoverage => {
                "本年被检查企业（去重）÷ 登记企业大于 5% 的乡镇数 ÷ 乡镇数（个体工商户不计，所在乡镇不明的不计）"
            }
            Self::CreditApplication => {
                "按推送类别分层、且实际抽查比例随风险递增的任务数 ÷ 本年已抽取的双随机和专项任务数"
            }
            Self::ClueTimeliness => "按时签收并按时反馈的线索数 ÷ 本年应办的线索数（退回和并案的不计）",
            Self::ModelElements => "模型已填且有效的要素数 ÷ 应有要素数",
            Self::CluePrecision => "核查属实或部分属实的模型线索数 ÷ 已核查的模型线索数",
            Self::OfficerRegistration => "已开通账户并实名认证的持证执法人员数 ÷ 持证执法人员数",
            Self::MonthlyActive => "本月活跃的账户数 ÷ 开通（启用）的账户总量",
            Self::OfficerCollection => "已登记的持证人员数 ÷ 司法局最新名册上的人数",
            Self::OfficerAccuracy => "与名册逐字段一致的人数 ÷ 已登记的人数",
            Self::BehaviourAccuracy => "没有未处理错误的监管行为数据行数 ÷ 本年到达的行数（已删除的不计）",
            Self::BehaviourTimeliness => "发生后规定的工作日内到达的监管行为数据行数 ÷ 本年到达的行数（存量不计）",
            Self::ObjectAccuracy => "本年报送文件中没有错误的监管对象行数 ÷ 报送的行数",
            Self::ComplaintAccuracy => "本年报送文件中没有错误的投诉举报行数 ÷ 报送的行数",
            Self::BehaviourCoverage => "本年有监管行为数据的监管事项主项数 ÷ 已认领（有效）的主项数（只监测，不考核）",
            Self::DataSetConnection => "在更新周期内有合格数据到达的数据集数 ÷ 应汇集的数据集数",
            Self::DataSetUpdate => "按更新周期按时更新的数据集数 ÷ 应汇集的数据集数",
        }
    }
}

/// The records of an indicator for one department: what each adds to numerator and denominator, and what is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sets {
    parts: BTreeMap<Uuid, Ratio>,
    /// Why a record does not count in full.
    pub missing: BTreeMap<Uuid, Text>,
}

impl Sets {
    /// A record of the denominator, and whether it counts.
    pub fn count(&mut self, id: Uuid, verdict: Result<(), Text>) {
        let numerator = u64::from(verdict.is_ok());
        self.weigh(id, Ratio { numerator, denominator: 1 }, verdict.err());
    }

    /// A record that adds more than one, such as a model with its elements.
    pub fn weigh(&mut self, id: Uuid, part: Ratio, missing: Option<Text>) {
        self.parts.insert(id, part);
        if let Some(reason) = missing {
            self.missing.insert(id, reason);
        }
    }

    pub fn ratio(&self) -> Ratio {
        self.parts.values().copied().fold(Ratio::default(), Ratio::plus)
    }

    /// The records, each with what it adds.
    pub fn parts(&self) -> &BTreeMap<Uuid, Ratio> {
        &self.parts
    }
}

/// A share, exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ratio {
    pub numerator: u64,
    pub denominator: u64,
}

impl Ratio {
    /// Hundredths of a per cent, rounded down: 9 999 is not yet all. `None` where nothing is to be counted.
    pub fn basis_points(self) -> Option<u64> {
        (self.denominator > 0).then(|| self.numerator * 10_000 / self.denominator)
    }

    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { numerator: self.numerator + other.numerator, denominator: self.denominator + other.denominator }
    }
}
