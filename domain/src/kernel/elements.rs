//! The element checker (要素检查): which required elements a document has, which are missing or invalid, and where.

use super::text::{Text, text};

/// A required element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// JSON pointer into the document.
    pub pointer: String,
    /// Its Chinese name.
    pub name: &'static str,
}

impl Element {
    pub fn new(pointer: impl Into<String>, name: &'static str) -> Self {
        Self { pointer: pointer.into(), name }
    }
}

/// What is wrong with an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementProblem {
    pub pointer: String,
    pub name: &'static str,
    /// Stable name: `MISSING`, `NOT_IN_CODE_TABLE`, `OUT_OF_RANGE`, `CLAUSE_REPEALED` …
    pub rule: &'static str,
    pub message: Text,
}

/// The outcome of a check. Complete means: every required element is valid.
#[derive(Clone, Debug, Default)]
pub struct Check {
    required: Vec<Element>,
    problems: Vec<ElementProblem>,
}

impl Check {
    pub fn problems(&self) -> impl Iterator<Item = &ElementProblem> {
        self.problems.iter()
    }

    pub fn is_complete(&self) -> bool {
        self.problems.is_empty()
    }

    /// The elements that had to be there.
    pub fn elements(&self) -> &[Element] {
        &self.required
    }

    /// How many elements had to be there.
    pub fn required(&self) -> usize {
        self.required.len()
    }

    /// Those of them that are there and valid.
    pub fn filled(&self) -> usize {
        let bad = |element: &&Element| {
            self.problems.iter().any(|problem| {
                problem.pointer == element.pointer || problem.pointer.starts_with(&format!("{}/", element.pointer))
            })
        };
        self.required.len() - self.required.iter().filter(bad).count()
    }

    /// An element that is there.
    pub fn found(&mut self, element: Element) {
        self.required.push(element);
    }

    pub fn missing(&mut self, pointer: impl Into<String>, name: &'static str) {
        let pointer = pointer.into();
        self.required.push(Element::new(pointer.clone(), name));
        self.add(pointer, name, "MISSING", text!("缺少必填要素：{name}。", "A required element is missing: {name}."));
    }

    pub fn text(&mut self, pointer: impl Into<String>, name: &'static str, value: Option<&str>) {
        match value.map(str::trim) {
            None | Some("") => self.missing(pointer, name),
            Some(_) => self.found(Element::new(pointer, name)),
        }
    }

    pub fn coded(&mut self, pointer: &str, name: &'static str, value: Option<&str>, codes: &[&str]) {
        match value {
            None | Some("") => self.missing(pointer, name),
            Some(code) => {
                self.found(Element::new(pointer, name));
                if !codes.contains(&code) {
                    self.not_in_table(pointer.to_owned(), name, code);
                }
            }
        }
    }

    pub fn codes(&mut self, pointer: &str, name: &'static str, values: &[&str], codes: &[&str]) {
        if values.is_empty() {
            return self.missing(pointer, name);
        }
        self.found(Element::new(pointer, name));
        for (at, code) in values.iter().enumerate() {
            if !codes.contains(code) {
                self.not_in_table(format!("{pointer}/{at}"), name, code);
            }
        }
    }

    fn not_in_table(&mut self, pointer: String, name: &'static str, code: &str) {
        let message = text!("{name}的代码 {code} 不在值域内。", "{code} is not a code of {name}.");
        self.add(pointer, name, "NOT_IN_CODE_TABLE", message);
    }

    pub fn clause_not_in_force(&mut self, pointer: String, name: &'static str) {
        let message = text!(
            "{name}引用的条款不存在、尚未施行或已废止。",
            "The clause cited by {name} is unknown, not yet in force or repealed."
        );
        self.add(pointer, name, "CLAUSE_REPEALED", message);
    }

    pub fn out_of_range(&mut self, pointer: impl Into<String>, name: &'static str, message: Text) {
        self.add(pointer.into(), name, "OUT_OF_RANGE", message);
    }

    fn add(&mut self, pointer: String, name: &'static str, rule: &'static str, message: Text) {
        self.problems.push(ElementProblem { pointer, name, rule, message });
    }
}
