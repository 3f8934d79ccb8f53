//! The verdict on a header: which cell is which column of the profile, and what is wrong, each fault told apart.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use csv::ByteRecord;

use crate::feed::{Column, ColumnKind, HeaderCase, HeaderOrder, Need, OnExtra, Profile, describe};
use crate::ledger::{Code, Finding, Severity};

use super::hidden::{clean, hidden, is_blank_cell, trim_str};
use super::spelling::{skeleton, slips};

/// Which cell of a row is which column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// For each column of the profile, in its order, the index of its cell; `None` where the file does not have it.
    pub at: Vec<Option<usize>>,
    /// Cells that the profile does not know.
    pub extra: Vec<usize>,
    /// Cells that a row must have: those of the header without blank ones at its end.
    pub width: usize,
    /// Cells of the header, the blank ones at its end included. Those beyond `width` must be blank in every row.
    pub cells: usize,
}

/// What is wrong with the number of cells in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ragged {
    /// VAL-204.
    TooFew,
    /// VAL-205; where a cell under a blank header has a value, too.
    TooMany,
}

impl Columns {
    /// Whether a row has too few or too many cells for the header.
    #[inline]
    pub fn ragged(&self, cells: &ByteRecord) -> Option<Ragged> {
        match cells.len() {
            n if n == self.width => None,
            n if n < self.width => Some(Ragged::TooFew),
            n if n > self.cells || !cells.iter().skip(self.width).all(is_blank_cell) => Some(Ragged::TooMany),
            _ => None,
        }
    }
}

/// Holds a header against a profile. `line` is the header's physical line. Findings come in the order of the header's
/// cells, missing columns last; those with [`Severity::Refused`] refuse the file.
///
/// Each cell and each column is said once: a misspelled header is not also "missing" and "extra".
pub fn judge(header: &[String], line: u32, profile: &Profile) -> (Columns, Vec<Finding>) {
    let names: Vec<Name> = header.iter().map(|raw| Name::of(raw)).collect();
    let width = names.iter().rposition(|n| !n.clean.is_empty()).map_or(0, |last| last + 1);
    let mut verdict = Verdict {
        profile,
        line,
        names: &names[..width],
        columns: Columns { at: vec![None; profile.columns.len()], extra: Vec::new(), width, cells: header.len() },
        taken: vec![false; width],
        findings: Vec::new(),
    };
    verdict.spelled_right();
    verdict.other_capitals();
    verdict.blank(header.len());
    verdict.misspelled();
    verdict.extra();
    verdict.in_order();
    verdict.missing();
    verdict.touched();
    verdict.findings.sort_by_key(|(cell, _)| *cell);
    (verdict.columns, verdict.findings.into_iter().map(|(_, finding)| finding).collect())
}

/// Cells of a first line that are looked at to see whether it is a header.
const MOST_CELLS: usize = 1000;

/// Whether a header must have a column.
pub(super) fn must_have(profile: &Profile, column: &Column) -> bool {
    column.need == Need::Required || profile.headers.all && !column.optional_header
}

/// Whether a column holds secrets by its name, whatever the profile knows of it: its values must not be shown or kept.
pub fn is_secret(header: &str) -> bool {
    let name = skeleton(&clean(header));
    name == "pin" || ["password", "passwd", "passcode", "passphrase", "pwd"].iter().any(|word| name.contains(word))
}

/// How many cells of a header are columns of the one of the profiles that knows most of them. Capitals, blanks,
/// underscores and slips do not matter here.
pub(super) fn known(header: &[String], wanted: &[&Profile]) -> usize {
    // A first line that is all of a large file is cut into millions of cells; no header has so many.
    let begin = &header[..header.len().min(MOST_CELLS)];
    let count = |profile: &&Profile| judge(begin, 1, profile).0.at.iter().flatten().count();
    wanted.iter().map(count).max().unwrap_or_default()
}

/// Whether a first row of which no cell is a known column looks like data: an e-mail address in it, a number, a date, or
/// a value that a wanted profile accepts. Without a profile to go by, half of it must.
pub(super) fn looks_like_data(header: &[String], wanted: &[&Profile]) -> bool {
    let cells: Vec<&str> = header.iter().map(|cell| trim_str(cell)).filter(|cell| !cell.is_empty()).collect();
    let accepted = |cell: &str| wanted.iter().flat_map(|p| &p.columns).flat_map(|c| &c.accept).any(|(value, _)| value == cell);
    let data = cells.iter().filter(|cell| is_email(cell) || is_number_or_date(cell) || accepted(cell)).count();
    let email = cells.iter().any(|cell| is_email(cell));
    email || if wanted.is_empty() { data > 0 && 2 * data >= cells.len() } else { data > 0 }
}

fn is_email(cell: &str) -> bool {
    cell.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !cell.contains(char::is_whitespace))
}

fn is_number_or_date(cell: &str) -> bool {
    cell.bytes().any(|b| b.is_ascii_digit()) && cell.bytes().all(|b| b.is_ascii_digit() || b"+-./: ".contains(&b))
}

/// A header cell, cleaned.
struct Name {
    /// Without hidden characters and outer blanks, NFC.
    clean: String,
    /// Hidden characters that were removed.
    hidden: Vec<String>,
    /// Whether ordinary outer blanks were.
    trimmed: bool,
}

impl Name {
    fn of(raw: &str) -> Self {
        let trimmed = raw.trim_matches([' ', '\t', '\n', '\r']);
        let (clean, hidden) = match hidden(trimmed) {
            // A no-break blank between two words stands for a blank.
            Some(h) => (joined(trimmed), h.names),
            None => (trim_str(trimmed).to_owned(), Vec::new()),
        };
        Self { clean: clean.nfc().collect(), hidden, trimmed: trimmed.len() < raw.len() }
    }
}

fn joined(text: &str) -> String {
    let blanks: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    hidden(&blanks).map_or_else(|| trim_str(&blanks).to_owned(), |h| h.clean)
}

struct Verdict<'a> {
    profile: &'a Profile,
    line: u32,
    names: &'a [Name],
    columns: Columns,
    /// Cells that have been said or found right.
    taken: Vec<bool>,
    /// With the cell that they are about; missing columns come after all cells.
    findings: Vec<(usize, Finding)>,
}

impl Verdict<'_> {
    fn about(&self, code: Code, column: &str) -> Finding {
        Finding::at_line(code, self.line).in_column(column)
    }

    fn say(&mut self, cell: usize, finding: Finding) {
        self.findings.push((cell, finding));
    }

    /// Cells that nobody has claimed yet, blank ones left out.
    fn left(&self) -> Vec<usize> {
        (0..self.names.len()).filter(|cell| !self.taken[*cell] && !self.names[*cell].clean.is_empty()).collect()
    }

    /// The name right to the letter; HDR-106 where it occurs more than once.
    fn spelled_right(&mut self) {
        let mut cells_of: HashMap<&str, Vec<usize>> = HashMap::new();
        for (cell, name) in self.names.iter().enumerate() {
            cells_of.entry(&name.clean).or_default().push(cell);
        }
        for (number, column) in self.profile.columns.iter().enumerate() {
            let Some(cells) = cells_of.get(column.name.as_str()) else { continue };
            self.columns.at[number] = Some(cells[0]);
            for cell in cells {
                self.taken[*cell] = true;
            }
            if cells.len() > 1 {
                self.say(cells[1], self.about(Code::HDR_106, &column.name).with("n", cells.len()));
            }
        }
    }

    /// Only the capitals differ: HDR-104. Where the column is there already: HDR-106, once.
    fn other_capitals(&mut self) {
        let severity = match self.profile.headers.case {
            HeaderCase::Exact => Severity::Refused,
            HeaderCase::Ignore => Severity::Warning,
        };
        for cell in self.left() {
            let name = self.names[cell].clean.as_str();
            let folded = name.to_lowercase();
            let Some(number) = self.profile.columns.iter().position(|c| c.name.to_lowercase() == folded) else { continue };
            let column = self.profile.columns[number].name.as_str();
            self.taken[cell] = true;
            if self.columns.at[number].is_none() {
                self.columns.at[number] = Some(cell);
                self.say(cell, self.about(Code::HDR_104, column).with("x", name).as_bad_as(severity));
            } else if !self.findings.iter().any(|(_, f)| f.code == Code::HDR_106 && f.column.as_deref() == Some(column)) {
                let count = self.names.iter().filter(|n| n.clean.to_lowercase() == folded).count();
                self.say(cell, self.about(Code::HDR_106, column).with("n", count));
            }
        }
    }

    /// HDR-107 for each blank cell among others; one note for those at the end, which spreadsheets leave behind.
    fn blank(&mut self, cells: usize) {
        let line = self.line;
        for cell in 0..self.names.len() {
            if self.names[cell].clean.is_empty() {
                self.taken[cell] = true;
                self.columns.extra.push(cell);
                self.say(cell, Finding::at_line(Code::HDR_107, line).with("n", cell + 1));
            }
        }
        let width = self.names.len();
        if cells > width {
            let which = if cells == width + 1 { cells.to_string() } else { format!("{}-{cells}", width + 1) };
            self.say(width, Finding::at_line(Code::HDR_107, line).with("n", which).as_bad_as(Severity::Info));
        }
    }

    /// HDR-103: what is left of the header against what is left of the profile, the nearest pairs first.
    fn misspelled(&mut self) {
        let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
        for cell in self.left() {
            for (number, column) in self.profile.columns.iter().enumerate() {
                let near = slips(&self.names[cell].clean, &column.name);
                // A column that may be missing is suspected on clearer evidence than one that may not. A password under
                // a wrong name would be kept in the clear.
                let most = if must_have(self.profile, column) || column.kind == ColumnKind::Password { usize::MAX } else { 1 };
                if let Some(slips) = near.filter(|slips| self.columns.at[number].is_none() && *slips <= most) {
                    pairs.push((slips, cell, number));
                }
            }
        }
        pairs.sort_unstable();
        for (_, cell, number) in pairs {
            if self.taken[cell] || self.columns.at[number].is_some() {
                continue;
            }
            let column = &self.profile.columns[number];
            // A file full of foreign columns that are ignored anyway is not refused for one that resembles an optional
            // one, unless that is the password.
            let harmless =
                self.profile.headers.extra == OnExtra::Ignore && !must_have(self.profile, column) && column.kind != ColumnKind::Password;
            let severity = if harmless { Severity::Warning } else { Severity::Refused };
            self.taken[cell] = true;
            if harmless {
                self.columns.extra.push(cell);
            } else {
                self.columns.at[number] = Some(cell);
            }
            let finding = self.about(Code::HDR_103, &column.name).with("x", &self.names[cell].clean).as_bad_as(severity);
            self.say(cell, finding);
        }
    }

    /// HDR-105 for what the profile does not know, HDR-106 where it is there twice.
    fn extra(&mut self) {
        let severity = match self.profile.headers.extra {
            OnExtra::Refuse => Some(Severity::Refused),
            OnExtra::Warn => Some(Severity::Warning),
            OnExtra::Ignore => None,
        };
        let left = self.left();
        self.columns.extra.extend(&left);
        self.columns.extra.sort_unstable();
        let Some(severity) = severity else { return };
        let mut cells_of: HashMap<&str, Vec<usize>> = HashMap::new();
        for cell in &left {
            cells_of.entry(&self.names[*cell].clean).or_default().push(*cell);
        }
        for cell in left {
            let name = self.names[cell].clean.as_str();
            let cells = &cells_of[name];
            if cells[0] == cell {
                self.say(cell, self.about(Code::HDR_105, name).with("x", name).as_bad_as(severity));
            } else if cells[1] == cell {
                self.say(cell, self.about(Code::HDR_106, name).with("n", cells.len()).as_bad_as(severity));
            }
        }
    }

    /// HDR-108 at the first column out of place, where the order counts.
    fn in_order(&mut self) {
        if self.profile.headers.order == HeaderOrder::Any {
            return;
        }
        let expected: Vec<(usize, usize)> =
            self.columns.at.iter().enumerate().filter_map(|(number, at)| at.map(|cell| (number, cell))).collect();
        let mut found = expected.clone();
        found.sort_unstable_by_key(|(_, cell)| *cell);
        let name = |number: usize| self.profile.columns[number].name.as_str();
        let Some((expected, found)) = expected.into_iter().zip(found).find(|(e, f)| e != f) else { return };
        let finding = self.about(Code::HDR_108, name(found.0)).with("a", name(found.0)).with("b", name(expected.0));
        self.say(found.1, finding);
    }

    /// HDR-101; HDR-102 of what only some rows need.
    fn missing(&mut self) {
        for (number, column) in self.profile.columns.iter().enumerate() {
            if self.columns.at[number].is_none() && must_have(self.profile, column) {
                let finding = match describe::needed_by(self.profile, column) {
                    Some(condition) => self.about(Code::HDR_102, &column.name).with("condition", condition),
                    None => self.about(Code::HDR_101, &column.name),
                };
                self.say(usize::MAX, finding);
            }
        }
    }

    /// HDR-109 and VAL-224: what was removed from a name before it was compared.
    fn touched(&mut self) {
        for (cell, name) in self.names.iter().enumerate() {
            if !name.hidden.is_empty() {
                self.findings.push((cell, self.about(Code::HDR_109, &name.clean).with("names", name.hidden.join(", "))));
            }
            if name.trimmed && !name.clean.is_empty() {
                self.findings.push((cell, self.about(Code::VAL_224, &name.clean)));
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::feed::{Blank, HeaderRules, Limits, RowShape, Scope, Target, Unique, Writes};
    use crate::ledger::Mode;
    use crate::roster::Kind;

    /// A profile of columns that are all optional but those with a `*`; those with a `!` are passwords, which a header
    /// may always lack.
    pub(in crate::intake) fn profile(name: &str, columns: &str) -> Profile {
        let column = |name: &str| Column {
            name: name.trim_end_matches(['*', '!']).to_owned(),
            to: Target::Nowhere,
            need: if name.ends_with('*') { Need::Required } else { Need::Optional },
            only_for: None,
            optional_header: name.ends_with('!'),
            accept: if name == "status" { vec![("Active".into(), "active".into())] } else { Vec::new() },
            default: None,
            kind: if name.ends_with('!') { ColumnKind::Password } else { ColumnKind::Text },
            unique: Unique::No,
            min: 0,
            max: 100,
            chars: None,
            blank_code: None,
            any_case: false,
            refuse: Vec::new(),
            separator: None,
            holds: Vec::new(),
            about: String::new(),
        };
        Profile {
            name: name.to_owned(),
            title: name.to_owned(),
            about: String::new(),
            rows: RowShape::Person,
            main_kind: Kind::Students,
            key: vec![0],
            headers: HeaderRules { case: HeaderCase::Exact, order: HeaderOrder::Any, all: false, extra: OnExtra::Warn },
            writes: Writes::Upsert,
            blank: Blank::Keep,
            unique_over: Vec::new(),
            modes: vec![Mode::Partial],
            limits: Limits::default(),
            scope: Scope::Any,
            report_key: None,
            columns: columns.split(',').map(column).collect(),
            at_least_one: Vec::new(),
            file_name: None,
            most_guardians: None,
            no_change: None,
            import_type: None,
            path: None,
        }
    }

    pub(in crate::intake) fn header(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }

    const USERS: &str = "first_name*,last_name*,email*,custom_id*,status,grade,password!";

    /// The verdict as `code severity column args`, one a finding.
    fn verdict(names: &str, profile: &Profile) -> Vec<String> {
        let (_, findings) = judge(&header(names), 1, profile);
        let said = |f: &Finding| {
            assert_eq!(f.line, Some(1));
            let severity = if f.severity == Severity::Refused { "F" } else { &f.severity.name()[..1] };
            let args: Vec<String> = f.args.iter().map(|(name, text)| format!(" {name}={text}")).collect();
            format!("{} {severity} {}{}", f.code, f.column.as_deref().unwrap_or("-"), args.concat())
        };
        findings.iter().map(said).collect()
    }

    #[test]
    fn each_fault_of_a_header_is_told_apart_and_said_once() {
        let users = profile("users", USERS);
        for (names, said) in [
            ("first_name,last_name,email,custom_id", &[][..]),
            ("custom_id,email,last_name,first_name,grade", &[]),
            ("first_name,last_name,email", &["HDR-101 F custom_id"]),
            ("first_name,lastname,email,custom_id", &["HDR-103 F last_name x=lastname"]),
            ("fist_name,last_name,emial,custom_id", &["HDR-103 F first_name x=fist_name", "HDR-103 F email x=emial"]),
            ("First Name,last_name,e-mail,custom_id", &["HDR-103 F first_name x=First Name", "HDR-103 F email x=e-mail"]),
            ("First_Name,last_name,email,custom_id", &["HDR-104 F first_name x=First_Name"]),
            ("first_name,last_name,email,custom_id,shoe", &["HDR-105 w shoe x=shoe"]),
            ("first_name,last_name,email,email,custom_id", &["HDR-106 F email n=2"]),
            ("first_name,last_name,email,Email,custom_id,EMAIL", &["HDR-106 F email n=3"]),
            ("first_name,last_name,EMAIL,Email,custom_id", &["HDR-104 F email x=EMAIL", "HDR-106 F email n=2"]),
            ("first_name,last_name,email,custom_id,shoe,shoe,shoe", &["HDR-105 w shoe x=shoe", "HDR-106 w shoe n=3"]),
            ("first_name,,last_name,email,custom_id", &["HDR-107 F - n=2"]),
            ("first_name,last_name,email,custom_id,", &["HDR-107 i - n=5"]),
            ("first_name,last_name,email,custom_id,, ,", &["HDR-107 i - n=5-7"]),
            ("\u{FEFF}first_name,last_name,email,custom_id", &["HDR-109 w first_name names=byte-order mark (U+FEFF)"]),
            ("first_name,last_name,email,custom\u{200B}_id", &["HDR-109 w custom_id names=zero-width space (U+200B)"]),
            ("first_name,last_name,email\u{A0},custom_id", &["HDR-109 w email names=no-break space (U+00A0)"]),
            ("first_name, last_name ,email,custom_id", &["VAL-224 i last_name"]),
            ("first_name,last_name,email,custom_id,passwd", &["HDR-103 F password x=passwd"]),
            ("first_name,last_name,email,custom_id,state", &["HDR-105 w state x=state"]),
            ("first_name,last_name,email,custom_id,name", &["HDR-105 w name x=name"]),
        ] {
            assert_eq!(verdict(names, &users), said, "{names:?}");
        }
    }

    #[test]
    fn the_profile_decides_how_strict_the_verdict_is() {
        let mut users = profile("users", USERS);
        users.headers.all = true;
        assert_eq!(
            verdict("first_name,last_name,email,custom_id,password", &users),
            ["HDR-101 F status", "HDR-101 F grade"],
            "every column must be there"
        );
        users.headers = HeaderRules { case: HeaderCase::Ignore, order: HeaderOrder::Fixed, all: false, extra: OnExtra::Refuse };
        assert_eq!(verdict("FIRST_NAME,last_name,email,custom_id", &users), ["HDR-104 w first_name x=FIRST_NAME"]);
        assert_eq!(verdict("first_name,last_name,email,custom_id,shoe", &users), ["HDR-105 F shoe x=shoe"]);
        assert_eq!(verdict("first_name,email,last_name,custom_id,grade", &users), ["HDR-108 F email a=email b=last_name"]);
        users.headers.extra = OnExtra::Ignore;
        assert_eq!(verdict("first_name,last_name,email,custom_id,shoe,shoe", &users), [""; 0]);
        assert_eq!(verdict("first_name,last_name,email,custom_id,grades", &users), ["HDR-103 w grade x=grades"]);
        assert_eq!(verdict("first_name,last_name,email,custom_id,pasword", &users), ["HDR-103 F password x=pasword"]);
    }

    #[test]
    fn columns_of_secrets_are_known_by_name() {
        for name in ["password", "Initial Password", "pass_word", "PIN", "user pwd", "\u{FEFF}passwd"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["email", "shipping", "passport", ""] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn a_decomposed_accent_is_the_same_header() {
        let users = profile("users", "pr\u{e9}nom*,nom*");
        assert_eq!(verdict("pre\u{301}nom,nom", &users), [""; 0]);
    }

    #[test]
    fn columns_find_their_cells_and_extra_cells_are_known() {
        let (columns, _) = judge(&header("shoe,email,First_Name,,last_name,custom_id,,"), 1, &profile("users", USERS));
        assert_eq!(columns.at, [Some(2), Some(4), Some(1), Some(5), None, None, None]);
        assert_eq!((columns.extra.as_slice(), columns.width, columns.cells), (&[0, 3][..], 6, 8));
    }

    #[test]
    fn a_row_may_be_as_wide_as_the_header_with_blanks_under_blanks() {
        let columns = judge(&header("a,b,,"), 1, &profile("p", "a*,b*")).0;
        for (cells, ragged) in [
            (vec!["1", "2"], None),
            (vec!["1", "2", ""], None),
            (vec!["1", "2", " ", ""], None),
            (vec!["1"], Some(Ragged::TooFew)),
            (vec!["1", "2", "x", ""], Some(Ragged::TooMany)),
            (vec!["1", "2", "", "", ""], Some(Ragged::TooMany)),
        ] {
            assert_eq!(columns.ragged(&ByteRecord::from(cells.clone())), ragged, "{cells:?}");
        }
    }

    #[test]
    fn a_first_row_of_data_is_known_from_its_cells() {
        let users = profile("users", USERS);
        for (names, with, without) in [
            ("Ana,Diaz,ana@lincoln.example,1001", true, true),
            ("Ana,Diaz,,Active", true, false),
            ("1,2,3", true, true),
            ("2026-11-22,a", true, true),
            ("year,2025,a,b", true, false),
            ("Ana,Diaz", false, false),
            ("vorname,nachname", false, false),
        ] {
            assert_eq!(looks_like_data(&header(names), &[&users]), with, "{names}");
            assert_eq!(looks_like_data(&header(names), &[]), without, "{names}");
        }
    }
}
