//! A sync as it is looked at: causes, rows with their cells, plans.

use serde::{Deserialize, Serialize};

use super::{AttachedInfo, HistoryLine, Named};
use crate::ledger::{Cause, FieldChange, Finding, HoldLimits, Outcome, Sync, SyncNo, Tally, Upload};
use crate::roster::{Entity, Kind, OrgNo};

/// A sync in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyncDetail {
    /// The sync.
    pub sync: Sync,
    /// The upload, where it has one.
    pub upload: Option<Upload>,
    /// Its causes: errors first, then by rows; what follows from another right below it.
    pub causes: Vec<Cause>,
    /// Findings about the file and its header, which belong to no row.
    pub file_findings: Vec<Finding>,
    /// Later syncs of the same upload (re-runs), oldest first.
    pub reruns: Vec<SyncNo>,
    /// Cells corrected and not yet re-run.
    pub pending_corrections: u64,
    /// Rows with such cells.
    pub pending_rows: u64,
    /// What the plan does to each school, while it waits and the file is not too large: see [`super::Request::Shares`].
    pub by_school: Vec<SchoolShare>,
    /// Reports of other systems that are attached to its upload, in the order in which they came. What they say is among the causes.
    pub attached: Vec<AttachedInfo>,
}

/// What a plan does to one school.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchoolShare {
    /// The school; `None` for records without one.
    pub org: Option<OrgNo>,
    /// Its name.
    pub name: String,
    /// What becomes of its people: created are those it gains, disabled those it loses.
    pub tally: Tally,
    /// How many people it has now.
    pub people: u64,
    /// The same kind by kind, and what it does to kinds that are no people.
    pub kinds: Vec<KindShare>,
}

/// One source row beside its rules, its corrections and what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowView {
    /// The sync.
    pub sync: SyncNo,
    /// Data record number.
    pub record: u32,
    /// Physical line.
    pub line: u32,
    /// Row as a spreadsheet shows it.
    pub row: u32,
    /// The record's key, where it has one.
    pub key: Option<String>,
    /// The cells, in the order of the file; cells of columns that the profile does not know come last.
    pub cells: Vec<CellView>,
    /// What was found on the row, with the corrections (or typed cells) laid over.
    pub findings: Vec<Finding>,
    /// What became of the row in the sync.
    pub outcome: Option<Outcome>,
    /// The person or organization that the key names on the roster now.
    pub on_roster: Option<Named>,
    /// What applying the row as it stands would change there.
    pub changes: Vec<FieldChange>,
    /// Position among the rows of the same request, and how many: "row 3 of 14". Zero where not asked as a list.
    pub place: (u64, u64),
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellView {
    /// The profile's column, or the file's header where the profile has none.
    pub column: String,
    /// The header as the file has it.
    pub header: String,
    /// As it stands in the file.
    pub original: String,
    /// With the correction (or what is typed) laid over; the same as `original` where there is none.
    pub value: String,
    /// Whether a correction is recorded.
    pub corrected: bool,
    /// Whether the profile knows the column.
    pub known: bool,
    /// Whether it must be filled here.
    pub required: bool,
    /// Whether it counts for this kind of row ("grade" does not for staff).
    pub ignored: bool,
    /// Accepted values, where there is a list.
    pub accept: Vec<String>,
    /// The rule in words, short.
    pub rule: String,
    /// What the value means on the roster, where that says more: the school's name.
    pub meaning: Option<String>,
    /// A value that would do: a near match, a repair.
    pub suggestion: Option<String>,
    /// Whether its value must never be shown or stored.
    pub secret: bool,
    /// Why the value is not the file's, where no operator changed this very cell: "corrected as on Nov 20 by maria", "changed by a rule
    /// of the feed: KG".
    pub note: Option<String>,
}

/// How long work ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// The sync that came of it.
    pub detail: SyncDetail,
    /// What an undo had to leave, or a re-run leaves out.
    pub left: Vec<Finding>,
}

/// One line of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanLine {
    /// Kind.
    pub kind: Kind,
    /// What is done: created, updated, disabled, removed.
    pub action: String,
    /// The record's ID.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Physical line that brings it, 0 where none.
    pub line: u32,
    /// Field by field.
    pub changes: Vec<FieldChange>,
}

/// One person or other record that would be disabled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Removal {
    /// Which.
    pub entity: Entity,
    /// Under what it counts.
    pub kind: Kind,
    /// Its ID.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The school it belongs to, with how many of the kind that would lose, and has.
    pub school: String,
    /// How many of the kind the school would lose.
    pub of_school: u64,
    /// How many of the kind the school has.
    pub school_has: u64,
}

/// What a plan does to one kind at one school.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindShare {
    /// The kind.
    pub kind: Kind,
    /// New there: created, in use again, or come from another school.
    pub gained: u64,
    /// There before and after, with another value.
    pub changed: u64,
    /// Not in use there any more: disabled, removed, or gone to another school.
    pub lost: u64,
    /// How many in use the school has of the kind, before the plan.
    pub has: u64,
    /// Whether that is a small set, which the limits leave out.
    pub small: bool,
    /// Whether what is lost, or what is changed, is more than the feed's limits let pass.
    pub alarm: bool,
}

impl KindShare {
    /// The same, weighed against those limits.
    #[must_use]
    pub fn weighed(&self, limits: HoldLimits) -> Self {
        let small = self.has < u64::from(limits.least);
        let over = |n: u64, limit: u8| n * 100 > u64::from(limit) * self.has;
        Self { small, alarm: !small && (over(self.lost, limits.disable) || over(self.changed, limits.change)), ..*self }
    }

    /// How many are touched.
    pub fn touched(&self) -> u64 {
        self.gained + self.changed + self.lost
    }

    /// Per cent of what the school has that is lost; `None` where it has nothing.
    pub fn lost_share(&self) -> Option<u64> {
        (self.lost * 100).checked_div(self.has)
    }
}

/// Every kind at every school of a plan, the biggest share first: what loses most of what it has, then what changes most of it. Small sets
/// come after all others, since a large share of a few is no alarm.
pub fn biggest_first(schools: &[SchoolShare]) -> Vec<(&SchoolShare, &KindShare)> {
    let mut all: Vec<(&SchoolShare, &KindShare)> = schools.iter().flat_map(|s| s.kinds.iter().map(move |k| (s, k))).collect();
    let per_mille = |n: u64, of: u64| n * 1000 / of.max(1);
    all.sort_by(|(a, x), (b, y)| {
        let rank = |k: &KindShare| {
            let (lost, touched) = if k.small { (k.lost, k.touched()) } else { (per_mille(k.lost, k.has), per_mille(k.touched(), k.has)) };
            (!k.small, lost, touched, k.touched())
        };
        rank(y).cmp(&rank(x)).then_with(|| (&a.name, x.kind as usize).cmp(&(&b.name, y.kind as usize)))
    });
    all
}

/// Something that an undo must leave as it is (RUN-605).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftLine {
    /// Which record.
    pub entity: Entity,
    /// Its kind.
    pub kind: Kind,
    /// Its ID.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The field; empty for the record as a whole.
    pub field: String,
    /// What would have been put back.
    pub back: String,
    /// What it is now.
    pub now: String,
    /// Why it is left, in words.
    pub why: String,
    /// The newest change of that field since, or of the record.
    pub since: Option<HistoryLine>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(name: &str, kinds: &[(Kind, u64, u64, u64, u64)]) -> SchoolShare {
        let kind = |(kind, gained, changed, lost, has): &(Kind, u64, u64, u64, u64)| {
            let (small, alarm) = (false, false);
            KindShare { kind: *kind, gained: *gained, changed: *changed, lost: *lost, has: *has, small, alarm }
                .weighed(HoldLimits::default())
        };
        SchoolShare { org: None, name: name.into(), tally: Tally::default(), people: 0, kinds: kinds.iter().map(kind).collect() }
    }

    #[test]
    fn the_biggest_share_comes_first_and_small_sets_are_no_alarm() {
        let schools = [
            share("Lincoln", &[(Kind::Students, 0, 0, 90, 1200), (Kind::Staff, 0, 0, 3, 5)]),
            share("Grant", &[(Kind::Students, 5, 2, 41, 340)]),
            share("Adams", &[(Kind::Classes, 0, 20, 0, 24)]),
        ];
        let said: Vec<String> =
            biggest_first(&schools).iter().map(|(s, k)| format!("{} {} {:?} {}", s.name, k.kind, k.lost_share(), k.alarm)).collect();
        assert_eq!(
            said,
            [
                "Grant students Some(12) true",
                "Lincoln students Some(7) false",
                "Adams classes Some(0) true",
                "Lincoln staff Some(60) false"
            ]
        );
    }
}
