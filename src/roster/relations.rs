//! Who is in which class, whose guardian is who, and which class has which ID: worked out from a snapshot when first asked for.

use std::collections::HashMap;

use super::class::{Class, Course, Enrollment, Link};
use super::{ClassNo, CourseNo, EnrollmentNo, LinkNo, OrgNo, Pages, PersonNo, Table, unpack};

type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Classes, courses, enrollments and links of a snapshot, findable from every side.
#[derive(Debug, Default)]
pub struct Relations {
    course_by_id: Map<String, CourseNo>,
    class_by_id: Map<String, ClassNo>,
    class_by_title: Map<(Option<OrgNo>, String), ClassNo>,
    classes_at: Map<OrgNo, Vec<ClassNo>>,
    of_person: Map<PersonNo, Vec<(EnrollmentNo, ClassNo)>>,
    of_class: Map<ClassNo, Vec<(EnrollmentNo, PersonNo)>>,
    of_guardian: Map<PersonNo, Vec<(LinkNo, PersonNo)>>,
    of_student: Map<PersonNo, Vec<(LinkNo, PersonNo)>>,
}

impl Relations {
    pub(super) fn of(tables: &[Pages; Table::ALL.len()]) -> Self {
        let mut all = Self::default();
        for (slot, bytes) in tables[Table::Courses as usize].iter() {
            if let Some(course) = unpack::<Course>(bytes) {
                all.course_by_id.entry(course.sourced_id).or_insert(CourseNo(slot));
            }
        }
        for (slot, bytes) in tables[Table::Classes as usize].iter() {
            let Some(class) = unpack::<Class>(bytes) else { continue };
            if !class.sourced_id.is_empty() {
                all.class_by_id.entry(class.sourced_id).or_insert(ClassNo(slot));
            }
            all.class_by_title.entry((class.org, class.title)).or_insert(ClassNo(slot));
            if let Some(org) = class.org {
                all.classes_at.entry(org).or_default().push(ClassNo(slot));
            }
        }
        for (slot, bytes) in tables[Table::Enrollments as usize].iter() {
            let Some(e) = unpack::<Enrollment>(bytes) else { continue };
            all.of_person.entry(e.person).or_default().push((EnrollmentNo(slot), e.class));
            all.of_class.entry(e.class).or_default().push((EnrollmentNo(slot), e.person));
        }
        for (slot, bytes) in tables[Table::Links as usize].iter() {
            let Some(link) = unpack::<Link>(bytes) else { continue };
            all.of_guardian.entry(link.guardian).or_default().push((LinkNo(slot), link.student));
            all.of_student.entry(link.student).or_default().push((LinkNo(slot), link.guardian));
        }
        all
    }

    /// The course of an ID, compared exactly.
    pub fn course(&self, sourced_id: &str) -> Option<CourseNo> {
        self.course_by_id.get(sourced_id).copied()
    }

    /// The class of an ID, compared exactly.
    pub fn class(&self, sourced_id: &str) -> Option<ClassNo> {
        self.class_by_id.get(sourced_id).copied()
    }

    /// The first class of a title at a school, compared exactly.
    pub fn class_titled(&self, org: Option<OrgNo>, title: &str) -> Option<ClassNo> {
        self.class_by_title.get(&(org, title.to_owned())).copied()
    }

    /// Every ID of a class.
    pub fn class_ids(&self) -> impl Iterator<Item = &str> {
        self.class_by_id.keys().map(String::as_str)
    }

    /// Every ID of a course.
    pub fn course_ids(&self) -> impl Iterator<Item = &str> {
        self.course_by_id.keys().map(String::as_str)
    }

    /// The classes of a school, in order of number.
    pub fn classes_at(&self, org: OrgNo) -> &[ClassNo] {
        self.classes_at.get(&org).map_or(&[], Vec::as_slice)
    }

    /// The enrollments of a person with their classes, in order of number.
    pub fn of_person(&self, person: PersonNo) -> &[(EnrollmentNo, ClassNo)] {
        self.of_person.get(&person).map_or(&[], Vec::as_slice)
    }

    /// The enrollments of a class with their people, in order of number.
    pub fn of_class(&self, class: ClassNo) -> &[(EnrollmentNo, PersonNo)] {
        self.of_class.get(&class).map_or(&[], Vec::as_slice)
    }

    /// The enrollment of a person in a class.
    pub fn enrollment(&self, person: PersonNo, class: ClassNo) -> Option<EnrollmentNo> {
        self.of_person(person).iter().find(|e| e.1 == class).map(|e| e.0)
    }

    /// The links of a guardian with the students.
    pub fn of_guardian(&self, guardian: PersonNo) -> &[(LinkNo, PersonNo)] {
        self.of_guardian.get(&guardian).map_or(&[], Vec::as_slice)
    }

    /// The links of a student with the guardians.
    pub fn of_student(&self, student: PersonNo) -> &[(LinkNo, PersonNo)] {
        self.of_student.get(&student).map_or(&[], Vec::as_slice)
    }

    /// The link of a guardian and a student.
    pub fn link(&self, guardian: PersonNo, student: PersonNo) -> Option<LinkNo> {
        self.of_guardian(guardian).iter().find(|l| l.1 == student).map(|l| l.0)
    }
}
