//! 文书模板: versioned data. A template says what is filled in by whom: its fields come from what is stored, its inputs from the
//! officer; its blocks are a sheet's, with `{name}` where something is filled in. A version that was used is never changed: the
//! next one is another file.

use super::DocumentKind;
use crate::kernel::text::{Text, text};
use crate::records::sheets::{Block, Cell, Sheet, Stamp};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// A version of a template.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub kind: DocumentKind,
    pub version: i32,
    pub title: String,
    /// 文种代字, behind that of the body: `检通` of `旺市监检通〔2026〕12号`.
    pub number_word: String,
    /// 依据 of the format.
    pub basis: String,
    /// Fields without which it is not issued.
    pub needs: Vec<String>,
    pub inputs: Vec<Input>,
    pub blocks: Vec<Placed>,
}

/// Something that the officer fills in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    pub name: String,
    pub label: String,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub is_date: bool,
    /// A day that is still to come when it is issued.
    #[serde(default)]
    pub is_future: bool,
    /// Characters at most.
    pub longest: usize,
}

/// A block, and what must be filled in for it to stand there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Placed {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    #[serde(flatten)]
    pub block: Block,
}

/// What comes from what is stored, and what it is called.
pub const FIELDS: [(&str, &str); 28] = [
    ("body_name", "行政检查主体"),
    ("number", "文号"),
    ("issued_on", "制发日期"),
    ("object_name", "被检查人"),
    ("object_uscc", "统一社会信用代码"),
    ("object_address", "地址"),
    ("object_representative", "法定代表人（负责人）"),
    ("inspection_code", "检查编号"),
    ("task_name", "任务来源"),
    ("items", "检查事项"),
    ("item_basis", "检查依据"),
    ("officers", "检查人员及执法证号"),
    ("officer_count", "检查人员人数"),
    ("visit_code", "入企检查编号"),
    ("visit_purpose", "检查目的"),
    ("visit_reason", "现场检查的必要性"),
    ("visit_window", "检查时间安排"),
    ("entered_at", "进入时间"),
    ("left_at", "离开时间"),
    ("head_opinion", "负责人审批意见"),
    ("head_approved_at", "负责人批准时间"),
    ("inspected_on", "检查日期"),
    ("checks", "检查要点及结果"),
    ("problems", "发现的问题"),
    ("result", "检查结果"),
    ("summary", "检查情况"),
    ("evidence", "证据"),
    ("about", "所送达的文书"),
];

/// Filled-in values by name.
pub type Values = BTreeMap<String, String>;

/// Every version of every template, the newest of each kind last.
pub fn all() -> &'static [Template] {
    static ALL: OnceLock<Vec<Template>> = OnceLock::new();
    ALL.get_or_init(|| {
        let files = [
            include_str!("../../../../data/documents/inspection_approval.1.json"),
            include_str!("../../../../data/documents/inspection_notice.1.json"),
            include_str!("../../../../data/documents/site_record.1.json"),
            include_str!("../../../../data/documents/sampling_record.1.json"),
            include_str!("../../../../data/documents/inquest_record.1.json"),
            include_str!("../../../../data/documents/inquiry_record.1.json"),
            include_str!("../../../../data/documents/result_notice.1.json"),
            include_str!("../../../../data/documents/rectification_order.1.json"),
            include_str!("../../../../data/documents/service_receipt.1.json"),
        ];

        // A file of this build that cannot be read is found by this module's tests.
        files.iter().filter_map(|file| serde_json::from_str(file).ok()).collect()
    })
}

/// The newest version of a kind.
pub fn newest(kind: DocumentKind) -> Option<&'static Template> {
    all().iter().rfind(|template| template.kind == kind)
}

/// A version of a kind, as a document was made from it.
pub fn version(kind: DocumentKind, version: i32) -> Option<&'static Template> {
    all().iter().find(|template| template.kind == kind && template.version == version)
}

/// What is wrong with one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFault {
    pub name: String,
    pub code: &'static str,
    pub detail: Text,
}

impl Template {
    /// What is wrong with the inputs; what is still missing is looked at when the document is issued.
    /// `issued_on`: the day of its issue; none while it is a draft.
    pub fn faults(&self, inputs: &Values, issued_on: Option<NaiveDate>) -> Vec<InputFault> {
        let is_complete = issued_on.is_some();
        let mut faults = Vec::new();
        let mut fault = |name: &str, code, detail| faults.push(InputFault { name: name.to_owned(), code, detail });
        for name in inputs.keys().filter(|name| !self.inputs.iter().any(|input| input.name == **name)) {
            fault(name, "UNKNOWN_FIELD", text!("该文书没有填写项 {name}。", "The document has no input {name}."));
        }

        for input in &self.inputs {
            let (name, label, longest) = (&input.name, &input.label, input.longest);
            match inputs.get(name).map(|value| value.trim()).filter(|value| !value.is_empty()) {
                None if is_complete && input.required => {
                    fault(name, "REQUIRED", text!("请填写“{label}”。", "{name} is needed."));
                }
                Some(value) if value.chars().count() > longest => {
                    let detail = text!("“{label}”不超过 {longest} 字。", "{name} has {longest} characters at most.");
                    fault(name, "TOO_LONG", detail);
                }
                Some(value) if input.is_date && value.parse::<NaiveDate>().is_err() => {
                    let detail = text!("“{label}”应为日期，如 2026-12-15。", "{name} is a day, such as 2026-12-15.");
                    fault(name, "INVALID_DATE", detail);
                }
                Some(value) if input.is_future && is_past(value, issued_on) => {
                    fault(name, "OUT_OF_RANGE", text!("“{label}”应在今天之后。", "{name} is still to come."));
                }
                None | Some(_) => {}
            }
        }
        faults
    }

    /// Fields that it needs and that nothing stored says yet, by name and what they are called.
    pub fn missing(&self, fields: &Values) -> Vec<(&'static str, &'static str)> {
        let is_needed = |name: &str| self.needs.iter().any(|needed| needed == name);
        let is_there = |name: &str| fields.get(name).is_some_and(|value| !value.trim().is_empty());
        FIELDS.into_iter().filter(|(name, _)| is_needed(name) && !is_there(name)).collect()
    }

    /// The sheet of a document: the template with everything filled in.
    pub fn sheet(&self, fields: &Values, inputs: &Values, made_on: (i32, u32, u32), stamp: Option<Stamp>) -> Sheet {
        let values = self.values(fields, inputs);
        let is_draft = stamp.is_none();
        let stands = |placed: &&Placed| placed.when.as_ref().is_none_or(|name| values.contains_key(name));
        let value = |name: &str| values.get(name).cloned().unwrap_or_default();

        Sheet {
            heading: value("body_name"),
            title: self.title.clone(),
            number: values.get("number").cloned(),
            made_on,
            blocks: self.blocks.iter().filter(stands).map(|placed| filled(&placed.block, &values)).collect(),
            stamp,
            watermark: is_draft.then(|| "草稿".to_owned()),
        }
    }

    /// The names that its blocks ask for.
    pub fn asked(&self) -> BTreeSet<String> {
        let texts = self.blocks.iter().flat_map(|placed| placed.block.texts());
        texts.flat_map(|text| asked(text)).map(str::to_owned).collect()
    }

    /// Fields and inputs together; what is blank is not there.
    fn values(&self, fields: &Values, inputs: &Values) -> Values {
        let is_date = |name: &str| self.inputs.iter().any(|input| input.name == name && input.is_date);
        let given = inputs.iter().map(|(name, value)| {
            let day = value.trim().parse::<NaiveDate>().ok().filter(|_| is_date(name));
            (name.clone(), day.map_or_else(|| value.trim().to_owned(), in_words))
        });
        let all = fields.clone().into_iter().chain(given).map(|(name, value)| (name, printable(&value)));
        all.filter(|(_, value)| !value.trim().is_empty()).collect()
    }
}

fn is_past(value: &str, issued_on: Option<NaiveDate>) -> bool {
    value.parse::<NaiveDate>().is_ok_and(|day| issued_on.is_some_and(|issued| day <= issued))
}

/// A text as it can be printed: lines end in one way, and signs that nobody sees are gone.
pub fn printable(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let is_hidden = |sign: char| {
        (sign.is_control() && sign != '\n')
            || matches!(
                sign,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                    | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            )
    };
    lines.replace('\t', "　").chars().filter(|sign| !is_hidden(*sign)).collect()
}

/// A day as documents write it.
pub fn in_words(day: NaiveDate) -> String {
    day.format("%Y年%-m月%-d日").to_string()
}

/// A block with everything filled in.
fn filled(block: &Block, values: &Values) -> Block {
    let fill = |text: &String| fill(text, values);

    match block {
        Block::Paragraph { text } => Block::Paragraph { text: fill(text) },
        Block::Address { text } => Block::Address { text: fill(text) },
        Block::Subtitle { text } => Block::Subtitle { text: fill(text) },
        Block::Line { label, text } => Block::Line { label: label.clone(), text: fill(text) },
        Block::Grid { rows } => {
            // An empty cell is a blank by itself.
            let is_blank = |cell: &Cell| asked(&cell.text).iter().all(|name| !values.contains_key(*name));
            let cell = |cell: &Cell| {
                let empty = !asked(&cell.text).is_empty() && is_blank(cell);
                Cell { text: if empty { String::new() } else { fill(&cell.text) }, ..cell.clone() }
            };
            Block::Grid { rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect() }
        }
        Block::Closing { body, day } => Block::Closing { body: fill(body), day: fill(day) },
        Block::Signatures { labels } => Block::Signatures { labels: labels.iter().map(fill).collect() },
    }
}

/// A text with `{name}` filled in; what is not there is a blank to be filled in by hand. What is filled in is not looked at again.
fn fill(text: &str, values: &Values) -> String {
    const BLANK: &str = "＿＿＿＿＿＿";
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        done.push_str(before);
        let Some((name, after)) = behind.split_once('}') else {
            done.push('{');
            rest = behind;
            continue;
        };
        // A sentence ends once, whether or not what is filled in ends as well.
        let stop = ['。', '；', '，', '、', '.', ';'];
        let value = values.get(name).map_or(BLANK, String::as_str);
        done.push_str(if after.starts_with(stop) { value.trim_end_matches(stop) } else { value });
        rest = after;
    }
    done.push_str(rest);

    done
}

/// The names that a text asks for.
fn asked(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}
