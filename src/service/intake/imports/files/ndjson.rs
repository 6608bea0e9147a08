//! One object a line: the keys of all lines are the columns.

use super::formats::unreadable;
use super::lines::{About, Line, Writer};
use crate::kernel::error::{AppError, Result};
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

/// Keys of all lines together, and bytes of a line.
const COLUMNS: usize = 200;
const LINE: u64 = 1 << 20;
/// Bytes that the rows may take on disk: four times the largest file.
const OUTPUT: u64 = 1 << 30;

/// Rows under their keys as headings, which stand before the first line.
pub fn read(file: &File) -> Result<File> {
    let mut columns: BTreeMap<String, usize> = BTreeMap::new();
    each_line(file, |_, line| {
        for key in line.keys() {
            let next = columns.len();
            if next < COLUMNS {
                columns.entry(key.clone()).or_insert(next);
            }
        }
        Ok(())
    })?;
    let mut names = vec![String::new(); columns.len()];
    for (name, at) in &columns {
        names[*at].clone_from(name);
    }

    let about = About { kind: "NDJSON".to_owned(), ..About::default() };
    let mut writer = Writer::new(tempfile::tempfile().map_err(AppError::io)?, &about)?;
    writer.line(&Line { row: 0, cells: names.clone(), ..Line::default() })?;
    // An object may be as short as `{}`: what it leaves out behind its last value takes no room.
    let mut room = OUTPUT;
    each_line(file, |row, line| {
        let lost = names.iter().enumerate().filter(|(_, name)| line.get(*name).is_some_and(is_long));
        let lost = lost.map(|(at, _)| at).collect();
        let mut cells: Vec<String> = names.iter().map(|name| line.get(name).map(shown).unwrap_or_default()).collect();
        while cells.pop_if(|cell| cell.is_empty()).is_some() {}
        let size: usize = cells.iter().map(|cell| cell.len() + 4).sum();
        room = room.checked_sub(size as u64).ok_or_else(|| unreadable("NDJSON", &"too large"))?;
        writer.line(&Line { row, cells, lost, ..Line::default() })
    })?;

    writer.finish()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list
            .iter()
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(";"),
        value @ (Value::Bool(_) | Value::Number(_) | Value::Object(_)) => value.to_string(),
    }
}

/// A number that most senders cannot hold: what they meant may be another.
fn is_long(value: &Value) -> bool {
    let long = |number: &Number| number.as_f64().is_some_and(|number| number.abs() >= 1e15);
    matches!(value, Value::Number(number) if long(number))
}

fn each_line(file: &File, mut visit: impl FnMut(i64, Map<String, Value>) -> Result<()>) -> Result<()> {
    let mut file = file.try_clone().map_err(AppError::internal)?;
    file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
    let mut reader = BufReader::new(file);
    let mut number = 0;

    loop {
        let mut line = Vec::new();
        let read = (&mut reader).take(LINE + 1).read_until(b'\n', &mut line).map_err(AppError::internal)?;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        let bad = |why: &str| unreadable("NDJSON", &format!("{number}: {why}"));
        if read as u64 > LINE {
            return Err(bad("too long"));
        }
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
        if line.is_empty() {
            continue;
        }
        visit(number, serde_json::from_slice(line).map_err(|error| bad(&error.to_string()))?)?;
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::Reader;
    use super::*;
    use std::io::Write;

    fn rows(content: &str) -> Result<Vec<Line>> {
        let mut file = tempfile::tempfile().map_err(AppError::io)?;
        file.write_all(content.as_bytes()).map_err(AppError::internal)?;
        let (mut reader, _) = Reader::new(read(&file)?)?;
        let mut rows = Vec::new();
        while let Some((line, _)) = reader.next()? {
            rows.push(line);
        }
        Ok(rows)
    }

    #[test]
    fn lines_become_rows_whatever_their_keys() {
        let rows =
            rows("{\"a\":\"1\",\"b\":[\"x\",\"y\"]}\n\n{\"b\":2,\"c\":915108212059000000}\n").unwrap_or_default();
        let line = |row, cells: [&str; 3], lost| Line {
            row,
            cells: cells.map(str::to_owned).to_vec(),
            lost,
            ..Line::default()
        };
        assert_eq!(
            rows,
            [
                line(0, ["a", "b", "c"], vec![]),
                Line { row: 1, cells: vec!["1".into(), "x;y".into()], ..Line::default() },
                line(3, ["", "2", "915108212059000000"], vec![2]),
            ]
        );
    }

    #[test]
    fn a_broken_line_is_named() {
        assert!(rows("{\"a\":1}\n{\"a\":").is_err_and(|error| error.detail.zh.contains("2:")));
    }
}
