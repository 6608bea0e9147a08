//! 文书的版面内容: what stands on a sheet, in order. How it is set is the typesetter's.

use serde::{Deserialize, Serialize};

/// One document, whole: everything that its pages show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// 机关名称, above the title.
    pub heading: String,
    pub title: String,
    /// 文号; none on a draft and on what has no number.
    pub number: Option<String>,
    /// The day that the file itself bears: year, month, day.
    pub made_on: (i32, u32, u32),
    pub blocks: Vec<Block>,
    /// What stands at the foot of each page of an issued document.
    pub stamp: Option<Stamp>,
    /// Across the pages, as 草稿 on a draft.
    pub watermark: Option<String>,
}

/// How anybody checks a document on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// 核验地址: what the QR code holds.
    pub address: String,
    /// Lines beside the code.
    pub lines: Vec<String>,
}

/// A part of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// 正文: begins two characters in.
    Paragraph { text: String },
    /// 抬头: to whom, at the margin.
    Address { text: String },
    /// 小标题.
    Subtitle { text: String },
    /// A label and what is filled in, one a line.
    Line { label: String, text: String },
    /// A grid of labels and what is filled in: 审批表.
    Grid { rows: Vec<Vec<Cell>> },
    /// 落款: the body and the day, at the right.
    Closing { body: String, day: String },
    /// 签名: one a line, with room to write.
    Signatures { labels: Vec<String> },
}

/// A cell of a grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    pub text: String,
    /// A label stands in the middle, what is filled in at the left.
    #[serde(default)]
    pub is_label: bool,
    /// Of a grid's twelve columns.
    pub columns: u8,
    /// Millimetres at least, for what is written by hand.
    #[serde(default)]
    pub height_mm: u16,
}

impl Cell {
    pub fn label(text: impl Into<String>, columns: u8) -> Self {
        Self { text: text.into(), is_label: true, columns, height_mm: 0 }
    }

    pub fn filled(text: impl Into<String>, columns: u8) -> Self {
        Self { text: text.into(), is_label: false, columns, height_mm: 0 }
    }

    /// With room to write by hand.
    pub fn tall(mut self, height_mm: u16) -> Self {
        self.height_mm = height_mm;
        self
    }
}

impl Sheet {
    /// Every text that stands on it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let stamp = self.stamp.iter().flat_map(|stamp| stamp.lines.iter().chain([&stamp.address]));
        let fixed = [&self.heading, &self.title].into_iter().chain(&self.number).chain(&self.watermark).chain(stamp);
        fixed.map(String::as_str).chain(self.blocks.iter().flat_map(Block::texts))
    }
}

impl Block {
    /// Every text that stands in it.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Paragraph { text } | Self::Address { text } | Self::Subtitle { text } => vec![text],
            Self::Line { label, text } => vec![label, text],
            Self::Grid { rows } => rows.iter().flatten().map(|cell| cell.text.as_str()).collect(),
            Self::Closing { body, day } => vec![body, day],
            Self::Signatures { labels } => labels.iter().map(String::as_str).collect(),
        }
    }
}
