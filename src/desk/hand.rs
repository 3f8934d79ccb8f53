//! What is made by hand.

use super::rows::named;
use super::{AddWhat, Desk, Event, HitWhat, JobNo, Named, Reply, Trouble};
use crate::ledger::fields;
use crate::roster::{ClassField, ClassNo, CourseNo, EnrollmentNo, Entity, LinkNo, PersonNo, Roster, Table, Text};

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
    let person = |n: PersonNo| match roster.person(n).map(|p| p.text(Text::SourcedId)) {
        Some(id) if !id.is_empty() => id.to_owned(),
        _ => format!("@{}", n.0),
    };
    let name = |n: PersonNo| roster.person(n).map(|p| p.name().into_owned()).unwrap_or_default();
    let class = |n: ClassNo| match roster.class(n) {
        Some(class) if !class.sourced_id.is_empty() => class.sourced_id,
        _ => format!("@{}", n.0),
    };
    let (key, title) = fields::key_and_name(entity.table, roster.record(entity).unwrap_or_default());
    let (what, reference, title) = match entity.table {
        Table::People | Table::Orgs => return named(roster, entity),
        Table::Courses => (HitWhat::Course(CourseNo(entity.slot)), format!("course:{key}"), title),
        Table::Classes => {
            let number = ClassNo(entity.slot);
            let school = roster.class(number).map(|c| fields::class_field(&c, ClassField::Org, roster)).unwrap_or_default();
            (HitWhat::Class(number), format!("class:{}", class(number)), format!("{title} ({school})"))
        }
        Table::Enrollments => {
            let number = EnrollmentNo(entity.slot);
            let ends = roster.enrollment(number).map(|e| (e.person, e.class)).unwrap_or_default();
            let title = format!("{} in {}", name(ends.0), roster.class(ends.1).map(|c| c.title).unwrap_or_default());
            (HitWhat::Enrollment(number), format!("enrollment:{}/{}", person(ends.0), class(ends.1)), title)
        }
        Table::Links => {
            let number = LinkNo(entity.slot);
            let ends = roster.link(number).map(|l| (l.guardian, l.student)).unwrap_or_default();
            let title = format!("{}, guardian of {}", name(ends.0), name(ends.1));
            (HitWhat::Link(number), format!("link:{}/{}", person(ends.0), person(ends.1)), title)
        }
    };
    Named { what, reference, title }
}
