//! The rules of one row: a profile compiled against a file's header, and what each cell must be.
//!
//! The order within a row is that of semantics: trimmed, invisible characters out of IDs, then the column's rule, then
//! references; uniqueness comes after ([`super::claims`]). A ragged row gets that finding alone; a cell gets at most one.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use csv::ByteRecord;
use unicode_normalization::UnicodeNormalization;

use super::compiled::{Compiled, clean_id, compile, same_word, say};
use super::draft::{Draft, RoleSay, Say};
use super::near::near;
use super::values;
use crate::feed::{ColumnKind, Need, Profile};
use crate::intake::header::Ragged;
use crate::intake::{self, Columns, Row};
use crate::ledger::{Code, Finding, Severity};
use crate::roster::{OrgKind, OrgNo, Role, Roster, Status};

/// A profile compiled against a file's header and a roster.
pub(crate) struct Rules<'a> {
    profile: &'a Profile,
    roster: &'a Roster,
    places: &'a Columns,
    columns: Vec<Compiled>,
    /// The column that the row's key is in.
    key: Option<usize>,
    /// The organization that the upload is for, if it is for one only.
    only_org: Option<OrgNo>,
    /// Near matches of organizations, remembered by value: a wrong school comes on hundreds of rows.
    near_orgs: RefCell<HashMap<String, (String, String)>>,
}

/// Why a condition does not decide.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Yes,
    No,
    /// The column looked at holds none of its accepted values.
    Unknown,
}

impl<'a> Rules<'a> {
    /// Compiles. `only_org` is the school that the upload is for (REF-307); none where it is for the district.
    pub(crate) fn new(profile: &'a Profile, columns: &'a Columns, roster: &'a Roster, only_org: Option<OrgNo>) -> Self {
        let compiled = profile.columns.iter().enumerate().map(|(i, c)| compile(c, columns.at.get(i).copied().flatten())).collect();
        let only_org = only_org.filter(|o| roster.org(*o).is_some_and(|o| o.kind == OrgKind::School));
        Self {
            profile,
            roster,
            places: columns,
            columns: compiled,
            key: profile.key.first().copied(),
            only_org,
            near_orgs: RefCell::default(),
        }
    }

    /// What a row has in a column: its cell, or what a mapping makes of it; blank where the file has no such column.
    pub(crate) fn cell<'r>(&'r self, cells: &'r ByteRecord, column: usize) -> &'r [u8] {
        self.places.taken(column, self.raw(cells, column))
    }

    /// The cell of a column as the file has it.
    fn raw<'r>(&self, cells: &'r ByteRecord, column: usize) -> &'r [u8] {
        self.columns[column].cell.and_then(|c| cells.get(c)).unwrap_or_default()
    }

    /// The row's key as it stands: its ID, trimmed.
    pub(crate) fn key(&self, cells: &ByteRecord) -> Option<String> {
        let raw = String::from_utf8_lossy(self.cell(cells, self.key?));
        let clean = intake::clean(&raw);
        (!clean.is_empty()).then(|| clean.nfc().collect())
    }

    /// Checks a row; fills `draft` with what it says and adds what is found. `true` if no error was.
    pub(crate) fn check(&self, row: &Row, draft: &mut Draft, findings: &mut Vec<Finding>) -> bool {
        let before = findings.len();
        draft.clear(self.columns.len());
        let cells = &row.cells;
        if let Some(ragged) = self.places.ragged(cells) {
            findings.push(self.place(row, self.ragged(ragged, cells)));
            return false;
        }
        for i in 0..self.columns.len() {
            if let Some(finding) = self.column(i, cells, draft) {
                findings.push(self.place(row, finding));
            }
        }
        for group in &self.profile.at_least_one {
            if group.of.iter().all(|c| intake::trim(self.cell(cells, *c)).is_empty()) {
                let names: Vec<&str> = group.of.iter().map(|c| self.profile.columns[*c].name.as_str()).collect();
                let first = names.first().copied().unwrap_or_default();
                let finding = Finding::of_file(Code::VAL_203).in_column(first).with("list", names.join(", "));
                findings.push(self.place(row, finding));
            }
        }
        if draft.role.is_none() {
            draft.role = self.implied_role();
        }
        if draft.org.is_none() {
            // An upload for one school whose rows name none is for that.
            draft.org = self.only_org.filter(|_| self.columns.iter().all(|c| !c.is_org));
        }
        findings[before..].iter().all(|f| f.severity < Severity::Error)
    }

    /// Whether the row has no other of the contacts of which one is needed, or the column is needed by itself.
    fn is_only_contact(&self, column: usize, cells: &ByteRecord) -> bool {
        let works = |other: usize| {
            let value = intake::trim(self.cell(cells, other));
            match self.columns[other].kind {
                ColumnKind::Email => values::is_email(value),
                ColumnKind::Phone => values::phone(&String::from_utf8_lossy(value)).is_some(),
                _ => !value.is_empty(),
            }
        };
        let mut groups = self.profile.at_least_one.iter().filter(|g| g.of.contains(&column));
        self.columns[column].need == Need::Required || groups.any(|g| !g.of.iter().any(|c| *c != column && works(*c)))
    }

    /// The column is needed where the record is new, and blank: VAL-202.
    pub(crate) fn missing_when_creating(&self, cells: &ByteRecord) -> Option<Finding> {
        self.columns.iter().zip(&self.profile.columns).enumerate().find_map(|(i, (c, column))| {
            let missing = c.need == Need::Creating && c.cell.is_some() && intake::trim(self.cell(cells, i)).is_empty();
            missing.then(|| Finding::of_file(Code::VAL_202).in_column(&column.name).with("condition", "the account is new"))
        })
    }

    /// Puts a finding where its row is.
    pub(crate) fn place(&self, row: &Row, mut finding: Finding) -> Finding {
        finding.record = Some(row.record);
        finding.line = Some(row.line);
        finding.row = Some(row.row);
        finding.key = self.key(&row.cells);
        if !self.places.mapped.is_empty()
            && let Some(header) = finding.column.as_deref().and_then(|c| self.places.header(self.profile.column(c)?))
        {
            // The operator has the file before them, and there the column has another name.
            finding = finding.with("header", header);
        }
        finding
    }

    /// A value as findings show it: where a mapping put it there, what the file has.
    fn as_it_stands<'r>(&self, column: usize, cells: &'r ByteRecord, value: &'r [u8]) -> &'r [u8] {
        let raw = intake::trim(self.raw(cells, column));
        if raw.is_empty() { value } else { raw }
    }

    /// The role of a row that has no column for it: what the profile's kind implies.
    fn implied_role(&self) -> Option<RoleSay> {
        use crate::roster::Kind;
        match self.profile.main_kind {
            Kind::Students => Some(RoleSay::Is(Role::Student)),
            Kind::Guardians => Some(RoleSay::Is(Role::Guardian)),
            Kind::Staff => Some(RoleSay::Is(Role::Staff)),
            _ => None,
        }
    }

    fn ragged(&self, ragged: Ragged, cells: &ByteRecord) -> Finding {
        let code = if ragged == Ragged::TooFew { Code::VAL_204 } else { Code::VAL_205 };
        let mut finding = Finding::of_file(code).with("k", cells.len()).with("n", self.places.width);
        if code == Code::VAL_205
            && let Some(suspect) = self.suspect(cells)
        {
            finding = finding.with("x", suspect);
        }
        finding
    }

    /// The cell after which a row with too many cells probably went wrong: the first that its column does not take.
    fn suspect(&self, cells: &ByteRecord) -> Option<String> {
        let wrong = self.columns.iter().zip(&self.profile.columns).filter_map(|(c, column)| {
            let at = c.cell?;
            let value = intake::trim(cells.get(at)?);
            let odd = match c.kind {
                ColumnKind::Email => !value.is_empty() && !values::is_email(value),
                ColumnKind::Choice | ColumnKind::Grade => !value.is_empty() && !c.accept.iter().any(|a| a.0 == value),
                _ => false,
            };
            odd.then_some((at, column))
        });
        wrong.min_by_key(|w| w.0).map(|(_, column)| column.name.clone())
    }

    /// What a row is, in the plural, by the meaning of a column's value: "students".
    fn plural(&self, column: usize, cells: &ByteRecord) -> String {
        let value = intake::trim(self.cell(cells, column));
        let meaning = self.profile.columns[column].accept.iter().find(|a| a.0.as_bytes() == value).map(|a| a.1.as_str());
        match meaning {
            Some("staff") => "staff".to_owned(),
            Some(meaning) => format!("{}s", meaning.replace('_', " ")),
            None => String::from_utf8_lossy(value).into_owned(),
        }
    }

    fn holds(&self, cells: &ByteRecord, column: usize, among: &[Vec<u8>]) -> Holds {
        let value = intake::trim(self.cell(cells, column));
        if among.iter().any(|v| v == value) {
            Holds::Yes
        } else if self.columns[column].accept.iter().any(|a| a.0 == value) {
            Holds::No
        } else {
            Holds::Unknown
        }
    }

    /// One cell: what it says goes to `draft`; what is wrong comes back.
    fn column(&self, i: usize, cells: &ByteRecord, draft: &mut Draft) -> Option<Finding> {
        let column = &self.profile.columns[i];
        let compiled = &self.columns[i];
        let raw = self.cell(cells, i);
        let value = intake::trim(raw);
        let finding = |code: Code| {
            let finding = Finding::of_file(code).in_column(&column.name);
            if matches!(compiled.kind, ColumnKind::Password) || value.is_empty() {
                finding
            } else {
                finding.with_value(String::from_utf8_lossy(self.as_it_stands(i, cells, value)))
            }
        };
        if let Some((on, among)) = &compiled.only_for {
            match self.holds(cells, *on, among) {
                Holds::Yes => {}
                Holds::Unknown => return None,
                Holds::No if value.is_empty() => return None,
                Holds::No => {
                    return Some(finding(Code::VAL_216).with("type", self.plural(*on, cells)));
                }
            }
        }
        if value.is_empty() {
            return self.blank(i, cells, draft);
        }
        if compiled.need == Need::Empty {
            return Some(finding(Code::VAL_218).with("type", self.profile.main_kind.name()));
        }
        let (start, len) = ((value.as_ptr() as usize - raw.as_ptr() as usize) as u32, value.len() as u32);
        if value[0] == b'#' && values::is_debris(value) {
            return Some(finding(Code::VAL_228));
        }
        let mut note = (value.len() != raw.len()).then(|| finding(Code::VAL_224));
        match compiled.kind {
            ColumnKind::Choice | ColumnKind::Grade => {
                if let Some((given, code)) = column.refuse.iter().find(|r| same_word(r.0.as_bytes(), value, column.any_case)) {
                    return Some(finding(*code).with("p", &self.profile.name).with("role", given));
                }
                // Of several the first counts: a roster's person has one grade, a class too.
                let first = column.separator.and_then(|s| value.split(|b| *b == s as u8).next()).map_or(value, intake::trim);
                let Some((_, canon)) = compiled.accept.iter().find(|a| same_word(&a.0, first, column.any_case)) else {
                    return Some(
                        self.not_accepted(i, finding(if compiled.kind == ColumnKind::Grade { Code::VAL_214 } else { Code::VAL_209 })),
                    );
                };
                say(canon, i, draft);
                return note;
            }
            ColumnKind::Reference if compiled.is_org => {
                let separator = column.separator.map_or(0, |c| c as u8);
                for part in value.split(|b| *b == separator && separator != 0).map(intake::trim) {
                    let (id, hidden) = clean_id(part);
                    let text = id.as_ref();
                    if text.is_empty() {
                        continue;
                    }
                    if !hidden.is_empty() {
                        note = Some(finding(Code::VAL_224).as_bad_as(Severity::Warning).with("names", hidden));
                    }
                    match self.org(text, &finding) {
                        Ok(org) if draft.org.is_none() => draft.org = Some(org),
                        Ok(org) => draft.more_orgs.push(org),
                        Err(refused) => return Some(*refused),
                    }
                }
                return if draft.org.is_none() { self.blank(i, cells, draft) } else { note };
            }
            ColumnKind::Flag => {
                let said = match value.to_ascii_lowercase().as_slice() {
                    b"true" | b"yes" | b"1" => "true",
                    b"false" | b"no" | b"0" => "false",
                    _ => return Some(finding(Code::VAL_209).with("list", "true, false").with("near", "")),
                };
                draft.says[i] = Say::Own(said.to_owned());
                return note;
            }
            ColumnKind::Email => {
                if !values::is_email(value) {
                    let text = String::from_utf8_lossy(value);
                    let mut f = finding(Code::VAL_210).with("why", values::email_reason(&text));
                    if let Some(better) = values::email_repair(&text) {
                        f = f.with("near", better);
                    }
                    return Some(f);
                }
            }
            ColumnKind::Phone => match values::phone(&String::from_utf8_lossy(value)) {
                Some(number) => {
                    draft.says[i] = Say::Own(number);
                    return note;
                }
                // It is an error only where nothing else tells how to reach the person.
                None if self.is_only_contact(i, cells) => return Some(finding(Code::VAL_211)),
                None => return Some(finding(Code::VAL_211).as_bad_as(Severity::Warning)),
            },
            ColumnKind::Language => {
                let code = String::from_utf8_lossy(value).to_lowercase();
                if !values::LANGUAGES.contains(&code.as_str()) {
                    draft.says[i] = Say::Own("en".into());
                    return Some(finding(Code::VAL_221));
                }
                draft.says[i] = Say::Own(code);
                return note;
            }
            ColumnKind::Id => {
                if values::is_scientific(value) {
                    return Some(finding(Code::VAL_222));
                }
                let (id, hidden) = clean_id(value);
                if id.is_empty() {
                    return self.blank(i, cells, draft);
                }
                if let Some(refused) = self.length_and_chars(i, id.as_bytes(), &finding) {
                    return Some(refused);
                }
                draft.says[i] = match id {
                    Cow::Borrowed(_) => Say::Cell { start, len },
                    Cow::Owned(id) => Say::Own(id),
                };
                let removed = finding(Code::VAL_224).as_bad_as(Severity::Warning);
                return if hidden.is_empty() { note } else { Some(removed.with("names", hidden)) };
            }
            ColumnKind::Reference => {
                // Whether there is such an organization is known once the whole file is: it may be in it.
                let (id, hidden) = clean_id(value);
                if id.is_empty() {
                    return self.blank(i, cells, draft);
                }
                draft.says[i] = Say::Own(id.into_owned());
                let removed = finding(Code::VAL_224).as_bad_as(Severity::Warning);
                return if hidden.is_empty() { note } else { Some(removed.with("names", hidden)) };
            }
            ColumnKind::Username if values::is_email(value) => return Some(finding(Code::VAL_219)),
            ColumnKind::Password => {
                let lacks = values::password_lacks(column, value);
                return (!lacks.is_empty()).then(|| finding(Code::VAL_220).with("rule", lacks));
            }
            ColumnKind::Name => {
                if values::is_null_word(value) {
                    note = Some(finding(Code::VAL_228).as_bad_as(Severity::Warning));
                }
            }
            ColumnKind::Date => {
                let iso = jiff::civil::Date::strptime("%Y-%m-%d", String::from_utf8_lossy(value).as_ref()).is_ok();
                if !iso {
                    return Some(finding(Code::VAL_212).with("formats", "yyyy-mm-dd"));
                }
            }
            ColumnKind::Text | ColumnKind::Username => {}
        }
        if let Some(refused) = self.length_and_chars(i, value, &finding) {
            return Some(refused);
        }
        draft.says[i] = Say::Cell { start, len };
        if matches!(compiled.kind, ColumnKind::Name | ColumnKind::Text) {
            if memchr::memchr2(b'\n', b'\r', value).is_some() {
                let one_line = String::from_utf8_lossy(value).split(['\r', '\n']).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
                draft.says[i] = Say::Own(one_line);
                return Some(finding(Code::VAL_226).as_bad_as(self.profile.line_breaks));
            }
            if matches!(value[0], b'=' | b'+' | b'-' | b'@') {
                return Some(finding(Code::VAL_227).with("x", char::from(value[0])));
            }
            if !value.is_ascii()
                && let Some(better) = values::redecoded(std::str::from_utf8(value).unwrap_or_default())
            {
                return Some(finding(Code::VAL_225).with("w", better));
            }
        }
        note
    }

    /// The organization of an ID, if a row of this upload may be for it.
    fn org(&self, id: &str, finding: &dyn Fn(Code) -> Finding) -> Result<OrgNo, Box<Finding>> {
        let Some(org) = self.roster.org_by_external_id(id) else {
            let (nearest, near) = self.near_org(id);
            return Err(finding(Code::REF_301).with_value(id).with("near", near).with("nearest", nearest).into());
        };
        if let Some(only) = self.only_org.filter(|o| *o != org) {
            let name = |o: OrgNo| self.roster.org(o).map(|o| o.name.clone()).unwrap_or_default();
            return Err(finding(Code::REF_307).with("s", name(only)).with("t", name(org)).into());
        }
        if self.roster.org(org).is_some_and(|o| o.status == Status::Disabled) {
            return Err(finding(Code::REF_302).with("type", "School").with("k", id).into());
        }
        Ok(org)
    }

    fn blank(&self, i: usize, cells: &ByteRecord, draft: &mut Draft) -> Option<Finding> {
        let column = &self.profile.columns[i];
        let compiled = &self.columns[i];
        match &compiled.need {
            Need::Required => return Some(Finding::of_file(compiled.blank_code).in_column(&column.name)),
            Need::When(when) => {
                let among: Vec<Vec<u8>> = when.values.iter().map(|v| v.clone().into_bytes()).collect();
                if self.holds(cells, when.column, &among) == Holds::Yes {
                    let condition = format!("{} is {}", self.profile.columns[when.column].name, when.values.join(" or "));
                    return Some(Finding::of_file(Code::VAL_202).in_column(&column.name).with("condition", condition));
                }
            }
            Need::Creating | Need::Optional | Need::Empty => {}
        }
        if let Some(default) = &column.default {
            match compiled.accept.iter().find(|a| a.0 == default.as_bytes()) {
                Some((_, canon)) => say(canon, i, draft),
                None => draft.says[i] = Say::Own(default.clone()),
            }
        } else if self.profile.blank == crate::feed::Blank::Erase && compiled.cell.is_some() {
            draft.says[i] = Say::Blank;
        }
        None
    }

    fn length_and_chars(&self, i: usize, value: &[u8], finding: &dyn Fn(Code) -> Finding) -> Option<Finding> {
        let (column, compiled) = (&self.profile.columns[i], &self.columns[i]);
        if value.len() > column.max || value.len() < column.min {
            let chars = if value.is_ascii() { value.len() } else { String::from_utf8_lossy(value).chars().count() };
            if chars > column.max || chars < column.min {
                let max = if column.max == usize::MAX { "any number".to_owned() } else { column.max.to_string() };
                return Some(finding(Code::VAL_207).with("k", chars).with("min", column.min).with("max", max));
            }
        }
        let wrong = |c: &char| match &compiled.chars {
            Some(allowed) => !c.is_ascii() || !allowed[*c as usize],
            // A line break is a slip of the source in a text, and in an ID makes another ID of it.
            None => c.is_control() && (matches!(compiled.kind, ColumnKind::Id | ColumnKind::Username) || !matches!(c, '\n' | '\r' | '\t')),
        };
        let quick = match &compiled.chars {
            Some(allowed) => value.iter().all(|b| allowed[*b as usize]),
            None => value.iter().all(|b| (0x20..0x7f).contains(b)),
        };
        if quick {
            return None;
        }
        let text = String::from_utf8_lossy(value);
        let named = |c: char| match c {
            ' ' => "a blank".to_owned(),
            c if c.is_control() => format!("U+{:04X}", c as u32),
            c => c.to_string(),
        };
        let mut bad: Vec<String> = text.chars().filter(wrong).map(named).collect();
        bad.sort_unstable();
        bad.dedup();
        bad.truncate(8);
        let allowed = match &column.chars {
            Some(more) => {
                format!("letters a-z, digits and {more}").replace("and  ", "").replace(" and ", if more.is_empty() { "" } else { " and " })
            }
            None => "printable characters".to_owned(),
        };
        (!bad.is_empty()).then(|| finding(Code::VAL_208).with("chars", bad.join(" ")).with("allowed", allowed))
    }

    fn not_accepted(&self, i: usize, finding: Finding) -> Finding {
        let accepted: Vec<&str> = self.profile.columns[i].accept.iter().map(|a| a.0.as_str()).collect();
        let value = finding.value.clone().unwrap_or_default();
        let near = near(&value, accepted.iter().copied(), 1).join(", ");
        finding.with("list", accepted.join(", ")).with("near", near)
    }

    /// The nearest organization's ID, and the nearest few in words.
    fn near_org(&self, given: &str) -> (String, String) {
        if let Some(known) = self.near_orgs.borrow().get(given) {
            return known.clone();
        }
        let ids = near(given, self.roster.orgs().map(|(_, o)| o.external_id.as_str()), 3);
        let named = ids.iter().filter_map(|id| {
            let org = self.roster.org(self.roster.org_by_external_id(id)?)?;
            Some(format!("{id} {}", org.name))
        });
        let found = (ids.first().map(|id| (*id).to_owned()).unwrap_or_default(), named.collect::<Vec<_>>().join(", "));
        // A file of a million different wrong IDs must not fill the memory.
        if self.near_orgs.borrow().len() < 10_000 {
            self.near_orgs.borrow_mut().insert(given.to_owned(), found.clone());
        }
        found
    }
}
