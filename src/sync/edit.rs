//! Edits by hand: a local fix on the roster itself, checked field by field; all fields or none.

use super::{Failed, Runner};
use crate::check::{near::near, values};
use crate::intake;
use crate::ledger::{Action, Entry, EntryKind, Plan, PlannedChange, fields};
use crate::roster::fold::fold_email;
use crate::roster::{
    Entity, FeedNo, Field, Grade, Org, OrgField, OrgKind, OrgNo, Person, PersonNo, PersonRef, Role, Roster, Status, Text, pack,
};
use crate::store::Commit;

/// Most characters of a text that is edited by hand.
const MOST: usize = 254;

impl Runner<'_> {
    /// Changes a person. `fields` are names and new values; an empty value clears.
    pub fn edit_person(&mut self, roster: &Roster, person: PersonNo, changes: &[(String, String)]) -> Result<Roster, Failed> {
        let Some(now) = roster.person(person) else {
            return Err(Failed::Usage("There is no such person.".into(), "Look with: homeroom find NAME".into()));
        };
        let mut next = now.to_person();
        for (name, value) in changes {
            let value = intake::trim_str(value);
            let Some(field) = Field::from_name(name) else {
                return Err(no_field(name, Field::ALL.iter().map(|f| f.name())));
            };
            set(&mut next, field, value, roster).map_err(|why| not_taken(name, &why))?;
        }
        if let Some((field, why)) = edit_problem_person(roster, person, &next) {
            return Err(not_taken(field.name(), &why));
        }
        self.publish_edit(roster, person.into(), now.bytes(), &next.pack())
    }

    /// Changes an organization. `fields` are names and new values; an empty value clears.
    pub fn edit_org(&mut self, roster: &Roster, number: OrgNo, changes: &[(String, String)]) -> Result<Roster, Failed> {
        let Some(now) = roster.org(number) else {
            return Err(Failed::Usage("There is no such organization.".into(), "See them with: homeroom list schools".into()));
        };
        let mut next = now.clone();
        for (name, value) in changes {
            let value = intake::trim_str(value);
            let Some(field) = OrgField::from_name(name) else {
                return Err(no_field(name, OrgField::ALL.iter().map(|f| f.name())));
            };
            set_org(&mut next, field, value, number, roster).map_err(|why| not_taken(name, &why))?;
        }
        let before = roster.record(number.into()).unwrap_or_default();
        self.publish_edit(roster, number.into(), before, &pack(&next))
    }

    /// Changes a class, course, enrollment or guardian link.
    pub fn edit_entity(&mut self, _roster: &Roster, _entity: Entity, _changes: &[(String, String)]) -> Result<Roster, Failed> {
        Err(Failed::Usage("not built".into(), String::new()))
    }

    fn publish_edit(&mut self, roster: &Roster, entity: Entity, before: &[u8], after: &[u8]) -> Result<Roster, Failed> {
        if before == after {
            return Ok(roster.clone());
        }
        let change = PlannedChange {
            entity,
            record: 0,
            line: 0,
            action: Action::Updated,
            kind: fields::kind(entity.table, after),
            after: (0, after.len() as u64),
        };
        let plan = Plan { position: roster.position(), changes: vec![change], bytes: after.to_vec() };
        let entry =
            Entry { position: 0, kind: EntryKind::Edit, sync: None, feed: FeedNo::HAND, by: self.by.clone(), at: (self.now)(), changes: 1 };
        Ok(self.store.commit(Commit { run: None, syncs: &[], entry, roster, plan: &plan })?)
    }
}

fn not_taken(field: &str, why: &str) -> Failed {
    Failed::Usage(format!("{field}: {why}"), "Nothing was changed. Give another value.".into())
}

fn no_field<'a>(name: &str, all: impl Iterator<Item = &'a str> + Clone) -> Failed {
    let next = match near(name, all.clone(), 1).first() {
        Some(near) => format!("Did you mean {near}?"),
        None => format!("There are: {}.", all.collect::<Vec<_>>().join(", ")),
    };
    Failed::Usage(format!("There is no field \"{name}\"."), next)
}

fn text_problem(value: &str) -> Option<String> {
    let chars = value.chars().count();
    if chars > MOST {
        return Some(format!("{chars} characters; at most {MOST}"));
    }
    value.chars().any(char::is_control).then(|| "holds a control character".to_owned())
}

fn set(person: &mut Person, field: Field, value: &str, roster: &Roster) -> Result<(), String> {
    match field {
        Field::Text(text) => {
            if let Some(why) = text_problem(value) {
                return Err(why);
            }
            match text {
                Text::Email if !value.is_empty() && !values::is_email(value.as_bytes()) => {
                    return Err(format!("not an e-mail address: {}", values::email_reason(value)));
                }
                Text::SourcedId if intake::hidden(value).is_some() => return Err("holds characters that do not show".into()),
                Text::Phone | Text::HomePhone if !value.is_empty() => {
                    let number = values::phone(value).ok_or("not a phone number")?;
                    person.set_text(text, number);
                    return Ok(());
                }
                Text::Language if !value.is_empty() && !values::LANGUAGES.contains(&value) => {
                    return Err("not a language code of ISO 639-1, such as en or es".into());
                }
                _ => {}
            }
            person.set_text(text, value);
        }
        Field::Role => person.role = choose(value, Role::ALL, Role::name)?,
        Field::Status => person.status = choose(value, Status::ALL, Status::name)?,
        Field::Grade if value.is_empty() => person.grade = None,
        Field::Grade => person.grade = Some(choose(value, Grade::ALL, Grade::name)?),
        Field::Orgs => {
            let mut wanted = Vec::new();
            for id in value.split(';').map(str::trim).filter(|id| !id.is_empty()) {
                let org = roster.org_by_external_id(id).ok_or_else(|| {
                    let near = near(id, roster.orgs().map(|(_, o)| o.external_id.as_str()), 3).join(", ");
                    format!(
                        "there is no organization \"{id}\"{}",
                        if near.is_empty() { String::new() } else { format!(" (nearest: {near})") }
                    )
                })?;
                wanted.push(org);
            }
            set_orgs(person, &wanted);
        }
    }
    Ok(())
}

/// Each feed keeps what it brings of the wanted; what none brings is brought by hand.
fn set_orgs(person: &mut Person, wanted: &[OrgNo]) {
    for share in &mut person.shares {
        share.orgs.retain(|o| wanted.contains(o));
    }
    let brought = person.orgs();
    let by_hand: Vec<OrgNo> = wanted.iter().copied().filter(|o| !brought.contains(o)).collect();
    if !by_hand.is_empty() {
        let mine = person.shares.iter().find(|s| s.feed == FeedNo::HAND).map(|s| s.orgs.clone()).unwrap_or_default();
        person.set_share(FeedNo::HAND, mine.into_iter().chain(by_hand));
    }
}

fn choose<T: Copy>(value: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, String> {
    all.iter().copied().find(|v| name(*v) == value).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|v| name(*v)).collect();
        format!("\"{value}\" is not one of {}", names.join(", "))
    })
}

fn set_org(org: &mut Org, field: OrgField, value: &str, number: OrgNo, roster: &Roster) -> Result<(), String> {
    if let Some(why) = text_problem(value) {
        return Err(why);
    }
    match field {
        OrgField::ExternalId => {
            if value.is_empty() {
                return Err("an organization needs an external ID".into());
            }
            if let Some(other) = roster.org_by_external_id(value).filter(|o| *o != number) {
                return Err(format!("belongs to {} already", roster.org(other).map_or("another", |o| &o.name)));
            }
            value.clone_into(&mut org.external_id);
        }
        OrgField::Name if value.is_empty() => return Err("an organization needs a name".into()),
        OrgField::Name => value.clone_into(&mut org.name),
        OrgField::Type => org.kind = choose(value, OrgKind::ALL, OrgKind::name)?,
        OrgField::Status => org.status = choose(value, Status::ALL, Status::name)?,
        OrgField::Address => value.clone_into(&mut org.address),
        OrgField::Parent if value.is_empty() => org.parent = None,
        OrgField::Parent => {
            let parent = roster.org_by_external_id(value).ok_or_else(|| format!("there is no organization \"{value}\""))?;
            let mut above = Some(parent);
            // A chain of parents longer than there are organizations is a circle.
            for _ in 0..=roster.orgs().count() {
                if above == Some(number) {
                    return Err("an organization cannot be above itself".into());
                }
                above = above.and_then(|a| roster.org(a)).and_then(|o| o.parent);
            }
            org.parent = Some(parent);
        }
    }
    Ok(())
}

/// What stops a person from standing on the roster beside everybody else: which field, and why.
fn edit_problem_person(roster: &Roster, number: PersonNo, next: &Person) -> Option<(Field, String)> {
    let id = next.text(Text::SourcedId);
    if !id.is_empty()
        && let Some(other) = roster.person_by_id(next.role.family(), id).filter(|n| *n != number)
    {
        return Some((Field::Text(Text::SourcedId), format!("belongs to {} already", describe(roster, other))));
    }
    for text in [Text::Email, Text::Username] {
        let value = fold_email(next.text(text)).into_owned();
        let unchanged = roster.person(number).is_some_and(|p| fold_email(p.text(text)) == value);
        if value.is_empty() || unchanged {
            continue;
        }
        let holder = roster.people().find(|(n, p)| *n != number && !p.raw(text).is_empty() && fold_email(p.text(text)) == value);
        if let Some((other, _)) = holder {
            return Some((Field::Text(text), format!("belongs to {} already", describe(roster, other))));
        }
    }
    if next.text(Text::GivenName).is_empty() && next.text(Text::FamilyName).is_empty() {
        return Some((Field::Text(Text::FamilyName), "a person needs a name".into()));
    }
    None
}

fn describe(roster: &Roster, number: PersonNo) -> String {
    roster.person(number).map_or_else(String::new, |p: PersonRef<'_>| format!("{} ({} {})", p.name(), p.role(), p.text(Text::SourcedId)))
}
