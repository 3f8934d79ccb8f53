//! A row that assigns a member of staff, read: what it says by itself, before it meets the others.

use std::collections::HashMap;

use super::Ask;
use super::draft::Draft;
use super::rules::Rules;
use crate::feed::Target;
use crate::intake::Row;
use crate::ledger::{Code, Finding, Severity};
use crate::roster::{ClassField, EnrollmentField, Field, Grade, OrgNo, Text};

/// One row, read.
pub(super) struct Line {
    pub(super) row: Row,
    pub(super) draft: Draft,
    pub(super) said: Said,
    /// What is wrong with it by itself.
    pub(super) findings: Vec<Finding>,
    /// Whether nothing is.
    pub(super) right: bool,
}

/// What a row says.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// The assignment ends.
    pub(super) remove: bool,
    /// The ID of the person.
    pub(super) id: String,
    /// The school.
    pub(super) org: OrgNo,
    /// The class's ID.
    pub(super) class: Option<String>,
    pub(super) title: Option<String>,
    pub(super) grade: Option<Grade>,
    pub(super) primary: Option<bool>,
    /// Whether the row is to describe its class: title and grade are filled, rightly or not.
    pub(super) meant: bool,
}

impl Said {
    /// Whether the row says enough of its class to make it.
    pub(super) fn describes(&self) -> bool {
        !self.remove && self.class.is_some() && self.title.is_some() && self.grade.is_some()
    }
}

/// Reads a row.
pub(super) fn read(ask: &Ask<'_>, rules: &Rules<'_>, row: &Row) -> Line {
    let mut line = Line { row: row.clone(), draft: Draft::default(), said: Said::default(), findings: Vec::new(), right: false };
    line.right = rules.check(row, &mut line.draft, &mut line.findings);
    let text = |target: Target| {
        let column = ask.profile.column_to(target)?;
        let text = line.draft.text(column, rules.cell(&row.cells, column))?;
        Some(String::from_utf8_lossy(text).into_owned()).filter(|t| !t.is_empty())
    };
    let filled = |target: Target| ask.profile.column_to(target).is_some_and(|c| !crate::intake::trim(rules.cell(&row.cells, c)).is_empty());
    line.said = Said {
        remove: text(Target::Action).as_deref() == Some("remove"),
        id: text(Target::Person(Field::Text(Text::SourcedId))).unwrap_or_default(),
        org: line.draft.org.unwrap_or_default(),
        class: text(Target::Class(ClassField::SourcedId)),
        title: text(Target::Class(ClassField::Title)),
        grade: text(Target::Class(ClassField::Grade)).and_then(|g| Grade::from_name(&g)),
        primary: text(Target::Enrollment(EnrollmentField::Primary)).map(|p| p == "true"),
        meant: filled(Target::Class(ClassField::Title)) && filled(Target::Class(ClassField::Grade)),
    };
    // What is said of a class needs to say of which.
    let about = [
        (line.said.title.is_some(), Target::Class(ClassField::Title)),
        (line.said.grade.is_some(), Target::Class(ClassField::Grade)),
        (line.said.primary == Some(true), Target::Enrollment(EnrollmentField::Primary)),
    ];
    let class_said_wrongly = line.findings.iter().any(|f| f.column.as_deref() == Some(column(ask, Target::Class(ClassField::SourcedId))));
    if line.said.class.is_none()
        && !class_said_wrongly
        && !line.draft.says.is_empty()
        && let Some((_, target)) = about.into_iter().find(|a| a.0)
        && line.findings.iter().all(|f| !matches!(f.code, Code::VAL_204 | Code::VAL_205))
    {
        let finding = Finding::of_file(Code::VAL_202).in_column(column(ask, Target::Class(ClassField::SourcedId)));
        line.findings.push(rules.place(row, finding.with("condition", format!("{} is given", column(ask, target)))));
        line.right = false;
    }
    line
}

/// The name of the column that goes there.
pub(super) fn column<'p>(ask: &'p Ask<'_>, target: Target) -> &'p str {
    ask.profile.column_to(target).map_or("", |c| ask.profile.columns[c].name.as_str())
}

/// The rows that make the classes that the roster does not have: of each the first that stands and describes it.
pub(super) fn makers(ask: &Ask<'_>, lines: &[Line], stands: &dyn Fn(usize) -> bool) -> HashMap<String, usize> {
    let mut makers = HashMap::new();
    for (i, line) in lines.iter().enumerate().filter(|(i, l)| l.said.describes() && stands(*i)) {
        let Some(class) = line.said.class.as_ref().filter(|c| ask.roster.relations().class(c).is_none()) else { continue };
        makers.entry(class.clone()).or_insert(i);
    }
    makers
}

/// The code of the first error of each row that has one by itself.
pub(super) fn first_errors(lines: &[Line]) -> HashMap<usize, &'static str> {
    let error = |l: &Line| l.findings.iter().find(|f| f.severity >= Severity::Error).map(|f| f.code.name());
    lines.iter().enumerate().filter_map(|(i, l)| Some((i, error(l)?))).collect()
}
