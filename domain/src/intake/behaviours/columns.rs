//! The national columns of the four tables (`data/behaviours.json`, after jg_jgxw_check_action and its siblings), and reading a row
//! of them: trimmed, in the form that the exchange has, with every doubt about a single field.

use super::BehaviourSet;
use crate::kernel::characters::clean;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How a column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Form {
    Text,
    Code,
    /// `YYYY-MM-DD`
    Date,
    /// 是 or 否; `true` and `false` are taken too.
    Bool,
    /// Yuan with two decimals at most.
    Amount,
    /// Values joined by commas; an array is taken too.
    List,
}

/// A column of a national table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub name: String,
    pub label: String,
    pub form: Form,
    /// Characters at most.
    pub max: Option<usize>,
    #[serde(default)]
    pub required: bool,
    /// The dictionary that its codes are of.
    pub table: Option<String>,
}

/// A national table: its columns, and which of them say what every behaviour has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub label: String,
    /// 行为编号
    pub code: String,
    /// 行为名称
    pub title: String,
    /// 监管事项目录编码
    pub item: String,
    /// The day on which it happened.
    pub happened: String,
    /// 检查行为编号 of the check that it came from; a check has none.
    pub check: Option<String>,
    pub columns: Vec<Column>,
}

static TABLES: LazyLock<BTreeMap<BehaviourSet, Table>> = LazyLock::new(|| {
    // Shipped with the build; a test reads it.
    serde_json::from_str(include_str!("../../../../data/behaviours.json")).unwrap_or_default()
});

/// A row of a national table: every column that is filled, in the exchange's form.
pub type Row = BTreeMap<String, String>;

impl BehaviourSet {
    /// The national table of the kind.
    pub fn table(self) -> Option<&'static Table> {
        TABLES.get(&self)
    }
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A value in the exchange's form: trimmed, 是 and 否, lists joined by commas; none where there is nothing. An object is no value.
pub fn written(value: &Value) -> Result<Option<String>, NotAValue> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => clean(text),
        Value::Array(parts) => {
            let parts: Option<Vec<String>> = parts.iter().map(|part| part.as_str().map(clean)).collect();
            parts.ok_or(NotAValue)?.join(",")
        }
        Value::Object(_) => return Err(NotAValue),
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// What no column holds: an object, or a list of other things than texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAValue;

/// The parts of a list, whichever sign joins them.
pub fn parts(value: &str) -> Vec<&str> {
    value.split([',', '，', ';', '；', '、']).map(str::trim).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::dictionaries;
    use serde_json::json;

    #[test]
    fn every_table_has_the_columns_that_it_names_and_every_dictionary_is_there() {
        let dictionaries = dictionaries::all().unwrap_or_default();
        for kind in BehaviourSet::ALL {
            let Some(table) = kind.table() else { unreachable!("{kind:?} has a table") };
            let named =
                [Some(&table.code), Some(&table.title), Some(&table.item), Some(&table.happened), table.check.as_ref()];
            for name in named.into_iter().flatten() {
                assert!(table.column(name).is_some(), "{kind:?} {name}");
            }

            let mut seen = std::collections::BTreeSet::new();
            for column in &table.columns {
                assert!(seen.insert(&column.name), "{kind:?} {} twice", column.name);
                assert!(
                    column.max.is_some() == matches!(column.form, Form::Text | Form::Code | Form::List),
                    "{}",
                    column.name
                );
                let table = column.table.as_ref();
                assert!(table.is_none_or(|name| dictionaries.contains_key(name)), "{kind:?} {table:?}");
            }
        }
    }

    #[test]
    fn values_are_written_as_the_exchange_has_them() {
        assert_eq!(written(&json!(" 旺苍县 ")), Ok(Some("旺苍县".to_owned())));
        assert_eq!(written(&json!(true)), Ok(Some("是".to_owned())));
        assert_eq!(written(&json!(["张三", " 李四"])), Ok(Some("张三,李四".to_owned())));
        assert_eq!(written(&json!(12.5)), Ok(Some("12.5".to_owned())));
        assert_eq!(
            (written(&json!("  ")), written(&json!(null)), written(&json!({}))),
            (Ok(None), Ok(None), Err(NotAValue))
        );
        assert_eq!(parts("张三；李四、 王五,"), ["张三", "李四", "王五"]);
    }
}
