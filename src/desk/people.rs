//! People: lists, one in full with where each value came from.

use std::sync::Arc;

use super::classes::{classes_of, links_of};
use super::office::{Office, lock};
use super::{FieldView, Page, PeopleQuery, PeopleSort, PersonDetail, PersonRow, Trouble, TroubleSort, Window};
use crate::ledger::{Change, Entry, Timestamp, fields};
use crate::roster::fold::fold;
use crate::roster::{Entity, Field, PersonNo, PersonRef, Roster, Table, Text};

impl Office {
    /// A part of a list of people.
    pub(super) fn people(&self, query: &PeopleQuery, window: Window) -> Page<PersonRow> {
        let roster = self.roster();
        let list = self.people_list(&roster, query);
        let unfiltered = if query.filter.is_empty() {
            list.len() as u64
        } else {
            self.people_list(&roster, &PeopleQuery { filter: String::new(), ..query.clone() }).len() as u64
        };
        // The filtered list is the one that will be asked for again.
        lock(&self.views).people = Some((roster.position(), query.clone(), list.clone()));
        let from = (window.first as usize).min(list.len());
        let to = from.saturating_add(window.count.min(list.len() as u64) as usize).min(list.len());
        let rows =
            list[from..to].iter().filter_map(|slot| Some(person_row(&roster, PersonNo(*slot), roster.person(PersonNo(*slot))?))).collect();
        Page { first: window.first, total: list.len() as u64, unfiltered, rows }
    }

    /// Everybody of a query, sorted; by slot.
    pub(super) fn people_list(&self, roster: &Roster, query: &PeopleQuery) -> Arc<Vec<u32>> {
        let cached = lock(&self.views).people.as_ref().filter(|p| p.0 == roster.position() && p.1 == *query).map(|p| p.2.clone());
        if let Some(list) = cached {
            return list;
        }
        let index = self.index(roster);
        let matching = (!query.filter.trim().is_empty()).then(|| index.filter(roster, &query.filter, &|| false)).flatten();
        let within = self.scope_orgs(roster);
        let wanted = |slot: &u32| {
            if matching.as_ref().is_some_and(|m| !m.contains(*slot)) {
                return false;
            }
            let Some(p) = roster.person(PersonNo(*slot)) else { return false };
            let of_role = query.family.is_none_or(|f| p.role().family() == f) && query.role.is_none_or(|r| p.role() == r);
            let of_place = query.status.is_none_or(|s| p.status() == s) && query.org.is_none_or(|o| p.in_org(o));
            let of_scope = within.as_ref().is_none_or(|w| p.orgs().iter().any(|o| w.contains(o)));
            let of_id = !query.without_id || p.raw(Text::SourcedId).is_empty();
            of_role && of_place && of_id && of_scope
        };
        let mut list: Vec<u32> = index.by_name().iter().copied().filter(wanted).collect();
        let person = |slot: &u32| roster.person(PersonNo(*slot)).unwrap_or(PersonRef::new(&[]));
        // Sorts are stable: equal ones stay by name.
        match query.sort {
            PeopleSort::Name => {}
            PeopleSort::Id => list.sort_by(|a, b| person(a).raw(Text::SourcedId).cmp(person(b).raw(Text::SourcedId))),
            PeopleSort::Role => list.sort_by_key(|s| person(s).role()),
            PeopleSort::Status => list.sort_by_key(|s| person(s).status()),
            PeopleSort::Email => list.sort_by_cached_key(|s| person(s).text(Text::Email).to_lowercase()),
            PeopleSort::Grade => list.sort_by_key(|s| person(s).grade().map_or((true, None), |g| (false, Some(g)))),
            PeopleSort::School => {
                let names: Vec<String> = (0..roster.table(Table::Orgs).len())
                    .map(|o| roster.org(crate::roster::OrgNo(o as u32)).map(|o| fold(&o.name).into_owned()).unwrap_or_default())
                    .collect();
                list.sort_by_key(|s| person(s).orgs().first().and_then(|o| names.get(o.0 as usize)));
            }
        }
        if query.reverse {
            list.reverse();
        }
        Arc::new(list)
    }

    /// One person in full.
    pub(super) fn person(&self, number: PersonNo) -> Result<PersonDetail, Trouble> {
        let roster = self.roster();
        let missing = || Trouble::new(TroubleSort::Usage, "There is no such person any more.", "Look with: homeroom find NAME");
        let record = roster.person(number).ok_or_else(missing)?;
        let person = record.to_person();
        let history = self.store.history(Entity::from(number))?;
        let feeds = person.shares.iter().map(|s| self.feed_name(s.feed)).collect();
        let fields = Field::ALL
            .iter()
            .map(|f| {
                let value = fields::person_field(&person, *f, &roster);
                let from = came_from(&history, *f, &roster);
                FieldView {
                    field: f.name().to_owned(),
                    value,
                    sync: from.and_then(|(e, _)| e.sync),
                    line: from.map_or(0, |(_, c)| c.line),
                    at: from.map_or(Timestamp(0), |(e, _)| e.at),
                    by: from.map(|(e, _)| e.by.0.clone()).unwrap_or_default(),
                    file: from.and_then(|(e, _)| e.sync).map(|s| self.file_of(s)).unwrap_or_default(),
                }
            })
            .collect();
        Ok(PersonDetail {
            row: person_row(&roster, number, record),
            person,
            fields,
            history: self.lines(&history, &roster),
            feeds,
            classes: classes_of(&roster, number),
            links: links_of(&roster, number),
        })
    }
}

/// The newest change that gave a field the value it has.
fn came_from<'h>(history: &'h [(Entry, Change)], field: Field, roster: &Roster) -> Option<&'h (Entry, Change)> {
    let of =
        |record: Option<&[u8]>| record.map(|r| fields::person_field(&PersonRef::new(r).to_person(), field, roster)).unwrap_or_default();
    history.iter().rev().find(|(_, c)| of(c.before.as_deref()) != of(c.after.as_deref()))
}

/// A person as lists show them.
pub(super) fn person_row(roster: &Roster, number: PersonNo, person: PersonRef<'_>) -> PersonRow {
    let schools: Vec<&str> = person.orgs().iter().filter_map(|o| roster.org(*o)).map(|o| o.name.as_str()).collect();
    PersonRow {
        number,
        name: person.name().into_owned(),
        role: person.role(),
        sourced_id: person.text(Text::SourcedId).to_owned(),
        email: person.text(Text::Email).to_owned(),
        school: schools.join("; "),
        grade: person.grade().map(|g| g.code().to_owned()).unwrap_or_default(),
        status: person.status(),
    }
}
