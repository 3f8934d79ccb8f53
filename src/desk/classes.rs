//! Classes, enrollments and guardian links, as screens and the command line show them.

use super::office::Office;
use super::{ClassDetail, ClassRow, Page, Tie, Trouble, TroubleSort, Window};
use crate::roster::{ClassNo, OrgNo, PersonNo, Roster, Table};

impl Office {
    /// Classes by title.
    pub(super) fn classes(&self, _org: Option<OrgNo>, _filter: &str, _window: Window) -> Result<Page<ClassRow>, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }

    /// One class with who is in it.
    pub(super) fn class(&self, _number: ClassNo) -> Result<ClassDetail, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }

    /// Enrollments or guardian links.
    pub(super) fn ties(&self, _table: Table, _org: Option<OrgNo>, _window: Window) -> Result<Page<Tie>, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }

    /// The classes that a person is in.
    pub(super) fn classes_of(&self, _roster: &Roster, _person: PersonNo) -> Vec<Tie> {
        Vec::new()
    }

    /// Of a student the guardians, of a guardian the students.
    pub(super) fn links_of(&self, _roster: &Roster, _person: PersonNo) -> Vec<Tie> {
        Vec::new()
    }
}
