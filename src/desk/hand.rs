//! What is made by hand.

use super::rows::named;
use super::{AddWhat, Desk, Event, HitWhat, JobNo, Named, Reply, Trouble};
use crate::ledger::fields;
use crate::roster::{ClassNo, CourseNo, EnrollmentNo, Entity, LinkNo, PersonNo, Roster, Table};

impl AddWhat {
    /// The table of what is made.
    pub fn table(self) -> Table {
        match self {
            Self::Person => Table::People,
            Self::School => Table::Orgs,
            Self::Course => Table::Courses,
            Self::Class => Table::Classes,
            Self::Enrollment => Table::Enrollments,
            Self::Link => Table::Links,
        }
    }
}

impl Desk {
    /// Makes a record by hand.
    pub(super) fn add(
        &self,
        job: JobNo,
        what: AddWhat,
        given: &[(String, String)],
        on_event: &mut dyn FnMut(Event) -> bool,
    ) -> Result<Reply, Trouble> {
        let office = &self.office;
        let entity = office.run(job, on_event, |runner, roster| {
            let refer = |table: Table, reference: &str| self.refer(roster, table, reference);
            runner.add(roster, what.table(), given, &refer)
        })?;
        Ok(Reply::Added(made(&office.roster(), entity)))
    }

    /// The one record of a table that a reference names; other tables may have the same ID.
    fn refer(&self, roster: &Roster, table: Table, reference: &str) -> Result<Entity, String> {
        let of = roster.relations();
        if table == Table::Classes
            && let Some(class) = of.class(reference).or_else(|| of.class(reference.strip_prefix("class:")?))
        {
            return Ok(class.into());
        }
        let found = self.office.resolve(reference).map_err(|trouble| trouble.message)?;
        let mut fits = found.iter().filter_map(|n| Some((n, n.what.entity().filter(|e| e.table == table)?)));
        match (fits.next(), fits.next()) {
            (Some((_, entity)), None) => Ok(entity),
            (Some(_), Some(_)) => {
                let all: Vec<&str> = found.iter().map(|n| n.reference.as_str()).collect();
                Err(format!("\"{reference}\" names several: {}", all.join(", ")))
            }
            (None, _) => Err(format!("\"{reference}\" is no {}", if table == Table::People { "person" } else { "class" })),
        }
    }
}

/// What was made, by the reference that it goes by from now on.
fn made(roster: &Roster, entity: Entity) -> Named {
    let person = |n: PersonNo| named(roster, n.into()).reference;
    let name = |n: PersonNo| roster.person(n).map(|p| p.name().into_owned()).unwrap_or_default();
    let class = |n: ClassNo| {
        let Some(class) = roster.class(n) else { return String::new() };
        match class.org.and_then(|o| roster.org(o)) {
            Some(org) if class.sourced_id.is_empty() => format!("{}/{}", org.external_id, class.title),
            _ => class.sourced_id,
        }
    };
    let (key, title) = fields::key_and_name(entity.table, roster.record(entity).unwrap_or_default());
    let (what, reference, title) = match entity.table {
        Table::People | Table::Orgs => return named(roster, entity),
        Table::Courses => (HitWhat::Course(CourseNo(entity.slot)), format!("course:{key}"), title),
        Table::Classes => {
            let number = ClassNo(entity.slot);
            let school = roster.class(number).and_then(|c| c.org).and_then(|o| roster.org(o)).map(|o| o.name.as_str()).unwrap_or_default();
            (HitWhat::Class(number), format!("class:{}", class(number)), format!("{title} ({school})"))
        }
        Table::Enrollments => {
            let number = EnrollmentNo(entity.slot);
            let Some(e) = roster.enrollment(number) else { return named(roster, entity) };
            let title = format!("{} in {} ({})", name(e.person), roster.class(e.class).map(|c| c.title).unwrap_or_default(), e.role);
            (HitWhat::Enrollment(number), format!("enrollment:{}/{}", person(e.person), class(e.class)), title)
        }
        Table::Links => {
            let number = LinkNo(entity.slot);
            let Some(l) = roster.link(number) else { return named(roster, entity) };
            let title = format!("{}, guardian of {}", name(l.guardian), name(l.student));
            (HitWhat::Link(number), format!("link:{}/{}", person(l.guardian), person(l.student)), title)
        }
    };
    Named { what, reference, title }
}
