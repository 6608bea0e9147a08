//! The columns of each data set, under the headings by which departments know them. A heading is written as it is compared:
//! half-width, without blanks.

use crate::intake::behaviours::BehaviourSet;
use crate::intake::imports::Dataset;
use crate::intake::imports::behaviours as exchange;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A column of a data set.
pub struct Column {
    /// Its heading in the county's template.
    pub name: &'static str,
    pub required: bool,
    /// Other headings of the same meaning, the better ones first.
    pub aliases: Cow<'static, [&'static str]>,
}

const fn must(name: &'static str, aliases: &'static [&'static str]) -> Column {
    Column { name, required: true, aliases: Cow::Borrowed(aliases) }
}

const fn may(name: &'static str, aliases: &'static [&'static str]) -> Column {
    Column { name, required: false, aliases: Cow::Borrowed(aliases) }
}

const DEPARTMENT: &[&str] = &["部门代码", "单位编码", "单位代码"];
const ID_NUMBER: &[&str] = &["身份证号码", "公民身份号码", "居民身份证号", "居民身份证号码", "身份证", "证件号码"];
const CERTIFICATE: &[&str] =
    &["执法证编号", "执法证件号", "执法证件号码", "执法证号码", "行政执法证号", "行政执法证编号", "证号"];
const VALID_UNTIL: &[&str] =
    &["有效期", "有效期截止", "有效期截止日期", "有效期限", "有效截止日期", "证件有效期", "到期日期"];
const USCC: &[&str] =
    &["社会信用代码", "信用代码", "统一信用代码", "统一社会信用代码/注册号", "统一社会信用代码(注册号)"];
const BASIS: &[&str] = &["依据", "法律依据", "设立依据", "检查依据"];

const OBJECTS: &[Column] = &[
    must(
        "企业名称",
        &[
            "名称",
            "主体名称",
            "市场主体名称",
            "单位名称",
            "企业(机构)名称",
            "商事主体名称",
            "个体工商户名称",
            "字号名称",
        ],
    ),
    must("统一社会信用代码", USCC),
    may("注册号", &["工商注册号", "营业执照号", "营业执照注册号", "登记证号"]),
    may("注册日期", &["成立日期", "成立时间", "注册时间", "设立日期"]),
    may("企业类型", &["市场主体类型", "主体类型", "类型", "企业(机构)类型"]),
    may("法人代表", &["法定代表人", "法定代表人(负责人)", "负责人", "经营者", "法定代表人/负责人", "法人", "投资人"]),
    may("注册资金", &["注册资本", "注册资本(金)", "注册资本(万元)", "资金数额", "出资额"]),
    may("经营范围", &["业务范围", "经营(业务)范围", "宗旨和业务范围"]),
    may("注册地址", &["住所", "地址", "登记住所", "住所(经营场所)", "住所/经营场所", "注册地", "企业地址"]),
    may("经营地址", &["经营场所", "生产经营地址", "实际经营地址", "生产经营场所"]),
    may("行业代码", &["国民经济行业代码", "行业分类代码"]),
    may("登记状态", &["经营状态", "企业状态", "主体状态", "状态", "登记(经营)状态", "存续状态"]),
    may("登记机关", &["注册机关", "发照机关", "登记管理机关"]),
    may("联系电话", &["电话", "联系方式", "电话号码", "手机号码"]),
    may("是否重点监管", &["重点监管", "是否重点"]),
    may("所在省份", &["省份", "省", "所属省份"]),
    may("地区", &["所在地区", "城市", "市", "所属城市"]),
    may("标签", &["对象标签"]),
];

const PERSONNEL: &[Column] = &[
    must("姓名", &["人员姓名", "执法人员姓名"]),
    must("部门编码", DEPARTMENT),
    must("执法证号", CERTIFICATE),
    must("有效期至", VALID_UNTIL),
    may("身份证号", ID_NUMBER),
    may("性别", &[]),
    may("出生日期", &["出生年月日", "生日"]),
    may("联系电话", &["电话", "手机号", "手机号码", "联系方式"]),
    may("住址", &["家庭住址", "地址"]),
    may("人员性质", &["编制性质", "身份性质"]),
    may("职务", &["职位", "岗位"]),
    may("证件种类", &["证件类型", "执法证种类", "证件类别"]),
    may("发证机关", &["发证单位", "颁发机关"]),
    may("发证日期", &["发证时间", "颁发日期"]),
    may("年审截止", &["年审截止日期", "年审有效期至"]),
    may("执法类别", &["执法类型", "执法领域", "执法种类"]),
    may("是否监督人员", &["监督人员"]),
    may("专业资格", &["专业资质", "业务专长", "资格"]),
];

const JUSTICE_ROLL: &[Column] = &[
    must("姓名", &["人员姓名", "持证人", "持证人姓名", "执法人员姓名"]),
    must("执法证号", CERTIFICATE),
    may("单位名称", &["单位", "所在单位", "执法单位", "部门名称", "工作单位"]),
    may("部门编码", DEPARTMENT),
    may("身份证号", ID_NUMBER),
    may("证件种类", &["证件类型", "执法证种类", "证件类别"]),
    may("有效期至", VALID_UNTIL),
];

const SPOT_CHECK_ITEMS: &[Column] = &[
    must("抽查事项名称", &["事项名称", "抽查事项", "抽查项目", "抽查类别"]),
    must("抽查对象", &["检查对象", "抽查检查对象"]),
    must("抽查比例", &["检查比例", "比例", "抽查比例(数量)"]),
    may("抽查子项", &["子项", "子项名称", "检查子项", "抽查内容"]),
    may("抽查依据", BASIS),
    may("抽查主体", &["检查主体", "实施主体", "抽查主体(层级)"]),
    may("抽查频次", &["频次", "检查频次"]),
    may("抽查方式", &["检查方式", "检查方法", "抽查方法"]),
    may("检查人员要求", &["人员要求", "检查人员资格要求"]),
    may("事项类别", &["抽查事项类别", "事项类型"]),
    may("部门编码", DEPARTMENT),
    may("备注", &["说明"]),
];

const CREDIT: &[Column] = &[
    must("统一社会信用代码", USCC),
    must("分类体系", &["评价体系", "信用分类体系"]),
    must("信用等级", &["等级", "信用分类等级", "风险等级", "信用风险等级", "信用分类结果"]),
    must("评价批次", &["批次", "评价月份", "评价年月"]),
    must("下发来源", &["来源", "数据来源"]),
    may("企业名称", &["名称", "主体名称"]),
    may("分值", &["得分", "评分", "信用得分"]),
    may("有效期至", VALID_UNTIL),
];

const CATALOGUE: &[Column] = &[
    must("主项编码", &["监管主项编码", "主项代码"]),
    must("子项编码", &["监管子项编码", "子项代码"]),
    must("子项名称", &["监管子项名称", "检查子项名称"]),
    must("监管部门编码", &["监管部门代码"]),
    must("行政类型", &["行为类型", "行政行为类型"]),
    must("监管层级", &["行使层级"]),
    may("主项名称", &["监管主项名称"]),
    may("监管对象", &["检查对象"]),
    may("监管形式", &[]),
    may("设定依据", BASIS),
    may("监管方式", &[]),
    may("监管流程", &[]),
    may("监管结果", &[]),
    may("适用范围", &[]),
    may("操作状态", &["状态", "事项状态"]),
];

const OWN_SYSTEM_ITEMS: &[Column] = &[
    must("部门编码", DEPARTMENT),
    must("系统名称", &["自建系统名称", "所属系统"]),
    must("事项编码", &["事项代码", "自建事项编码"]),
    must("事项名称", &["自建事项名称"]),
    may("设定依据", BASIS),
    may("行政类型", &["行为类型", "行政行为类型"]),
    may("监管形式", &[]),
];

const PLANS: &[Column] = &[
    may("编号", &["抽查计划编号", "计划编号", "任务编号", "序号"]),
    must("抽查事项", &["抽查事项名称", "检查事项", "检查内容", "抽查内容", "事项名称"]),
    must(
        "检查时间",
        &["初步检查时间", "计划开展时间", "实施抽查时间段", "抽查时间", "起止时间", "实施时间", "时间安排"],
    ),
    must("抽查比例", &["检查比例", "抽查比例(数量)", "比例"]),
    may("抽查数量", &["检查数量", "抽查户数", "数量", "户数"]),
    may("任务名称", &["抽查任务名称", "年度计划名称", "计划名称", "抽查类别", "检查类别"]),
    may("检查对象", &["抽查对象", "对象"]),
    may("检查主体", &["抽查主体", "抽查主体(层级)", "责任部门", "责任单位", "实施主体", "部门名称"]),
    may("发起部门", &["牵头部门", "牵头单位", "发起单位"]),
    may("参与部门", &["配合部门", "联合部门", "协同部门", "参与单位", "配合单位"]),
    may("抽查类型", &["发起方式", "定向/不定向"]),
    may("信用分类抽查比例", &["分类抽查比例", "信用风险分类抽查比例", "各类别抽查比例", "信用分类比例"]),
    may("检查方式", &["检查形式", "核查方式", "抽查方式"]),
    may("取消理由", &["取消原因"]),
    may("部门编码", DEPARTMENT),
    may("执行股室", &["股室", "执行科室", "责任股室", "科室", "实施机构", "承办股室"]),
    may("事项类别", &["抽查事项类别", "事项类型"]),
    may("年度", &["计划年度", "年份"]),
];

const ISSUED_TASKS: &[Column] = &[
    must("任务编号", &["任务号", "联合监管任务编号", "下发任务编号"]),
    must("任务名称", &["联合监管任务名称", "下发任务名称"]),
    must("任务级别", &["级别", "下发层级", "任务层级"]),
    must("发起单位", &["发起单位名称", "下发单位", "发起部门", "下达单位"]),
    must("检查主要内容", &["检查内容", "主要内容", "任务内容"]),
    must("办理期限", &["完成时限", "截止日期", "办结期限", "反馈时限", "完成期限"]),
    may("检查要求", &["工作要求", "任务要求"]),
    may("监管事项目录编码", &["监管事项编码", "事项编码", "目录编码"]),
    may("部门编码", &["接收单位编码", "联合部门编码", "部门代码", "单位编码"]),
    may("收到日期", &["接收日期", "下发日期", "任务开始时间"]),
    may("监管对象", &["监管对象名称", "企业名称", "检查对象", "对象名称"]),
    may("统一社会信用代码", USCC),
];

const COMPLAINTS: &[Column] = &[
    must("工单编号", &["工单号", "诉求编号", "投诉举报编号", "登记编号", "受理编号"]),
    must("工单类别", &["类别", "诉求类型", "诉求类别", "工单类型", "投诉举报类别"]),
    must("标题", &["工单标题", "诉求标题", "主题"]),
    must("内容", &["工单内容", "诉求内容", "反映内容", "投诉举报内容"]),
    must("派单日期", &["派单时间", "转办时间", "登记时间", "登记日期"]),
    may("来源渠道", &["信息来源", "来源", "渠道"]),
    may("问题类型", &["投诉举报问题类型", "问题类别"]),
    may("被反映主体", &["被投诉举报主体", "被投诉主体", "被反映单位", "涉及主体", "企业名称"]),
    may("统一社会信用代码", USCC),
    may("事发日期", &["事发时间", "争议发生时间"]),
    may("事发地点", &["事发地", "发生地点"]),
    may("部门编码", DEPARTMENT),
    may("反映人姓名", &["来电人", "来电人姓名", "诉求人", "投诉人", "举报人"]),
    may("反映人电话", &["来电号码", "来电人电话", "联系电话"]),
    may("是否匿名", &["匿名"]),
];

/// The national tables under their labels and names, with the exchange's own columns.
static BEHAVIOURS: LazyLock<BTreeMap<BehaviourSet, Vec<Column>>> = LazyLock::new(|| {
    let tables = BehaviourSet::ALL.iter().filter_map(|set| Some((*set, set.table()?)));
    let columns = tables.map(|(set, table)| {
        let own = table.columns.iter().map(|column| Column {
            name: &column.label,
            required: column.name == table.code,
            aliases: Cow::Owned(vec![column.name.as_str()]),
        });
        (set, own.chain(envelope()).collect())
    });
    columns.collect()
});

fn envelope() -> [Column; 9] {
    [
        may(exchange::ID, &["CD_ID", "数据主键"]),
        may(exchange::OPERATION, &["CD_OPERATION", "操作类型", "数据操作"]),
        may(exchange::TIME, &["CD_TIME", "数据时间"]),
        may(exchange::SOURCE, &["CD_SOURCE", "数据来源"]),
        may(exchange::BATCH, &["CD_BATCH", "批次"]),
        may(exchange::DEPARTMENT, DEPARTMENT),
        may(exchange::STOCK, &["存量"]),
        may(exchange::VERSION, &["VERSION"]),
        may(exchange::DOUBTS, &["问题"]),
    ]
}

impl Dataset {
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Objects => OBJECTS,
            Self::Personnel => PERSONNEL,
            Self::JusticeRoll => JUSTICE_ROLL,
            Self::SpotCheckItems => SPOT_CHECK_ITEMS,
            Self::CreditClassifications => CREDIT,
            Self::Catalogue => CATALOGUE,
            Self::OwnSystemItems => OWN_SYSTEM_ITEMS,
            Self::Plans => PLANS,
            Self::IssuedTasks => ISSUED_TASKS,
            Self::Complaints => COMPLAINTS,
            Self::Checks | Self::Penalties | Self::Coercions | Self::OtherBehaviours => {
                self.behaviours().and_then(|set| BEHAVIOURS.get(&set)).map_or(&[], Vec::as_slice)
            }
        }
    }
}
