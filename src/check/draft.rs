//! A draft: what a right row says, column by column, before it meets the roster.

use crate::feed::{ColumnKind, Profile, Target};
use crate::roster::{FeedNo, Field, Grade, OrgKind, OrgNo, PersonRef, Role, Roster, Share, Status, Text, pack_parts};

/// What a row says in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Say {
    /// Nothing: blank, ignored here, or not in the file. The roster keeps what it has.
    #[default]
    Nothing,
    /// A blank that clears.
    Blank,
    /// The cell's text from `start`, `len` bytes of it.
    Cell {
        /// First byte within the cell.
        start: u32,
        /// Bytes.
        len: u32,
    },
    /// A text of its own: a default, a canonical spelling, a cleaned ID.
    Own(String),
}

/// What a right row says. Recycled from row to row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    /// By profile column.
    pub(crate) says: Vec<Say>,
    /// The role, before it is known whether an administrator's organization is a school.
    pub(crate) role: Option<RoleSay>,
    /// Status.
    pub(crate) status: Option<Status>,
    /// Grade.
    pub(crate) grade: Option<Grade>,
    /// The organization of the row.
    pub(crate) org: Option<OrgNo>,
    /// Further organizations, where one cell names several.
    pub(crate) more_orgs: Vec<OrgNo>,
}

/// What a row says of the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoleSay {
    /// That role.
    Is(Role),
    /// An administrator: of the school or, where the organization is the district, of that.
    Administrator,
}

impl RoleSay {
    /// The role, given the organization.
    pub(crate) fn at(self, org: Option<OrgNo>, roster: &Roster) -> Role {
        match self {
            Self::Is(role) => role,
            Self::Administrator => match org.and_then(|o| roster.org(o)) {
                Some(o) if o.kind == OrgKind::District => Role::DistrictAdmin,
                _ => Role::SchoolAdmin,
            },
        }
    }
}

impl Draft {
    /// Forgets everything, for the next row.
    pub(crate) fn clear(&mut self, columns: usize) {
        self.says.clear();
        self.says.resize(columns, Say::Nothing);
        (self.role, self.status, self.grade, self.org) = (None, None, None, None);
        self.more_orgs.clear();
    }

    /// Every organization that the row names, sorted, each once.
    pub(crate) fn orgs(&self) -> Vec<OrgNo> {
        let mut orgs: Vec<OrgNo> = self.org.iter().chain(&self.more_orgs).copied().collect();
        orgs.sort_unstable();
        orgs.dedup();
        orgs
    }

    /// The row without what it says of first, middle and last name, for people who keep the names they have.
    pub(crate) fn without_names(&self, shape: &PersonShape) -> Self {
        let mut draft = self.clone();
        for (column, _) in shape.texts.iter().filter(|t| matches!(t.1, Text::GivenName | Text::MiddleName | Text::FamilyName)) {
            draft.says[*column] = Say::Nothing;
        }
        draft
    }

    /// What the row says in a column, as bytes; `None` where it says nothing.
    pub(crate) fn text<'a>(&'a self, column: usize, cell: &'a [u8]) -> Option<&'a [u8]> {
        match self.says.get(column)? {
            Say::Nothing => None,
            Say::Blank => Some(&[]),
            Say::Cell { start, len } => cell.get(*start as usize..(*start + *len) as usize),
            Say::Own(text) => Some(text.as_bytes()),
        }
    }
}

/// Where a profile's columns go in a person, worked out once.
#[derive(Clone, Debug)]
pub(crate) struct PersonShape {
    /// Pairs of profile column and text.
    pub(crate) texts: Vec<(usize, Text)>,
    /// The column of the mobile phone, where the number as it was written has no column of its own.
    raw_phone: Option<usize>,
}

impl PersonShape {
    pub(crate) fn new(profile: &Profile) -> Self {
        let text = |(i, c): (usize, &crate::feed::Column)| match c.to {
            Target::Person(Field::Text(text)) => Some((i, text)),
            _ => None,
        };
        let texts: Vec<(usize, Text)> = profile.columns.iter().enumerate().filter_map(text).collect();
        let column = |wanted: Text| texts.iter().find(|t| t.1 == wanted).map(|t| t.0);
        let raw_phone = column(Text::Phone).filter(|c| column(Text::PhoneRaw).is_none() && profile.columns[*c].kind == ColumnKind::Phone);
        Self { texts, raw_phone }
    }

    /// What a row says in each text, the phone as it was written among them; `None` where it says nothing.
    pub(crate) fn said<'a>(&self, draft: &'a Draft, cell: impl Fn(usize) -> &'a [u8]) -> [Option<&'a [u8]>; Text::ALL.len()] {
        let mut said = [None; Text::ALL.len()];
        for (column, text) in &self.texts {
            said[*text as usize] = draft.text(*column, cell(*column));
        }
        if let Some(column) = self.raw_phone {
            // Kept where normalising changed it.
            let raw = crate::intake::trim(cell(column));
            said[Text::PhoneRaw as usize] = said[Text::Phone as usize].map(|number| if number == raw { &[][..] } else { raw });
        }
        said
    }

    /// Whether the number is the known one, written in the comparable form: an export of ours, which knows nothing of how it was written.
    fn keeps_raw(&self, said: &[Option<&[u8]>], known: &[&[u8]]) -> bool {
        let phone = Text::Phone as usize;
        self.raw_phone.is_some() && said[phone] == Some(known[phone]) && said[Text::PhoneRaw as usize].is_some_and(<[u8]>::is_empty)
    }

    /// Whether the roster's person already is what the row says, organizations aside. `cell` gives a column's cell.
    pub(crate) fn same<'a>(&self, draft: &'a Draft, role: Role, known: PersonRef<'_>, cell: impl Fn(usize) -> &'a [u8]) -> bool {
        if role != known.role() || draft.status.is_some_and(|s| s != known.status()) {
            return false;
        }
        if draft.grade.is_some() && draft.grade != known.grade() {
            return false;
        }
        let has = known.raws();
        let same = |text: Text, says: &[u8]| says == has[text as usize] || same_but_for_form(says, has[text as usize]);
        if self.raw_phone.is_some() {
            let said = self.said(draft, cell);
            let keeps = self.keeps_raw(&said, &has);
            return Text::ALL
                .iter()
                .all(|text| keeps && *text == Text::PhoneRaw || said[*text as usize].is_none_or(|says| same(*text, says)));
        }
        self.texts.iter().all(|(column, text)| draft.text(*column, cell(*column)).is_none_or(|says| same(*text, says)))
    }

    /// Whether two rows say the same person; organization and status aside. A blank is not equal to a value.
    pub(crate) fn agree<'a, 'b>(
        &self,
        a: &'a Draft,
        a_cell: impl Fn(usize) -> &'a [u8],
        b: &'b Draft,
        b_cell: impl Fn(usize) -> &'b [u8],
    ) -> bool {
        let text = |column: usize| match (a.text(column, a_cell(column)), b.text(column, b_cell(column))) {
            (Some(a), Some(b)) => same_but_for_form(a, b),
            (a, b) => a.unwrap_or_default() == b.unwrap_or_default(),
        };
        a.role == b.role && a.grade == b.grade && self.texts.iter().all(|(column, _)| text(*column))
    }

    /// Packs the person after the row: what the roster has, overlaid with what the row says. `feed`'s share becomes the row's
    /// organization; where the row names none, the share stays, and is there.
    #[allow(clippy::too_many_arguments)] // one person and all that makes it
    pub(crate) fn pack_over<'a>(
        &self,
        draft: &'a Draft,
        role: Role,
        known: Option<PersonRef<'a>>,
        cell: &dyn Fn(usize) -> &'a [u8],
        feed: FeedNo,
        out: &mut Vec<u8>,
    ) {
        let mut texts = known.map(PersonRef::raws).unwrap_or_default();
        let mut said = self.said(draft, cell);
        if self.keeps_raw(&said, &texts) {
            said[Text::PhoneRaw as usize] = None;
        }
        for (now, says) in texts.iter_mut().zip(said) {
            if let Some(says) = says.filter(|s| !same_but_for_form(s, now)) {
                *now = says;
            }
        }
        let status = draft.status.or(known.map(PersonRef::status)).unwrap_or_default();
        let grade = draft.grade.or_else(|| known.and_then(PersonRef::grade));
        let mut shares = known.map(PersonRef::shares).unwrap_or_default();
        match (shares.binary_search_by_key(&feed, |s| s.feed), draft.org) {
            (Ok(at), Some(_)) => shares[at].orgs = draft.orgs(),
            (Ok(_), None) => {}
            (Err(at), _) => shares.insert(at, Share { feed, orgs: draft.orgs() }),
        }
        pack_parts(out, role, status, grade, &texts, &shares);
    }
}

/// Whether two texts differ in nothing but their Unicode normal form: the roster then keeps its own.
pub(super) fn same_but_for_form(a: &[u8], b: &[u8]) -> bool {
    use unicode_normalization::UnicodeNormalization;
    if a == b {
        return true;
    }
    if a.is_ascii() || b.is_ascii() {
        return false;
    }
    match (std::str::from_utf8(a), std::str::from_utf8(b)) {
        (Ok(a), Ok(b)) => a.nfc().eq(b.nfc()),
        _ => false,
    }
}
