//! Folding findings into causes: what shares a root is one line, with the number of rows affected and of rows it clears.

use std::collections::HashMap;

use crate::ledger::catalogue::Fold;
use crate::ledger::{Cause, Code, Finding, Severity, Since};

/// Distinct values (or single findings) of one code and column that get a cause of their own. What comes after them shares
/// one: a file in which a million values are wrong must not make a million causes.
const MOST: usize = 2000;

/// What makes two findings one cause.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Root {
    code: Code,
    severity: Severity,
    column: Option<String>,
    value: Option<String>,
}

/// Folds findings row by row.
#[derive(Debug, Default)]
pub(crate) struct Causes {
    by_root: HashMap<Root, u32>,
    folded: Vec<Cause>,
    distinct: HashMap<(Code, Option<String>), usize>,
}

impl Causes {
    /// Folds the findings of one row (or of the file): gives each the number of its cause so far.
    pub(crate) fn fold(&mut self, findings: &mut [Finding]) {
        for finding in findings.iter_mut() {
            finding.cause = self.cause_of(finding);
        }
        for (i, finding) in findings.iter().enumerate() {
            if findings[..i].iter().all(|f| f.cause != finding.cause) {
                self.folded[finding.cause as usize].rows += 1;
            }
        }
        let mut errors = findings.iter().filter(|f| f.severity >= Severity::Error && f.record.is_some());
        if let Some(first) = errors.next()
            && errors.all(|f| f.cause == first.cause)
        {
            self.folded[first.cause as usize].clears += 1;
        }
    }

    fn cause_of(&mut self, finding: &Finding) -> u32 {
        let spec = finding.code.spec();
        let value = match spec.fold {
            // Who is there already is one cause for each sync that brought them.
            Fold::Column if finding.code == Code::DUP_406 => finding.arg("n").map(str::to_owned),
            Fold::Column => None,
            Fold::Value => finding.value.clone(),
            Fold::Parent => finding.arg("r").or(finding.arg("what")).map(str::to_owned),
            Fold::Alone => Some(format!("{} {}", finding.value.as_deref().unwrap_or_default(), finding.record.unwrap_or(0))),
        };
        let mut root = Root { code: finding.code, severity: finding.severity, column: finding.column.clone(), value };
        if let Some(number) = self.by_root.get(&root) {
            return *number;
        }
        let distinct = self.distinct.entry((root.code, root.column.clone())).or_default();
        *distinct += 1;
        let many = *distinct > MOST;
        if many {
            root.value = None;
            if let Some(number) = self.by_root.get(&root) {
                return *number;
            }
        }
        let number = self.folded.len() as u32;
        let shown = if many { Finding { value: Some("(other values)".into()), ..finding.clone() } } else { finding.clone() };
        self.folded.push(Cause {
            number,
            code: finding.code,
            severity: finding.severity,
            column: finding.column.clone(),
            value: if spec.fold == Fold::Column { None } else { shown.value.clone() },
            title: spec.fill(spec.title, &shown),
            rows: 0,
            clears: 0,
            parent: None,
            since: Since::New,
            first_line: finding.line,
        });
        self.by_root.insert(root, number);
        number
    }

    /// The causes, worst and largest first, numbered from 1, and for each number so far the final one. `depends` gives for a
    /// parent's row the causes that row itself has.
    pub(crate) fn finish(mut self, parents: &HashMap<u32, u32>) -> (Vec<Cause>, Vec<u32>) {
        let mut order: Vec<usize> = (0..self.folded.len()).collect();
        let key = |c: &Cause| (std::cmp::Reverse(c.severity), std::cmp::Reverse(c.rows), c.first_line, c.number);
        order.sort_by_key(|i| key(&self.folded[*i]));
        let mut number = vec![0; self.folded.len()];
        for (place, i) in order.iter().enumerate() {
            number[*i] = place as u32 + 1;
        }
        for (child, parent) in parents {
            self.folded[*child as usize].parent = Some(number[*parent as usize]);
        }
        let causes = order.iter().map(|i| Cause { number: number[*i], ..self.folded[*i].clone() }).collect();
        (causes, number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: Code, column: &str, value: &str, record: u32) -> Finding {
        Finding { record: Some(record), line: Some(record + 1), ..Finding::of_file(code) }.in_column(column).with_value(value)
    }

    #[test]
    fn clears_counts_rows_with_no_other_error() {
        let mut causes = Causes::default();
        causes.fold(&mut [found(Code::VAL_210, "email", "a", 1)]);
        causes.fold(&mut [found(Code::VAL_210, "email", "b", 2), found(Code::VAL_214, "grade", "Kinder", 2)]);
        causes.fold(&mut [found(Code::VAL_214, "grade", "Kinder", 3)]);
        causes.fold(&mut [found(Code::VAL_214, "grade", "9th", 4)]);
        let (folded, _) = causes.finish(&HashMap::new());
        let lines: Vec<_> = folded.iter().map(|c| (c.number, c.code.name(), c.value.as_deref(), c.rows, c.clears)).collect();
        assert_eq!(lines, [(1, "VAL-210", None, 2, 1), (2, "VAL-214", Some("Kinder"), 2, 1), (3, "VAL-214", Some("9th"), 1, 1)]);
    }

    #[test]
    fn a_million_wrong_values_do_not_make_a_million_causes() {
        let mut causes = Causes::default();
        for i in 0..10_000 {
            causes.fold(&mut [found(Code::VAL_214, "grade", &i.to_string(), i)]);
        }
        let (folded, _) = causes.finish(&HashMap::new());
        assert_eq!(folded.len(), MOST + 1);
        assert_eq!(folded[0].rows as usize, 10_000 - MOST);
    }
}
