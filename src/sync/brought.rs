//! What records of every table have in common: a status, who brings them, and where they belong. And a record put together of two.

use crate::roster::{
    Class, ClassField, Course, CourseField, Enrollment, EnrollmentField, FeedNo, Field, Link, LinkField, Org, OrgField, OrgNo, Person,
    PersonRef, Roster, Status, Table, pack, unpack,
};

/// Does the same to a record of any table but people: those are packed in a way of their own.
macro_rules! each {
    ($table:expr, $record:expr, $with:ident => $do:expr) => {
        match $table {
            Table::People => None,
            Table::Orgs => unpack::<Org>($record).and_then(|mut $with| $do),
            Table::Courses => unpack::<Course>($record).and_then(|mut $with| $do),
            Table::Classes => unpack::<Class>($record).and_then(|mut $with| $do),
            Table::Enrollments => unpack::<Enrollment>($record).and_then(|mut $with| $do),
            Table::Links => unpack::<Link>($record).and_then(|mut $with| $do),
        }
    };
}

/// Whether a packed record of a table is in use.
pub fn is_active(table: Table, record: &[u8]) -> bool {
    #[allow(unused_mut)] // the others change it
    let status = match table {
        Table::People => Some(PersonRef::new(record).status()),
        _ => each!(table, record, r => Some(r.status)),
    };
    status == Some(Status::Active)
}

/// The record with that status.
pub(super) fn with_status(table: Table, record: &[u8], status: Status) -> Option<Vec<u8>> {
    if table == Table::People {
        // The second byte, whoever it is.
        let mut person = record.to_vec();
        *person.get_mut(1)? = status as u8;
        return Some(person);
    }
    each!(table, record, r => {
        r.status = status;
        Some(pack(&r))
    })
}

/// Whether that feed brings a record, and whether anybody else does.
pub(super) fn brought_by(table: Table, record: &[u8], feed: FeedNo) -> (bool, bool) {
    let (mut mine, mut others) = (false, false);
    let mut look = |f: FeedNo| if f == feed { mine = true } else { others = true };
    if table == Table::People {
        PersonRef::new(record).each_feed(look);
    } else {
        #[allow(unused_mut)]
        let feeds = each!(table, record, r => Some(std::mem::take(&mut r.feeds)));
        feeds.unwrap_or_default().into_iter().for_each(&mut look);
    }
    (mine, others)
}

/// The record without what that feed says of who is where.
pub(super) fn without_feed(table: Table, record: &[u8], feed: FeedNo) -> Option<Vec<u8>> {
    if table == Table::People {
        let mut person = Person::unpack(record)?;
        person.shares.retain(|s| s.feed != feed);
        return Some(person.pack());
    }
    each!(table, record, r => {
        r.feeds.retain(|f| *f != feed);
        Some(pack(&r))
    })
}

/// Calls `each` for every organization that a record belongs to, each once: an enrollment to its class's, a link to its student's.
pub(super) fn orgs(table: Table, record: &[u8], roster: &Roster, each: &mut dyn FnMut(OrgNo)) {
    match table {
        Table::People => {
            let (mut seen, mut more) = ([OrgNo(u32::MAX); 4], 0);
            PersonRef::new(record).each_share(|_, org| {
                if !seen.contains(&org) {
                    seen[more % seen.len()] = org;
                    more += 1;
                    each(org);
                }
            });
        }
        Table::Orgs => {}
        Table::Courses => unpack::<Course>(record).and_then(|c| c.org).into_iter().for_each(each),
        Table::Classes => unpack::<Class>(record).and_then(|c| c.org).into_iter().for_each(each),
        Table::Enrollments => {
            let class = unpack::<Enrollment>(record).and_then(|e| roster.class(e.class));
            class.and_then(|c| c.org).into_iter().for_each(each);
        }
        Table::Links => {
            let student = unpack::<Link>(record).map(|l| l.student);
            if let Some(person) = student.and_then(|s| roster.record(s.into())) {
                orgs(Table::People, person, roster, each);
            }
        }
    }
}

/// The record with those fields as `from` has them. Who brings it stays as it is, except that a person's organizations are the
/// shares.
pub(super) fn with_fields(table: Table, record: &[u8], from: &[u8], names: &[String]) -> Option<Vec<u8>> {
    let takes = |name: &str| names.iter().any(|n| n == name);
    match table {
        Table::People => {
            let (mut n, b) = (Person::unpack(record)?, Person::unpack(from)?);
            for field in Field::ALL.iter().filter(|f| takes(f.name())) {
                match field {
                    Field::Text(text) => n.set_text(*text, b.text(*text)),
                    Field::Role => n.role = b.role,
                    Field::Grade => n.grade = b.grade,
                    Field::Status => n.status = b.status,
                    Field::Orgs => n.shares.clone_from(&b.shares),
                }
            }
            Some(n.pack())
        }
        Table::Orgs => {
            let (mut n, b): (Org, Org) = (unpack(record)?, unpack(from)?);
            for field in OrgField::ALL.iter().filter(|f| takes(f.name())) {
                match field {
                    OrgField::ExternalId => n.external_id.clone_from(&b.external_id),
                    OrgField::Name => n.name.clone_from(&b.name),
                    OrgField::Type => n.kind = b.kind,
                    OrgField::Parent => n.parent = b.parent,
                    OrgField::Address => n.address.clone_from(&b.address),
                    OrgField::Status => n.status = b.status,
                }
            }
            Some(pack(&n))
        }
        Table::Courses => {
            let (mut n, b): (Course, Course) = (unpack(record)?, unpack(from)?);
            for field in CourseField::ALL.iter().filter(|f| takes(f.name())) {
                match field {
                    CourseField::SourcedId => n.sourced_id.clone_from(&b.sourced_id),
                    CourseField::Title => n.title.clone_from(&b.title),
                    CourseField::Code => n.code.clone_from(&b.code),
                    CourseField::Org => n.org = b.org,
                    CourseField::Status => n.status = b.status,
                }
            }
            Some(pack(&n))
        }
        Table::Classes => {
            let (mut n, b): (Class, Class) = (unpack(record)?, unpack(from)?);
            for field in ClassField::ALL.iter().filter(|f| takes(f.name())) {
                match field {
                    ClassField::SourcedId => n.sourced_id.clone_from(&b.sourced_id),
                    ClassField::Title => n.title.clone_from(&b.title),
                    ClassField::Grade => n.grade = b.grade,
                    ClassField::Subject => n.subject.clone_from(&b.subject),
                    ClassField::Course => n.course = b.course,
                    ClassField::Org => n.org = b.org,
                    ClassField::Status => n.status = b.status,
                }
            }
            Some(pack(&n))
        }
        Table::Enrollments => {
            let (mut n, b): (Enrollment, Enrollment) = (unpack(record)?, unpack(from)?);
            for field in EnrollmentField::ALL.iter().filter(|f| takes(f.name())) {
                match field {
                    EnrollmentField::Person => n.person = b.person,
                    EnrollmentField::Class => n.class = b.class,
                    EnrollmentField::Role => n.role = b.role,
                    EnrollmentField::Primary => n.primary = b.primary,
                    EnrollmentField::Status => n.status = b.status,
                }
            }
            Some(pack(&n))
        }
        Table::Links => {
            let (mut n, b): (Link, Link) = (unpack(record)?, unpack(from)?);
            for field in LinkField::ALL.iter().filter(|f| takes(f.name())) {
                match field {
                    LinkField::Guardian => n.guardian = b.guardian,
                    LinkField::Student => n.student = b.student,
                    LinkField::Relation => n.relation.clone_from(&b.relation),
                    LinkField::Status => n.status = b.status,
                }
            }
            Some(pack(&n))
        }
    }
}

/// Of a record that is no person: who brings it, with what a change did to that taken back.
pub(super) fn with_feeds_back(table: Table, record: &[u8], before: &[u8], after: &[u8]) -> Option<Vec<u8>> {
    #[allow(unused_mut)]
    let feeds = |record: &[u8]| each!(table, record, r => Some(std::mem::take(&mut r.feeds))).unwrap_or_default();
    let (before, after) = (feeds(before), feeds(after));
    each!(table, record, r => {
        r.feeds.retain(|f| before.contains(f) || !after.contains(f));
        r.feeds.extend(before.iter().filter(|f| !after.contains(f)));
        r.feeds.sort_unstable();
        r.feeds.dedup();
        Some(pack(&r))
    })
}

/// Whether two forms of a record differ in nothing that anybody would see: only in which feeds bring it.
pub(super) fn same_but_for_feeds(table: Table, a: &[u8], b: &[u8]) -> bool {
    if a == b {
        return true;
    }
    if table == Table::People {
        let (x, y) = (PersonRef::new(a), PersonRef::new(b));
        let texts = |p: PersonRef<'_>| p.bytes().len() - p.share_bytes().len();
        return a[..texts(x)] == b[..texts(y)] && x.orgs() == y.orgs();
    }
    let without = |record: &[u8]| {
        each!(table, record, r => {
            r.feeds.clear();
            Some(pack(&r))
        })
    };
    without(a) == without(b)
}
