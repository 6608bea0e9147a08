//! Merged cells: the value of one is that of all.

use super::lines::Line;
use calamine::Dimensions;

/// Merged ranges of a sheet that are kept; a table has some hundreds.
const MOST: usize = 20_000;

/// The ranges of a sheet, while its rows pass from top to bottom.
pub struct Merged {
    /// Ranges that have not begun, the next at the end.
    ahead: Vec<Dimensions>,
    /// Ranges that the rows are in, with their value.
    open: Vec<(Dimensions, String, bool)>,
}

impl Merged {
    pub fn new(ranges: &[Dimensions]) -> Self {
        let mut ahead: Vec<Dimensions> = ranges.iter().take(MOST).copied().collect();
        ahead.sort_by_key(|range| std::cmp::Reverse(range.start));
        Self { ahead, open: Vec::new() }
    }

    /// Gives the row's empty cells the values of the ranges that they lie in.
    pub fn fill(&mut self, line: &mut Line, columns: usize) {
        let Ok(row) = u32::try_from(line.row - 1) else { return };
        self.open.retain(|(range, ..)| range.end.0 >= row);
        while let Some(range) = self.ahead.pop_if(|range| range.start.0 <= row) {
            let at = range.start.1 as usize;
            // A range whose first row holds nothing has no value.
            if range.start.0 == row && range.end.0 >= row {
                let value = line.cells.get(at).cloned().unwrap_or_default();
                self.open.push((range, value, line.lost.contains(&at)));
            }
        }

        for (range, value, lost) in self.open.iter().filter(|(_, value, _)| !value.is_empty()) {
            let end = (range.end.1 as usize).min(columns - 1);
            line.merged |= end > range.start.1 as usize;
            for at in range.start.1 as usize..=end {
                if line.cells.len() <= at {
                    line.cells.resize(at + 1, String::new());
                }
                if line.cells[at].is_empty() {
                    line.cells[at].clone_from(value);
                    if *lost {
                        line.lost.push(at);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(row: i64, cells: &[&str]) -> Line {
        Line { row, cells: cells.iter().map(|cell| (*cell).to_owned()).collect(), ..Line::default() }
    }

    #[test]
    fn a_value_holds_for_all_its_cells_and_no_further() {
        let mut merged = Merged::new(&[
            Dimensions { start: (4, 0), end: (5, 0) },
            Dimensions { start: (1, 1), end: (3, 1) },
            Dimensions { start: (1, 2), end: (1, 3) },
        ]);
        let mut filled = |row, cells: &[&str]| {
            let mut line = line(row, cells);
            merged.fill(&mut line, 200);
            line.cells
        };

        assert_eq!(filled(2, &["1", "事项", "宽"]), ["1", "事项", "宽", "宽"]);
        assert_eq!(filled(4, &["2", "", "甲"]), ["2", "事项", "甲"]);
        assert_eq!(filled(5, &["3", "", "乙"]), ["3", "", "乙"], "the range has ended");
        assert_eq!(filled(6, &["", "x"]), ["3", "x"]);
    }

    #[test]
    fn a_range_that_claims_the_whole_sheet_costs_nothing() {
        let mut merged = Merged::new(&[Dimensions { start: (0, 0), end: (u32::MAX - 1, u32::MAX - 1) }]);
        let mut line = line(1, &["x"]);
        merged.fill(&mut line, 200);
        assert_eq!(line.cells.len(), 200);
    }
}
