//! What a file of assignments would make of the roster: people, classes, enrollments, and the schools that it names.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::assignments::{Line, on_roster, share};
use super::classes::brought;
use super::gather::{At, Gather};
use super::{Ask, Wanted, WantedRecord};
use crate::roster::{Class, ClassNo, Enrollment, Entity, Family, OrgNo, Person, PersonNo, PersonRef, Role, Status, Table, pack};

/// Everything that the rows that stand bring. `people` is what the rows that add somebody make of people.
pub(super) fn wanted(ask: &Ask<'_>, lines: &[Line], stands: &[bool], makers: &HashMap<String, usize>, people: Wanted) -> Wanted {
    let standing = || lines.iter().enumerate().filter(|(i, _)| stands[*i]).map(|(_, l)| l);
    let mut gather = Gather::new(ask.roster);
    schools(&mut gather, standing());
    let numbers = people_of(ask, &mut gather, lines, stands, people);
    let classes = classes_of(ask, &mut gather, standing(), lines, makers);
    enrollments(ask, &mut gather, standing(), &numbers, &classes);
    gather.into_wanted()
}

/// The schools that are named: they count, and do not change.
fn schools<'l>(gather: &mut Gather<'_>, lines: impl Iterator<Item = &'l Line>) {
    let mut first: HashMap<OrgNo, u32> = HashMap::new();
    for line in lines {
        let at = At::from(&line.row);
        match first.get(&line.said.org) {
            Some(record) => gather.join(Table::Orgs, *record, at.record),
            None => {
                first.insert(line.said.org, at.record);
                gather.name(line.said.org.into(), at);
            }
        }
    }
}

/// The people; the number of each, by ID.
fn people_of<'l>(ask: &Ask<'_>, gather: &mut Gather<'_>, lines: &'l [Line], stands: &[bool], people: Wanted) -> HashMap<&'l str, PersonNo> {
    let mut numbers = HashMap::new();
    // Who leaves which school, by person; in the order of the file.
    let mut leaves: BTreeMap<PersonNo, Vec<&Line>> = BTreeMap::new();
    for (_, line) in lines.iter().enumerate().filter(|(i, l)| stands[*i] && l.said.remove) {
        if let Some(number) = ask.roster.person_by_id(Family::Staff, &line.said.id) {
            numbers.insert(line.said.id.as_str(), number);
            if line.said.class.is_none() {
                leaves.entry(number).or_default().push(line);
            }
        }
    }
    let Wanted { sets, bytes } = people;
    for set in sets {
        for w in set.records {
            let i = w.record as usize - 1;
            if !stands[i] {
                continue;
            }
            let WantedRecord { record, line, row, .. } = w;
            let mut packed = bytes[w.start as usize..w.start as usize + w.len as usize].to_vec();
            let leaving = w.slot.and_then(|slot| leaves.remove(&PersonNo(slot))).unwrap_or_default();
            if packed.is_empty() {
                packed = w.slot.and_then(|slot| ask.roster.record(PersonNo(slot).into())).unwrap_or_default().to_vec();
            }
            if !leaving.is_empty() {
                packed = without(ask, &packed, &leaving);
            }
            let slot = gather.put(Table::People, w.slot, At { record, line, row }, &packed);
            numbers.insert(lines[i].said.id.as_str(), PersonNo(slot));
            leaving.iter().for_each(|l| gather.join(Table::People, record, l.row.record));
        }
        for (first, joined) in set.joins {
            if stands[first as usize - 1] && stands[joined as usize - 1] {
                gather.join(Table::People, first, joined);
            }
        }
    }
    for (number, leaving) in leaves {
        let Some(first) = leaving.first() else { continue };
        let now = ask.roster.record(number.into()).unwrap_or_default();
        gather.put(Table::People, Some(number.0), At::from(&first.row), &without(ask, now, &leaving));
        leaving.iter().skip(1).for_each(|l| gather.join(Table::People, first.row.record, l.row.record));
    }
    numbers
}

/// A person after leaving schools: the feed does not bring them there any more.
fn without(ask: &Ask<'_>, packed: &[u8], leaving: &[&Line]) -> Vec<u8> {
    let mut person: Person = PersonRef::new(packed).to_person();
    if let Some(share) = person.shares.iter_mut().find(|s| s.feed == ask.feed) {
        share.orgs.retain(|o| leaving.iter().all(|l| l.said.org != *o));
    }
    person.pack()
}

/// The classes; the number of each, by ID.
fn classes_of<'l>(
    ask: &Ask<'_>,
    gather: &mut Gather<'_>,
    standing: impl Iterator<Item = &'l Line>,
    lines: &'l [Line],
    makers: &HashMap<String, usize>,
) -> HashMap<&'l str, ClassNo> {
    let mut numbers: HashMap<&str, ClassNo> = HashMap::new();
    // By the data record that brings or names the class first: new ones are numbered in that order.
    let mut by_record: BTreeMap<u32, (&'l str, At, Vec<&'l Line>)> = BTreeMap::new();
    let mut first: HashMap<&str, u32> = HashMap::new();
    for line in standing {
        let Some(class) = line.said.class.as_deref() else { continue };
        let at = At::from(makers.get(class).map_or(&line.row, |m| &lines[*m].row));
        let record = *first.entry(class).or_insert(at.record);
        by_record.entry(record).or_insert_with(|| (class, at, Vec::new())).2.push(line);
    }
    for (record, (id, at, rows)) in by_record {
        let known = on_roster(ask, id);
        let adds = || rows.iter().filter(|l| !l.said.remove);
        let title = adds().find_map(|l| l.said.title.clone());
        let grade = adds().find_map(|l| l.said.grade);
        let now = known.and_then(|n| ask.roster.class(n));
        let slot = match (now, title, grade) {
            // Who only names a class does not bring it.
            (Some(_), None, None) => {
                let Some(number) = known else { continue };
                gather.name(number.into(), at);
                number
            }
            (now, title, grade) => {
                if adds().next().is_none() {
                    continue;
                }
                let mut class: Class = now.unwrap_or_default();
                id.clone_into(&mut class.sourced_id);
                class.title = title.unwrap_or(class.title);
                class.grade = grade.or(class.grade);
                class.org = class.org.or(rows.first().map(|l| l.said.org));
                brought(&mut class.feeds, ask.feed);
                ClassNo(gather.put(Table::Classes, known.map(|n| n.0), at, &pack(&class)))
            }
        };
        numbers.insert(id, slot);
        // A class that is there needs none of the rows.
        for line in rows.iter().filter(|l| known.is_none() && l.row.record != record) {
            gather.join(Table::Classes, record, line.row.record);
        }
    }
    numbers
}

/// The enrollments, and those that end.
fn enrollments<'l>(
    ask: &Ask<'_>,
    gather: &mut Gather<'_>,
    standing: impl Iterator<Item = &'l Line> + Clone,
    people: &HashMap<&str, PersonNo>,
    classes: &HashMap<&str, ClassNo>,
) {
    let relations = ask.roster.relations();
    let mut primary: HashMap<ClassNo, (PersonNo, At)> = HashMap::new();
    let mut in_file: HashSet<(PersonNo, ClassNo)> = HashSet::new();
    for line in standing.clone() {
        let Some((class, person)) = pair(line, people, classes) else { continue };
        in_file.insert((person, class));
        if line.said.primary == Some(true) && !line.said.remove {
            primary.insert(class, (person, At::from(&line.row)));
        }
    }
    for line in standing.clone() {
        let at = At::from(&line.row);
        let number = people.get(line.said.id.as_str()).copied();
        if line.said.remove
            && line.said.class.is_none()
            && let Some(person) = number
        {
            leave_classes(ask, gather, person, line, &in_file);
        }
        let Some((class, person)) = pair(line, people, classes) else { continue };
        let known = relations.enrollment(person, class);
        let now = known.and_then(|n| ask.roster.enrollment(n));
        if line.said.remove {
            if let (Some(number), Some(now)) = (known, now) {
                gather.put(Table::Enrollments, Some(number.0), at, &pack(&ended(ask, now)));
            }
            continue;
        }
        let role = line.draft.role.map_or(Role::Teacher, |r| r.at(line.draft.org, ask.roster));
        let mut e = now.unwrap_or(Enrollment { person, class, role, primary: false, status: Status::Active, feeds: Vec::new() });
        (e.role, e.status) = (role, Status::Active);
        e.primary = line.said.primary.unwrap_or(e.primary) && primary.get(&class).is_none_or(|p| p.0 == person);
        brought(&mut e.feeds, ask.feed);
        gather.put(Table::Enrollments, known.map(|n| n.0), at, &pack(&e));
    }
    // Of one class there is one primary teacher: the last file wins.
    let mut taken: Vec<_> = primary.into_iter().collect();
    taken.sort_unstable_by_key(|(class, (_, at))| (at.record, *class));
    for (class, (person, at)) in taken {
        for (number, other) in relations.of_class(class).iter().filter(|(_, p)| *p != person && !in_file.contains(&(*p, class))) {
            debug_assert_ne!(*other, person);
            if let Some(e) = ask.roster.enrollment(*number).filter(|e| e.primary) {
                gather.put(Table::Enrollments, Some(number.0), at, &pack(&Enrollment { primary: false, ..e }));
            }
        }
    }
}

fn pair(line: &Line, people: &HashMap<&str, PersonNo>, classes: &HashMap<&str, ClassNo>) -> Option<(ClassNo, PersonNo)> {
    Some((*classes.get(line.said.class.as_deref()?)?, *people.get(line.said.id.as_str())?))
}

/// An enrollment after its assignment ended: disabled, unless another feed brings it too.
fn ended(ask: &Ask<'_>, mut e: Enrollment) -> Enrollment {
    if e.feeds.iter().any(|f| *f != ask.feed) {
        e.feeds.retain(|f| *f != ask.feed);
    } else {
        e.status = Status::Disabled;
        e.primary = false;
    }
    e
}

/// Who leaves a school leaves what this feed alone brought them to there.
fn leave_classes(ask: &Ask<'_>, gather: &mut Gather<'_>, person: PersonNo, line: &Line, in_file: &HashSet<(PersonNo, ClassNo)>) {
    if !share(ask, person).contains(&line.said.org) {
        return;
    }
    for (number, class) in ask.roster.relations().of_person(person).iter().filter(|(_, c)| !in_file.contains(&(person, *c))) {
        let here = ask.roster.class(*class).is_some_and(|c| c.org == Some(line.said.org));
        if let Some(now) = ask.roster.enrollment(*number).filter(|e| here && e.feeds == [ask.feed] && e.status == Status::Active) {
            let entity = Entity::from(*number);
            gather.put(entity.table, Some(entity.slot), At::from(&line.row), &pack(&ended(ask, now)));
        }
    }
}
