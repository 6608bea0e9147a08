//! A dossier for people: a workbook with a sheet a block, and a last one that says how it is verified.

use super::{Dossier, Lines, Proof};
use crate::kernel::error::Result;
use crate::service::kernel::table;
use crate::service::kernel::table::{CELL, Table};
use chrono::NaiveDate;
use domain::access::Reach;
use domain::inspections::follow_ups::measure_label;
use domain::kernel::clocks::calendar::local_date;

fn table(headings: &[&str], rows: Vec<Vec<String>>) -> Table {
    Table { headings: headings.iter().map(|heading| (*heading).to_owned()).collect(), rows }
}

fn day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// A sheet says where it does not have all.
fn rows<L>(block: Option<&Lines<L>>, row: impl Fn(&L) -> Vec<String>) -> Vec<Vec<String>> {
    let note = |text: &str| vec![text.to_owned()];
    let Some(block) = block else { return vec![note("（无权查看）")] };
    let mut rows: Vec<_> = block.items.iter().map(row).collect();
    if block.reach != Reach::All {
        rows.push(note("（只含查看者管理范围内的记录）"));
    }
    if block.is_cut {
        rows.push(note("（超过读取上限，较早的未列）"));
    }
    rows
}

pub fn workbook(dossier: &Dossier, canonical: &str, proof: &Proof) -> Result<Vec<u8>> {
    let object = &dossier.object;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let pair = |name: &str, value: String| vec![name.to_owned(), value];
    let mut register = vec![
        pair("名称", object.name.clone()),
        pair("统一社会信用代码", text(&object.uscc)),
        pair("登记状态", object.registration_status.label().to_owned()),
        pair("法定代表人", text(&object.legal_representative)),
        pair("登记地址", text(&object.registered_address)),
        pair("经营范围", text(&object.business_scope)),
        pair("截至", day(dossier.as_of)),
        pair("按该日已知", day(dossier.known_at)),
    ];
    if let Some(class) = &dossier.class {
        register.push(pair("本地信用类别", class.class.label().to_owned()));
    }
    if let Some(budget) = &dossier.budget {
        let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        register.push(pair("额度年度", budget.year.to_string()));
        register.push(pair("已用次数", number(budget.used)));
        register.push(pair("年度上限", number(budget.cap.as_ref().map(|(_, amount)| *amount))));
    }

    let visits = rows(dossier.visits.as_ref(), |line| {
        vec![line.code.clone(), line.status.label().to_owned(), line.window_from.to_string(), day(line.entered_on)]
    });
    let inspections = rows(dossier.inspections.as_ref(), |line| {
        let codes = dossier.results.get(&line.id).map(|codes| codes.join("、")).unwrap_or_default();
        vec![line.code.clone(), line.status.label().to_owned(), day(line.inspected_on), codes]
    });
    let follow_ups = rows(dossier.follow_ups.as_ref(), |line| {
        vec![
            measure_label(&line.measure).to_owned(),
            line.status.label().to_owned(),
            day(line.due_on),
            day(line.done_on),
        ]
    });
    let referrals = rows(dossier.referrals.as_ref(), |line| {
        vec![line.code.clone(), line.status.label().to_owned(), text(&line.case_no), day(line.filed_on)]
    });
    let clues = rows(dossier.clues.as_ref(), |line| {
        vec![line.code.clone(), line.name.clone(), line.level.label().to_owned(), line.status.label().to_owned()]
    });
    let complaints = rows(dossier.complaints.as_ref(), |line| {
        let came_of_it = line.outcome.map_or("", |outcome| outcome.label()).to_owned();
        let received = local_date(line.received_at).to_string();
        vec![line.code.clone(), line.kind.label().to_owned(), line.title.clone(), received, came_of_it]
    });
    let documents = rows(dossier.documents.as_ref(), |line| {
        let kind = line.kind.label().to_owned();
        vec![text(&line.number), kind, line.status.label().to_owned(), day(line.issued_on), text(&line.pdf_sha256)]
    });
    let evidence = rows(dossier.evidence.as_ref(), |line| {
        let status = line.status.map_or("", |status| status.label()).to_owned();
        vec![line.seq.to_string(), line.kind.label().to_owned(), status, line.sha256.clone()]
    });
    let verify = vec![
        pair(
            "说明",
            "“数据”表各行依次相连为本档案的规范化 JSON（RFC 8785），其 SHA-256 即摘要；签名为下列文本的 Ed25519 签名。其他各表供阅读。".to_owned(),
        ),
        pair("摘要", proof.sha256.clone()),
        pair("被签名的文本", proof.signed.clone()),
        pair("签名", proof.signature.clone()),
        pair("公钥", proof.public_key.clone()),
        pair("密钥名称", proof.key_name.clone()),
    ];

    table::workbook(&[
        ("登记", table(&["项目", "内容"], register)),
        ("入企检查", table(&["编号", "状态", "检查期间起", "进入日期"], visits)),
        ("检查", table(&["编号", "状态", "检查日期", "结果代码"], inspections)),
        ("后续处置", table(&["措施", "状态", "期限", "完结日期"], follow_ups)),
        ("案件移送", table(&["编号", "状态", "立案号", "立案日期"], referrals)),
        ("风险线索", table(&["编号", "名称", "等级", "状态"], clues)),
        ("投诉举报", table(&["编号", "类别", "标题", "收到日期", "处理结论"], complaints)),
        ("执法文书", table(&["文号", "种类", "状态", "制发日期", "PDF 摘要"], documents)),
        ("证据", table(&["序号", "种类", "状态", "采集时摘要"], evidence)),
        ("数据", table(&["规范化 JSON"], pieces(canonical))),
        ("核验", table(&["项目", "内容"], verify)),
    ])
}

/// A text in cells that a spreadsheet holds.
fn pieces(text: &str) -> Vec<Vec<String>> {
    let signs: Vec<char> = text.chars().collect();
    signs.chunks(CELL / 2).map(|piece| vec![piece.iter().collect()]).collect()
}
