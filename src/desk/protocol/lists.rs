//! A list asked for in another way than by page: sorted by a column, from where a record stands, only some of it, as a file. And
//! what is changed of many records at once.

use serde::{Deserialize, Serialize};

use super::{Page, Reply, Request, Window};
use crate::ledger::{FieldChange, Finding};
use crate::roster::PersonNo;

/// A list with more asked of it than a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// The list: [`Request::People`], [`Request::Schools`], [`Request::Classes`], [`Request::Syncs`], [`Request::Rows`] or
    /// [`Request::Findings`]. Its own sort holds where `sort` names none.
    pub list: Request,
    /// Sorted by that column.
    pub sort: Option<SortBy>,
    /// What of it.
    pub ask: ListAsk,
}

/// A column to sort by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortBy {
    /// As the list's head calls it: `name`, `ID`, `last upload`; of rows a column of the file, or `row`. Words go from A to Z,
    /// case and accents ignored, blank ones last; numbers and moments from the largest.
    pub column: String,
    /// From the other end.
    pub reverse: bool,
}

/// What is asked of a list. Records go by their identity: [`Reply::ids`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListAsk {
    /// The window. -> the list's own reply
    Page,
    /// As much as the window, around where that record stands; the window where it is not in the list. -> [`Reply::Around`]
    Around(u64),
    /// Who is in the window, in order. -> [`Reply::Ids`]
    Ids,
    /// Those alone, in the list's order; the window does not matter. -> the list's own reply
    Only(Vec<u64>),
    /// Those (all, where none is named) as a CSV file; the window does not matter. -> [`Reply::Output`]
    Csv(Vec<u64>),
}

/// What a change of many people came to, or would.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EditedPeople {
    /// The journal's position of the change, to undo it by; none where nothing was changed, or nothing but a preview was wanted.
    pub position: Option<u64>,
    /// Who changes, each with the fields before and after.
    pub changed: Vec<EditedPerson>,
    /// How many have the value already.
    pub same: u64,
    /// Who cannot be changed so, and why: name and reason. They are left as they are.
    pub refused: Vec<(String, String)>,
}

/// One person of a change of many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditedPerson {
    /// Who.
    pub person: PersonNo,
    /// "Family, Given".
    pub name: String,
    /// What changes.
    pub changes: Vec<FieldChange>,
}

/// What putting an edit back came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutBack {
    /// The journal's position of the putting back, by which it is undone in turn; none where nothing was left to put back.
    pub position: Option<u64>,
    /// Records put back.
    pub back: u64,
    /// Records left, since they were changed again meanwhile.
    pub left: u64,
}

impl Request {
    /// The part of a list that is asked for; none where it is no list.
    pub fn window(&self) -> Option<Window> {
        match self {
            Self::People { window, .. }
            | Self::Schools { window, .. }
            | Self::Classes { window, .. }
            | Self::Syncs { window, .. }
            | Self::Rows { window, .. }
            | Self::Findings { window, .. } => Some(*window),
            _ => None,
        }
    }

    /// The same list, another part of it.
    #[must_use]
    pub fn with_window(mut self, wanted: Window) -> Self {
        match &mut self {
            Self::People { window, .. }
            | Self::Schools { window, .. }
            | Self::Classes { window, .. }
            | Self::Syncs { window, .. }
            | Self::Rows { window, .. }
            | Self::Findings { window, .. } => *window = wanted,
            _ => {}
        }
        self
    }
}

impl Reply {
    /// What the records of a page are known by, through filter, sort and refresh: numbers of people, schools, classes and syncs, data
    /// record numbers of rows; of findings [`finding_id`].
    pub fn ids(&self) -> Vec<u64> {
        match self {
            Self::People(page) => page.rows.iter().map(|p| u64::from(p.number.0)).collect(),
            Self::Schools(page) => page.rows.iter().map(|s| u64::from(s.number.0)).collect(),
            Self::Classes(page) => page.rows.iter().map(|c| u64::from(c.number.0)).collect(),
            Self::Syncs(page) => page.rows.iter().map(|s| u64::from(s.number.0)).collect(),
            Self::Rows(page) => page.rows.iter().map(|r| u64::from(r.record)).collect(),
            Self::Findings(page) => page.rows.iter().map(finding_id).collect(),
            _ => Vec::new(),
        }
    }

    /// The part of a list's reply that `ask` wants, of a reply that has the whole list.
    #[must_use]
    pub fn part(self, window: Window, ask: &ListAsk) -> Self {
        let ids = self.ids();
        match ask {
            ListAsk::Ids => Self::Ids(cut(ids, window)),
            ListAsk::Only(wanted) => {
                let mut at = ids.iter().map(|id| wanted.contains(id));
                self.kept(&mut || at.next().unwrap_or(false)).windowed(Window::ALL)
            }
            ListAsk::Around(id) => {
                let at = ids.iter().position(|i| i == id).map(|at| at as u64);
                Self::Around { at, page: Box::new(self.windowed(around(window, at))) }
            }
            ListAsk::Page | ListAsk::Csv(_) => self.windowed(window),
        }
    }

    fn kept(self, keep: &mut dyn FnMut() -> bool) -> Self {
        fn of<T>(page: Page<T>, keep: &mut dyn FnMut() -> bool) -> Page<T> {
            let rows: Vec<T> = page.rows.into_iter().filter(|_| keep()).collect();
            Page { total: rows.len() as u64, rows, ..page }
        }
        match self {
            Self::People(page) => Self::People(of(page, keep)),
            Self::Schools(page) => Self::Schools(of(page, keep)),
            Self::Classes(page) => Self::Classes(of(page, keep)),
            Self::Syncs(page) => Self::Syncs(of(page, keep)),
            Self::Rows(page) => Self::Rows(of(page, keep)),
            Self::Findings(page) => Self::Findings(of(page, keep)),
            other => other,
        }
    }

    fn windowed(self, window: Window) -> Self {
        fn of<T>(page: Page<T>, window: Window) -> Page<T> {
            let total = page.rows.len() as u64;
            Page { first: window.first.min(total), total, unfiltered: page.unfiltered, rows: cut(page.rows, window) }
        }
        match self {
            Self::People(page) => Self::People(of(page, window)),
            Self::Schools(page) => Self::Schools(of(page, window)),
            Self::Classes(page) => Self::Classes(of(page, window)),
            Self::Syncs(page) => Self::Syncs(of(page, window)),
            Self::Rows(page) => Self::Rows(of(page, window)),
            Self::Findings(page) => Self::Findings(of(page, window)),
            other => other,
        }
    }
}

/// What a finding is known by within its sync: its record, and what is wrong where.
pub fn finding_id(finding: &Finding) -> u64 {
    let words = [finding.code.name(), finding.column.as_deref().unwrap_or_default(), finding.value.as_deref().unwrap_or_default()];
    // FNV-1a: it need only tell the findings of one record apart, and be the same tomorrow.
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    u64::from(finding.record.unwrap_or(0)) << 32 | u64::from(hash)
}

/// The window with the n-th row in the middle of it.
pub fn around(window: Window, at: Option<u64>) -> Window {
    Window { first: at.map_or(window.first, |at| at.saturating_sub(window.count / 2)), ..window }
}

/// The part of a list in a window.
pub fn cut<T>(all: Vec<T>, window: Window) -> Vec<T> {
    let (first, count) = (usize::try_from(window.first), usize::try_from(window.count));
    all.into_iter().skip(first.unwrap_or(usize::MAX)).take(count.unwrap_or(usize::MAX)).collect()
}
