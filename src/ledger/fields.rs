//! Records field by field, in words: what plans, histories and forms show.

use super::change::FieldChange;
use crate::roster::{Field, Kind, Org, OrgField, OrgNo, Person, PersonRef, Roster, Table, unpack};

/// The value of a person's field in words; organizations by external ID, `; ` between.
pub fn person_field(person: &Person, field: Field, roster: &Roster) -> String {
    match field {
        Field::Text(text) => person.text(text).to_owned(),
        Field::Role => person.role.name().to_owned(),
        Field::Grade => person.grade.map(|g| g.code().to_owned()).unwrap_or_default(),
        Field::Status => person.status.name().to_owned(),
        Field::Orgs => person.orgs().into_iter().map(|o| org_id(roster, o)).collect::<Vec<_>>().join("; "),
    }
}

/// The value of an organization's field in words; the parent by external ID.
pub fn org_field(org: &Org, field: OrgField, roster: &Roster) -> String {
    match field {
        OrgField::ExternalId => org.external_id.clone(),
        OrgField::Name => org.name.clone(),
        OrgField::Type => org.kind.name().to_owned(),
        OrgField::Parent => org.parent.map(|p| org_id(roster, p)).unwrap_or_default(),
        OrgField::Address => org.address.clone(),
        OrgField::Status => org.status.name().to_owned(),
    }
}

fn org_id(roster: &Roster, number: OrgNo) -> String {
    roster.org(number).map_or_else(|| format!("@{}", number.0), |o| o.external_id.clone())
}

/// Every field of a packed record, by name; blank ones left out.
pub fn fields(table: Table, record: &[u8], roster: &Roster) -> Vec<(&'static str, String)> {
    let all: Vec<(&'static str, String)> = match table {
        Table::People => {
            let person = PersonRef::new(record).to_person();
            Field::ALL.iter().map(|f| (f.name(), person_field(&person, *f, roster))).collect()
        }
        Table::Orgs => {
            let org: Org = unpack(record).unwrap_or_default();
            OrgField::ALL.iter().map(|f| (f.name(), org_field(&org, *f, roster))).collect()
        }
        _ => Vec::new(),
    };
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// What differs between two packed records, in the order in which fields are shown. No record is a record of blanks.
pub fn differences(table: Table, before: Option<&[u8]>, after: Option<&[u8]>, roster: &Roster) -> Vec<FieldChange> {
    let read = |record: Option<&[u8]>| record.map(|r| fields(table, r, roster)).unwrap_or_default();
    let (before, after) = (read(before), read(after));
    let value = |of: &[(&str, String)], name: &str| of.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let names: Vec<&'static str> = match table {
        Table::People => Field::ALL.iter().map(|f| f.name()).collect(),
        _ => OrgField::ALL.iter().map(|f| f.name()).collect(),
    };
    let changes = names.into_iter().map(|n| FieldChange { field: n.to_owned(), before: value(&before, n), after: value(&after, n) });
    changes.filter(|c| c.before != c.after).collect()
}

/// Key (ID) and name of a packed record.
pub fn key_and_name(table: Table, record: &[u8]) -> (String, String) {
    match table {
        Table::People => {
            let person = PersonRef::new(record);
            (person.text(crate::roster::Text::SourcedId).to_owned(), person.name().into_owned())
        }
        Table::Orgs => unpack::<Org>(record).map(|o| (o.external_id, o.name)).unwrap_or_default(),
        _ => Default::default(),
    }
}

/// The kind under which a packed record counts.
pub fn kind(table: Table, record: &[u8]) -> Kind {
    match table {
        Table::Orgs => Kind::Orgs,
        Table::People => PersonRef::new(record).role().family().kind(),
        Table::Courses => Kind::Courses,
        Table::Classes => Kind::Classes,
        Table::Enrollments => Kind::Enrollments,
        Table::Links => Kind::Links,
    }
}
