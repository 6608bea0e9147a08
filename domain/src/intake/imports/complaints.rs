//! A row of a list of complaints (12345 热线工单, 12315 and others): what somebody told, of whom, and by when it was given.

use super::reading::fields::{Cells, Row};
use super::{Finding, Parsed, Record, Severity};
use crate::complaints::{ComplaintChannel, ComplaintKind, HotlineTicket};
use crate::kernel::text::text;
use chrono::NaiveDate;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ComplaintRow {
    pub source_no: String,
    pub channel: ComplaintChannel,
    pub kind: ComplaintKind,
    /// What the hotline calls it; other channels have none.
    pub ticket: Option<HotlineTicket>,
    pub title: String,
    pub content: String,
    pub problem_type: Option<String>,
    pub object_name: Option<String>,
    pub uscc: Option<String>,
    pub incident_on: Option<NaiveDate>,
    pub incident_place: Option<String>,
    pub received_on: NaiveDate,
    pub department_code: Option<String>,
    /// Name and telephone of whoever complained; none where it is anonymous.
    pub reporter: Option<(Option<String>, Option<String>)>,
}

impl Record for ComplaintRow {
    const KEY_FIELD: &'static str = "工单编号";

    fn key(&self) -> String {
        format!("{}\u{1f}{}", self.channel.code(), self.source_no)
    }
}

const KINDS: [(&str, &str); 5] =
    [("ENQUIRY", "咨询"), ("HELP", "求助"), ("COMPLAINT", "投诉"), ("REPORT", "举报"), ("HELP", "意见建议")];

const CHANNELS: [(&str, &str); 11] = [
    ("HOTLINE", "12345热线"),
    ("HOTLINE", "12345"),
    ("MARKET", "12315平台"),
    ("MARKET", "12315"),
    ("PLATFORM", "省“互联网+监管”平台"),
    ("LETTER", "来信"),
    ("VISIT", "来访"),
    ("SUPERIOR", "上级交办"),
    ("DEPARTMENT", "部门移送"),
    ("WEB", "网上"),
    ("WEB", "网络"),
];

/// 投诉举报问题类型 (dictionary complaint-problem-type).
const PROBLEMS: [(&str, &str); 15] = [
    ("01", "综合监管"),
    ("02", "自然资源"),
    ("03", "生态环境"),
    ("04", "交通运输"),
    ("05", "农业农村"),
    ("06", "文化旅游"),
    ("07", "卫生健康"),
    ("08", "市场监管"),
    ("09", "食品监管"),
    ("10", "药品监管"),
    ("11", "安全生产"),
    ("12", "金融监管"),
    ("13", "网信安全"),
    ("14", "社会保障"),
    ("15", "税务税收"),
];

pub fn parse(cells: &dyn Cells, today: NaiveDate) -> Parsed<ComplaintRow> {
    let mut row = Row::new(cells);
    let source_no = row.required_code("工单编号", 64);
    let kind = row.choice("工单类别", &KINDS);
    let kind = row.demand("工单类别", kind.and_then(|code| of_ticket(&code)));
    let title = row.required("标题", 200);
    let content = row.required("内容", 10_000);
    let channel = row.choice("来源渠道", &CHANNELS).and_then(|code| code.parse().ok());
    let channel = channel.unwrap_or(ComplaintChannel::Hotline);
    let problem_type = row.choice("问题类型", &PROBLEMS);
    let uscc = row.code("统一社会信用代码", 18);
    if uscc.as_ref().is_some_and(|code| code.len() != 18) {
        let message = text!("应为 18 位，未采用。", "It has 18 signs; it was not taken.");
        let code = uscc.clone().unwrap_or_default();
        row.findings.push(Finding::warning("统一社会信用代码", "USCC_INVALID", &code, message));
    }
    let uscc = uscc.filter(|code| code.len() == 18);
    let object_name = row.text("被反映主体", 300);
    let incident_on = row.past_date("事发日期", today).filter(|day| *day <= today);
    let incident_place = row.text("事发地点", 400);
    let received_on = row.past_date("派单日期", today).filter(|day| *day <= today);
    let received_on = row.demand("派单日期", received_on);
    let department_code = row.code("部门编码", 16);
    let reporter = reporter(&mut row);

    let value = match (source_no, kind, title, content, received_on) {
        (Some(source_no), Some((kind, ticket)), Some(title), Some(content), Some(received_on)) => Some(ComplaintRow {
            source_no,
            channel,
            kind,
            ticket: Some(ticket).filter(|_| channel == ComplaintChannel::Hotline),
            title,
            content,
            problem_type,
            object_name,
            uscc,
            incident_on,
            incident_place,
            received_on,
            department_code,
            reporter,
        }),
        _ => None,
    };
    Parsed::of(value, row.findings)
}

/// What the hotline calls it says what it is and how soon it wants an answer.
fn of_ticket(code: &str) -> Option<(ComplaintKind, HotlineTicket)> {
    match code {
        "ENQUIRY" => Some((ComplaintKind::Enquiry, HotlineTicket::Enquiry)),
        "HELP" => Some((ComplaintKind::Enquiry, HotlineTicket::Help)),
        "COMPLAINT" => Some((ComplaintKind::Complaint, HotlineTicket::Complaint)),
        "REPORT" => Some((ComplaintKind::Report, HotlineTicket::Complaint)),
        _ => None,
    }
}

/// Who it was, as far as the file says; nothing of it goes into a finding.
fn reporter(row: &mut Row) -> Option<(Option<String>, Option<String>)> {
    let before = row.findings.len();
    let name = row.text("反映人姓名", 50);
    let number = row.code("反映人电话", 30);
    let is_phone = |number: &String| number.chars().filter(char::is_ascii_digit).count() >= 5;
    let phone = number.clone().filter(is_phone);
    if number.is_some() && phone.is_none() {
        let message = text!("不是电话号码，未采用。", "This is no telephone number; it was not taken.");
        row.findings.push(Finding::warning("反映人电话", "PHONE_INVALID", "", message));
    }
    let told = name.is_some() || phone.is_some();
    let answer = row.choice("是否匿名", &[("Y", "是"), ("Y", "匿名"), ("N", "否"), ("N", "实名")]);

    // What cannot be read is not guessed: it would make somebody known who wants not to be.
    for finding in row.findings[before..].iter_mut().filter(|finding| finding.field == "是否匿名") {
        finding.severity = Severity::Error;
    }
    if answer.as_deref() == Some("Y") && told {
        let message = text!(
            "注明匿名而填写了反映人，按匿名收，未保存其信息。",
            "It says anonymous and names somebody: taken as anonymous, the person's data was not kept."
        );
        row.findings.push(Finding::warning("是否匿名", "ANONYMOUS_WITH_NAME", "", message));
    }
    if answer.as_deref() == Some("N") && !told {
        let message =
            text!("注明实名而没有反映人的姓名或电话。", "It says named, and gives neither name nor telephone.");
        row.findings.push(Finding::error("反映人姓名", "REPORTER_MISSING", "", message));
    }
    for finding in &mut row.findings[before..] {
        finding.value = None;
    }
    (told && answer.as_deref() != Some("Y")).then_some((name, phone))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Sheet, rules};
    use super::*;

    const CELLS: [(&str, &str); 10] = [
        ("工单编号", "GY202611300001"),
        ("工单类别", "举报"),
        ("标题", "某餐馆无证经营"),
        ("内容", "东河镇某餐馆没有食品经营许可证"),
        ("派单日期", "2026年11月23日"),
        ("被反映主体", "旺苍县某餐馆"),
        ("问题类型", "食品监管"),
        ("反映人姓名", "张三"),
        ("反映人电话", "13800000000"),
        ("是否匿名", "否"),
    ];

    fn read(change: &[(&str, &str)]) -> Parsed<ComplaintRow> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
        let cell = |(name, text): (&'static str, &'static str)| {
            let changed = change.iter().find(|(other, _)| *other == name);
            (name, changed.map_or(text, |(_, text)| *text).to_owned())
        };
        let cells: Vec<_> = CELLS.into_iter().map(cell).collect();
        let cells: Vec<_> = cells.iter().map(|(name, text)| (*name, text.as_str())).collect();
        parse(&Sheet::of(&cells), today)
    }

    #[test]
    fn a_row_is_what_somebody_told() {
        let parsed = read(&[]);
        assert_eq!(rules(&parsed.findings), [""; 0]);
        let told = parsed.value.map(|row| (row.kind, row.ticket, row.problem_type, row.received_on.to_string()));
        let ticket = Some(HotlineTicket::Complaint);
        assert_eq!(told, Some((ComplaintKind::Report, ticket, Some("09".to_owned()), "2026-11-23".to_owned())));

        let tomorrow = read(&[("派单日期", "2026-11-25")]);
        assert!(tomorrow.value.is_none(), "{:?}", tomorrow.findings);
    }

    #[test]
    fn whoever_wants_no_name_has_none() {
        let parsed = read(&[("是否匿名", "是")]);
        assert_eq!(rules(&parsed.findings), ["ANONYMOUS_WITH_NAME"]);
        assert!(parsed.value.is_some_and(|row| row.reporter.is_none()));
        let unread = read(&[("是否匿名", "不详")]);
        assert!(unread.value.is_none() && unread.findings.iter().all(|finding| finding.value.is_none()));
        let nobody = read(&[("反映人姓名", ""), ("反映人电话", "12")]);
        assert_eq!(rules(&nobody.findings), ["PHONE_INVALID", "REPORTER_MISSING"]);
        let long = "很长".repeat(30);
        let parsed = read(&[("反映人姓名", &long)]);
        assert!(parsed.findings.iter().all(|finding| finding.value.is_none()), "{:?}", parsed.findings);
    }
}
