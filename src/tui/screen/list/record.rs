//! What a row of a list is known by, and which reply brings it.

use crate::desk::{
    ClassRow, ComparedRow, CorrectionInfo, LeftLine, MendRow, Page, PersonRow, PlanLine, Removal, Reply, RowView, SchoolRow, finding_id,
};
use crate::ledger::{Finding, Sync};

/// A row of a list.
pub trait Record: Clone {
    /// What it is known by, through filter, sort and refresh: as [`Reply::ids`] has it. None where rows are known by their place alone: then
    /// the place stays selected, and nothing can be marked.
    fn id(&self) -> Option<u64> {
        None
    }

    /// The page of such rows in a reply.
    fn page(_: Reply) -> Option<Page<Self>> {
        None
    }
}

macro_rules! records {
    ($($record:ty: $reply:ident, |$row:ident| $id:expr;)*) => {$(
        impl Record for $record {
            fn id(&self) -> Option<u64> {
                let $row = self;
                Some($id)
            }

            fn page(reply: Reply) -> Option<Page<Self>> {
                if let Reply::$reply(page) = reply { Some(page) } else { None }
            }
        }
    )*};
}

records! {
    PersonRow: People, |p| u64::from(p.number.0);
    SchoolRow: Schools, |s| u64::from(s.number.0);
    ClassRow: Classes, |c| u64::from(c.number.0);
    Sync: Syncs, |s| u64::from(s.number.0);
    RowView: Rows, |r| u64::from(r.record);
    Finding: Findings, |f| finding_id(f);
}

impl Record for CorrectionInfo {}
impl Record for MendRow {}
impl Record for ComparedRow {}
impl Record for LeftLine {}
impl Record for PlanLine {}
impl Record for Removal {}
