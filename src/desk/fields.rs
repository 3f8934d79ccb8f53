//! Any record field by field, for the forms of what is changed by hand.

use super::office::Office;
use super::{Trouble, TroubleSort};
use crate::ledger::fields;
use crate::roster::{
    ClassField, ClassNo, CourseField, CourseNo, EnrollmentField, EnrollmentNo, Entity, Field, LinkField, LinkNo, OrgField, OrgNo, PersonNo,
    Table,
};

impl Office {
    /// Every field of a record by name and value, in the order in which it is shown; blank ones too.
    pub(super) fn fields(&self, entity: Entity) -> Result<Vec<(String, String)>, Trouble> {
        let roster = self.roster();
        let n = entity.slot;
        let of = |name: &'static str, value: String| (name.to_owned(), value);
        let fields: Option<Vec<(String, String)>> = match entity.table {
            Table::People => roster.person(PersonNo(n)).map(|p| {
                let person = p.to_person();
                Field::ALL.iter().map(|f| of(f.name(), fields::person_field(&person, *f, &roster))).collect()
            }),
            Table::Orgs => {
                roster.org(OrgNo(n)).map(|org| OrgField::ALL.iter().map(|f| of(f.name(), fields::org_field(org, *f, &roster))).collect())
            }
            Table::Courses => roster
                .course(CourseNo(n))
                .map(|c| CourseField::ALL.iter().map(|f| of(f.name(), fields::course_field(&c, *f, &roster))).collect()),
            Table::Classes => roster
                .class(ClassNo(n))
                .map(|c| ClassField::ALL.iter().map(|f| of(f.name(), fields::class_field(&c, *f, &roster))).collect()),
            Table::Enrollments => roster
                .enrollment(EnrollmentNo(n))
                .map(|e| EnrollmentField::ALL.iter().map(|f| of(f.name(), fields::enrollment_field(&e, *f, &roster))).collect()),
            Table::Links => {
                roster.link(LinkNo(n)).map(|l| LinkField::ALL.iter().map(|f| of(f.name(), fields::link_field(&l, *f, &roster))).collect())
            }
        };
        fields.ok_or_else(|| Trouble::new(TroubleSort::Usage, "There is no such record any more.", "Look for it by name or ID."))
    }
}
