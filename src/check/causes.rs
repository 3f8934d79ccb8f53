//! Folding findings into causes: what shares a root is one line, with the number of rows affected and of rows it clears.

use std::collections::HashMap;

use crate::ledger::catalogue::Fold;
use crate::ledger::{Cause, Code, Finding, Severity, Since};

/// Distinct values (or single findings) of one code and column that get a cause of their own. What comes after them shares
/// one: a file in which a million values are wrong must not make a million causes.
const MOST: usize = 2000;

/// Sets of causes that rows with several of them have, at most. Beyond, such rows are cleared by nothing that is counted.
const MOST_MIXED: usize = 10_000;

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
    /// Rows whose errors are of several causes, by those causes: one of them may be the root of all.
    mixed: HashMap<Vec<u32>, u64>,
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
        let errors = findings.iter().filter(|f| f.severity >= Severity::Error && f.record.is_some());
        let mut of_row: Vec<u32> = errors.map(|f| f.cause).collect();
        of_row.sort_unstable();
        of_row.dedup();
        match of_row.as_slice() {
            [] => {}
            [only] => self.folded[*only as usize].clears += 1,
            _ if self.mixed.len() < MOST_MIXED || self.mixed.contains_key(&of_row) => *self.mixed.entry(of_row).or_default() += 1,
            _ => {}
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

    /// The causes, numbered from 1: the worst first, of those the one that clears most, then the largest; and for each number so far the
    /// final one. `parents` says of causes that only follow from another from which: what clears the one clears the other too.
    pub(crate) fn finish(mut self, parents: &HashMap<u32, u32>) -> (Vec<Cause>, Vec<u32>) {
        self.clear_with_parents(parents);
        let mut order: Vec<usize> = (0..self.folded.len()).collect();
        let key = |c: &Cause| {
            use std::cmp::Reverse;
            (Reverse(c.severity), Reverse(c.clears), Reverse(c.rows), c.first_line, c.number)
        };
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

    /// Counts the rows that only follow from a cause among those that mending it clears, and rows of several causes with the one from
    /// which all of them follow.
    fn clear_with_parents(&mut self, parents: &HashMap<u32, u32>) {
        // The cause itself and all above it. Rows may depend on each other in a circle.
        let line = |cause: u32| {
            let mut line = vec![cause];
            while let Some(above) = line.last().and_then(|c| parents.get(c)).filter(|above| !line.contains(above)) {
                line.push(*above);
            }
            line
        };
        let own: Vec<u64> = self.folded.iter().map(|c| c.clears).collect();
        for child in parents.keys() {
            for above in line(*child).into_iter().skip(1) {
                self.folded[above as usize].clears += own[*child as usize];
            }
        }
        for (of_row, rows) in std::mem::take(&mut self.mixed) {
            let lines: Vec<Vec<u32>> = of_row.iter().map(|c| line(*c)).collect();
            let Some((first, others)) = lines.split_first() else { continue };
            for root in first.iter().filter(|c| others.iter().all(|l| l.contains(c))) {
                self.folded[*root as usize].clears += rows;
            }
        }
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
    fn what_follows_from_a_cause_is_cleared_with_it_down_to_the_last_row() {
        let depends = |record: u32, on: u32| Finding { value: None, ..found(Code::REF_308, "id", "", record) }.with("r", on);
        let mut causes = Causes::default();
        causes.fold(&mut [found(Code::VAL_201, "name", "", 1)]);
        causes.fold(&mut [depends(2, 1)]);
        causes.fold(&mut [depends(3, 2)]);
        // Wrong in itself and by what it depends on: both go with the root, where they are of one.
        causes.fold(&mut [found(Code::VAL_201, "name", "", 4), depends(4, 1)]);
        causes.fold(&mut [found(Code::VAL_210, "email", "x", 5), depends(5, 1)]);
        let (folded, _) = causes.finish(&HashMap::from([(1, 0), (2, 1)]));
        let lines: Vec<_> = folded.iter().map(|c| (c.code.name(), c.rows, c.clears, c.parent)).collect();
        assert_eq!(
            lines,
            [("VAL-201", 2, 4, None), ("REF-308", 3, 2, Some(1)), ("REF-308", 1, 1, Some(2)), ("VAL-210", 1, 0, None)],
            "row 5 has an error of its own"
        );
    }

    #[test]
    fn rows_that_depend_on_each_other_in_a_circle_come_to_an_end() {
        let mut causes = Causes::default();
        for record in 1..=2 {
            causes.fold(&mut [found(Code::REF_308, "id", "", record).with("r", 3 - record)]);
        }
        let (folded, _) = causes.finish(&HashMap::from([(0, 1), (1, 0)]));
        assert_eq!(folded.iter().map(|c| c.clears).collect::<Vec<_>>(), [2, 2]);
    }

    /// Two findings that differ in column, in value, in the row they depend on, or in the row alone: one cause or two, as the catalogue
    /// says of each code.
    #[test]
    fn every_code_folds_as_the_catalogue_says() {
        let causes_of = |a: Finding, b: Finding| {
            let mut causes = Causes::default();
            causes.fold(&mut [a]);
            causes.fold(&mut [b]);
            causes.finish(&HashMap::new()).0.len()
        };
        for code in Code::all() {
            let at = |column, value, record, on: u32| found(code, column, value, record).with("r", on).with("n", 7);
            let first = || at("a", "x", 1, 9);
            let (column, value, parent, alone) = (
                causes_of(first(), at("b", "x", 2, 9)),
                causes_of(first(), at("a", "y", 2, 9)),
                causes_of(first(), at("a", "x", 2, 8)),
                causes_of(first(), at("a", "x", 2, 9)),
            );
            let expected = match code.spec().fold {
                Fold::Column => (2, 1, 1, 1),
                Fold::Value => (2, 2, 1, 1),
                Fold::Parent => (2, 1, 2, 1),
                Fold::Alone => (2, 2, 2, 2),
            };
            assert_eq!((column, value, parent, alone), expected, "{code}");
        }
        assert_eq!(causes_of(found(Code::DUP_406, "id", "1", 1).with("n", 3), found(Code::DUP_406, "id", "1", 2).with("n", 4)), 2);
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
