//! Where a file has its headings, and which column each of them means.

use crate::intake::imports::Dataset;
use crate::kernel::characters::name_form;

/// Columns that number the rows: findings do that better.
const SERIALS: [&str; 7] = ["序号", "编号", "行号", "NO", "NO.", "№", "ID"];

/// How many rows at the head of a file may hold its headings.
pub const HEAD: usize = 10;

/// How well a heading names a column, the best first: its name, its name with a remark, one of its other names, earlier ones
/// before later ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Itself,
    WithRemark,
    Otherwise(usize),
    OtherwiseWithRemark(usize),
}

impl Dataset {
    fn column(self, heading: &str) -> Option<(usize, Named)> {
        let heading = plain(heading);
        let bare = without_remark(&heading);
        let columns = self.columns().iter().enumerate();
        let alias = |aliases: &[&str], text: &str| aliases.iter().position(|alias| alias.eq_ignore_ascii_case(text));
        let names = columns.filter_map(|(at, column)| {
            let named = if column.name == heading {
                Named::Itself
            } else if column.name == bare {
                Named::WithRemark
            } else if let Some(which) = alias(&column.aliases, &heading) {
                Named::Otherwise(which)
            } else {
                Named::OtherwiseWithRemark(alias(&column.aliases, bare)?)
            };
            Some((at, named))
        });
        names.min_by_key(|(_, named)| *named)
    }
}

/// Blanks, line breaks, invisible characters, widths and marks of duty do not make another heading.
fn plain(heading: &str) -> String {
    let heading = name_form(heading);
    heading.trim_matches(['*', '★', ':', '"', '\'', '#', '^', '﹡', '※', '.']).to_uppercase()
}

/// `执法证号(必填)` is `执法证号`; `有效期(起)` and `企业名称(曾用名)` are columns of their own.
fn without_remark(heading: &str) -> &str {
    const OTHERS: [&str; 10] = ["起", "始", "自", "从", "曾用", "原", "旧", "变更前", "历史", "英文"];
    let brackets = [('(', ')'), ('[', ']'), ('【', '】'), ('<', '>')];
    let bare = brackets.iter().find_map(|(open, close)| heading.strip_suffix(*close)?.split_once(*open));
    let bare = bare.filter(|(_, remark)| !OTHERS.iter().any(|other| remark.starts_with(other)));
    bare.map_or(heading, |(bare, _)| bare.trim_end_matches('*'))
}

/// Where a file has its headings, and what its columns are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headings {
    /// Rows of the file up to the end of the headings, those above them included.
    pub rows: usize,
    /// Of these, how many stand above the headings and hold something: a title, a unit.
    pub above: usize,
    /// For each column of the data set the column of the file, where it has it.
    places: Vec<Option<usize>>,
    /// The file's headings, for repeated heading rows and for what nobody reads.
    shown: Vec<String>,
    /// Columns that are not read, by their headings.
    pub ignored: Vec<String>,
    /// The headings as the file has them, one a column.
    pub printed: Vec<String>,
}

/// Why no headings were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoHeadings {
    /// The same heading twice.
    Twice(String),
    /// What is missing in the row that comes nearest, and what stands there instead.
    Missing { missing: Vec<&'static str>, found: Vec<String> },
}

impl Headings {
    /// The first of the first rows, or of two of them together, that holds every required column.
    pub fn find(dataset: Dataset, head: &[Vec<String>]) -> Result<Self, NoHeadings> {
        let mut nearest: Option<(usize, NoHeadings)> = None;
        for at in 0..head.len().min(HEAD) {
            let single = Self::at(dataset, head, at, &head[at], 1);
            let double = head.get(at + 1).filter(|below| is_below(dataset, &head[at], below)).map(|below| {
                let both = together(dataset, &head[at], below);
                Self::at(dataset, head, at, &both, 2)
            });
            let best = match (single, double) {
                (Ok(single), Some(Ok(double))) if double.known() > single.known() => Ok(double),
                (Ok(single), _) => Ok(single),
                (Err(_), Some(Ok(double))) => Ok(double),
                (Err(error), _) => Err(error),
            };
            match best {
                Ok(found) => return Ok(found),
                Err((known, why)) => {
                    if nearest.as_ref().is_none_or(|(best, _)| known > *best) {
                        nearest = Some((known, why));
                    }
                }
            }
        }

        Err(nearest.map_or_else(
            || NoHeadings::Missing { missing: required(dataset).collect(), found: Vec::new() },
            |(_, why)| why,
        ))
    }

    fn known(&self) -> usize {
        self.places.iter().flatten().count()
    }

    fn at(
        dataset: Dataset,
        head: &[Vec<String>],
        at: usize,
        row: &[String],
        rows: usize,
    ) -> Result<Self, (usize, NoHeadings)> {
        let columns = dataset.columns();
        let mut places: Vec<Option<(usize, Named)>> = vec![None; columns.len()];
        let mut twice = None;
        for (place, heading) in row.iter().enumerate() {
            let Some((column, named)) = dataset.column(heading) else { continue };
            match places[column] {
                None => places[column] = Some((place, named)),
                // A merged heading stands in each of its cells; elsewhere the same heading twice leaves open which is meant.
                Some((before, _)) if named <= Named::WithRemark && row[before] == *heading => {
                    let merged = row[before..place].iter().all(|between| between == heading);
                    twice = twice.or_else(|| (!merged).then(|| heading.clone()));
                }
                Some((_, before)) if named < before => places[column] = Some((place, named)),
                Some(_) => {}
            }
        }
        let places: Vec<Option<usize>> = places.into_iter().map(|place| place.map(|(place, _)| place)).collect();
        let known = places.iter().flatten().count();
        let missing: Vec<_> = columns
            .iter()
            .zip(&places)
            .filter(|(column, place)| column.required && place.is_none())
            .map(|(column, _)| column.name)
            .collect();
        if !missing.is_empty() {
            let found = row.iter().map(|heading| heading.trim().to_owned()).filter(|heading| !heading.is_empty());
            return Err((known, NoHeadings::Missing { missing, found: found.take(60).collect() }));
        }
        if let Some(heading) = twice {
            return Err((known, NoHeadings::Twice(heading.trim().to_owned())));
        }

        let read = |place: usize| places.contains(&Some(place));
        let mut ignored: Vec<String> = Vec::new();
        for (place, heading) in row.iter().enumerate() {
            let shown = heading.trim().to_owned();
            let told =
                plain(heading).is_empty() || SERIALS.contains(&plain(heading).as_str()) || ignored.contains(&shown);
            if !read(place) && !told {
                ignored.push(shown);
            }
        }
        let above = head[..at].iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).count();

        let printed = row.iter().map(|heading| heading.trim().to_owned()).collect();
        let shown = row.iter().map(|heading| plain(heading)).collect();
        Ok(Self { rows: at + rows, above, places, shown, ignored, printed })
    }

    /// The file's column of a data set's column.
    pub fn place(&self, dataset: Dataset, field: &str) -> Option<usize> {
        let at = dataset.columns().iter().position(|column| column.name == field)?;
        self.places[at]
    }

    pub fn columns(&self) -> usize {
        self.shown.len()
    }

    /// Whether a row is the headings once more, as printed tables repeat them on each page.
    pub fn is_repeated_by(&self, row: &[String]) -> bool {
        let mut told = row.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()).peekable();
        told.peek().is_some() && told.all(|(at, cell)| self.shown.get(at).is_some_and(|shown| *shown == plain(cell)))
    }
}

fn required(dataset: Dataset) -> impl Iterator<Item = &'static str> {
    dataset.columns().iter().filter(|column| column.required).map(|column| column.name)
}

/// Whether a row goes on with the headings of the row above it: each of its cells is a heading or empty.
fn is_below(dataset: Dataset, above: &[String], below: &[String]) -> bool {
    let mut told = below.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()).peekable();
    let fits = |(at, cell): (usize, &String)| {
        let parent = above.get(at).map_or("", String::as_str);
        dataset.column(cell).is_some() || dataset.column(&format!("{parent}{cell}")).is_some() || parent == cell
    };
    told.peek().is_some() && told.all(fits)
}

/// Two rows of headings as one: the lower one where it says something, with the upper one where only both together do.
fn together(dataset: Dataset, above: &[String], below: &[String]) -> Vec<String> {
    let columns = above.len().max(below.len());
    let cell = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
    (0..columns)
        .map(|at| {
            let (upper, lower) = (cell(above, at), cell(below, at));
            let both = format!("{upper}{lower}");
            let is_known = |heading: &String| dataset.column(heading).is_some();
            if lower.trim().is_empty() || lower == upper {
                upper
            } else if !is_known(&lower) && is_known(&both) {
                both
            } else {
                lower
            }
        })
        .collect()
}

#[cfg(test)]
#[path = "headings_tests.rs"]
mod tests;
