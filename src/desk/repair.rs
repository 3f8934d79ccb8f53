//! What each repair makes of a cell, and why it leaves one as it is.

use std::collections::{HashMap, HashSet};

use super::{Repair, Trouble, TroubleSort};
use crate::feed::{Column, ColumnKind, Target};
use crate::intake;
use crate::ledger::Finding;
use crate::roster::{ClassField, CourseField, EnrollmentField, Family, Field, Kind, LinkField, OrgField, Roster, Text};

/// A cell that may be repaired.
pub(super) struct Cell<'a> {
    /// As it stands, with what was corrected so far.
    pub(super) value: &'a str,
    /// Whether somebody corrected it already.
    pub(super) corrected: bool,
    /// What was found on it.
    pub(super) findings: &'a [Finding],
    /// Under what its row counts.
    pub(super) kind: Kind,
}

/// A repair, ready for many cells.
pub(super) enum Tool<'a> {
    Set { value: &'a str, from: Option<&'a str> },
    Nearest { column: String },
    Strip { kind: ColumnKind },
    Zeros(Zeros),
}

impl<'a> Tool<'a> {
    /// What a repair of that column needs; `values` are those of the cells, for looking up at one go. The column is unknown where the
    /// profile does not have it.
    pub(super) fn new(
        repair: &'a Repair,
        column: Option<&Column>,
        roster: &Roster,
        values: &mut dyn Iterator<Item = &'a str>,
    ) -> Result<Self, Trouble> {
        Ok(match repair {
            Repair::Set { value, from, .. } => Self::Set { value, from: from.as_deref().map(intake::trim_str) },
            Repair::Nearest { column: name } => Self::Nearest { column: column.map_or(name, |c| &c.name).clone() },
            Repair::Strip { .. } => Self::Strip { kind: column.map_or(ColumnKind::Text, |c| c.kind) },
            Repair::Zeros { column: name } => {
                let of = column.and_then(|c| names(c.to));
                let what = || format!("{name} names nobody and no school, so its zeros cannot be looked up.");
                let of = of.ok_or_else(|| Trouble::new(TroubleSort::Refused, what(), "Choose a column of IDs of people or schools."))?;
                Self::Zeros(Zeros::of(of, roster, values))
            }
        })
    }

    /// The cell repaired, or why it stays.
    pub(super) fn mend(&self, cell: &Cell<'_>) -> Result<String, String> {
        let stays = |why: &str| Err(why.to_owned());
        let after = match self {
            Self::Set { from: Some(from), .. } if intake::trim_str(cell.value) != *from => return Err(format!("it is not \"{from}\"")),
            Self::Set { value, .. } => (*value).to_owned(),
            Self::Nearest { .. } if cell.corrected => return stays("it is mended already"),
            Self::Nearest { column } => {
                let mut of_cell = cell.findings.iter().filter(|f| f.column.as_deref() == Some(column));
                match of_cell.find_map(suggestion) {
                    Some(near) => near,
                    None => return stays("nothing near it is known"),
                }
            }
            _ if intake::trim_str(cell.value).is_empty() && !matches!(self, Self::Strip { .. }) => return stays("it is empty"),
            Self::Strip { kind } => match stripped(cell.value, *kind) {
                same if same == cell.value => return stays("it has no blanks around it and nothing hidden in it"),
                clean => clean,
            },
            Self::Zeros(zeros) => zeros.restored(intake::trim_str(cell.value), cell.kind)?,
        };
        if after == cell.value { stays("it is so already") } else { Ok(after) }
    }
}

/// A value that would do instead of the one that was found wrong.
pub(super) fn suggestion(finding: &Finding) -> Option<String> {
    let near = finding.arg("nearest").or_else(|| finding.arg("near")).filter(|n| !n.is_empty())?;
    Some(near.split(", ").next().unwrap_or(near).to_owned())
}

/// A value without blanks at its ends and without characters that do not show. Within a name a blank of another kind becomes a plain
/// one; within an ID it goes.
fn stripped(value: &str, kind: ColumnKind) -> String {
    let one_word = matches!(kind, ColumnKind::Id | ColumnKind::Reference | ColumnKind::Email | ColumnKind::Username);
    let plain: String = value
        .chars()
        .filter_map(|c| match intake::hidden::name(c) {
            None => Some(c),
            Some(_) if c.is_whitespace() && !one_word => Some(' '),
            Some(_) => None,
        })
        .collect();
    intake::trim_str(&plain).to_owned()
}

/// Whose IDs a column has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Orgs,
    /// People: of a family, or of that under which the row counts.
    People(Option<Family>),
}

fn names(to: Target) -> Option<Of> {
    Some(match to {
        Target::Person(Field::Orgs)
        | Target::Org(OrgField::ExternalId | OrgField::Parent)
        | Target::Class(ClassField::Org)
        | Target::Course(CourseField::Org) => Of::Orgs,
        Target::Person(Field::Text(Text::SourcedId)) | Target::Enrollment(EnrollmentField::Person) => Of::People(None),
        Target::Link(LinkField::Student) => Of::People(Some(Family::Students)),
        Target::Link(LinkField::Guardian) => Of::People(Some(Family::Guardians)),
        _ => return None,
    })
}

/// Whether a column's zeros could be restored at all.
pub(super) fn has_zeros(column: &Column) -> bool {
    names(column.to).is_some()
}

/// The IDs on the roster that differ from some of the cells by zeros in front alone.
pub(super) struct Zeros {
    of: Of,
    /// By the ID without its zeros: each with them, and of whom.
    known: HashMap<String, Vec<(Option<Family>, String)>>,
}

fn bare(id: &str) -> &str {
    id.trim_start_matches('0')
}

impl Zeros {
    /// Looks all the values up at one go: the roster may be large.
    fn of(of: Of, roster: &Roster, values: &mut dyn Iterator<Item = &str>) -> Self {
        let wanted: HashSet<&str> = values.map(|v| bare(intake::trim_str(v))).filter(|v| !v.is_empty()).collect();
        let mut known: HashMap<String, Vec<(Option<Family>, String)>> = HashMap::new();
        let mut take = |family, id: &str| {
            if let Some(wanted) = wanted.get(bare(id)) {
                known.entry((*wanted).to_owned()).or_default().push((family, id.to_owned()));
            }
        };
        match of {
            Of::Orgs => roster.orgs().for_each(|(_, o)| take(None, &o.external_id)),
            Of::People(_) => roster.people().for_each(|(_, p)| take(Some(p.role().family()), p.text(Text::SourcedId))),
        }
        Self { of, known }
    }

    fn restored(&self, value: &str, kind: Kind) -> Result<String, String> {
        let family = match self.of {
            Of::Orgs => None,
            Of::People(Some(family)) => Some(family),
            // A row that counts as a class or an enrollment may name anybody.
            Of::People(None) => Family::ALL.iter().copied().find(|f| f.kind() == kind),
        };
        let all = self.known.get(bare(value)).map(Vec::as_slice).unwrap_or_default();
        let theirs: Vec<&str> = all.iter().filter(|(f, _)| family.is_none() || *f == family).map(|(_, id)| id.as_str()).collect();
        if theirs.contains(&value) {
            return Err("the roster has it as it stands".to_owned());
        }
        match theirs.iter().filter(|id| id.len() > value.len()).collect::<Vec<_>>()[..] {
            [one] => Ok((*one).to_owned()),
            [] => Err("nobody on the roster has it with zeros in front".to_owned()),
            _ => Err("several on the roster have it with zeros in front".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_what_does_not_show_go_and_names_keep_their_words() {
        for (value, kind, clean) in [
            (" Ana ", ColumnKind::Name, "Ana"),
            ("Ana\u{a0}Maria", ColumnKind::Name, "Ana Maria"),
            ("Zoë\u{200b}", ColumnKind::Name, "Zoë"),
            ("10\u{a0}42\u{feff}", ColumnKind::Id, "1042"),
            ("Reading Coach", ColumnKind::Text, "Reading Coach"),
        ] {
            assert_eq!(stripped(value, kind), clean, "{value:?}");
        }
    }
}
