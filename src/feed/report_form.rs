//! The forms of other systems' reports: how each is known by its header, how it names a row, where it says what is wrong. TOML, compiled
//! in.

use serde::Deserialize;

/// The forms that are compiled in. The first that fits a header counts, so what asks for more comes first.
const BUILTIN: &[(&str, &str)] = &[
    ("great-minds", include_str!("report_forms/great-minds.toml")),
    ("echalk", include_str!("report_forms/echalk.toml")),
    ("schoolstatus", include_str!("report_forms/schoolstatus.toml")),
    ("amplify", include_str!("report_forms/amplify.toml")),
    ("schoology", include_str!("report_forms/schoology.toml")),
];

/// One form of report. Columns go by any of several names; capitals, blanks, `_` and `-` in them do not count.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ReportForm {
    /// The name by which it is told apart: `great-minds-staff`.
    pub name: String,
    /// Whose report it is: "Great Minds".
    pub vendor: String,
    /// What people call it: "sync report".
    pub title: String,
    /// Where its columns are known from.
    pub about: String,
    /// The column with the number of the row.
    #[serde(default)]
    pub row: Vec<String>,
    /// What that number counts, the likeliest first. Where the report names IDs, the first that fits them all is taken.
    #[serde(default)]
    pub counts: Vec<Counts>,
    /// The column with the row's ID.
    #[serde(default)]
    pub key: Vec<String>,
    /// The column that names the column that is wrong.
    #[serde(default)]
    pub column: Vec<String>,
    /// The column that says what is wrong.
    pub error: Vec<String>,
    /// The column that says how to resolve it.
    #[serde(default)]
    pub resolution: Vec<String>,
    /// The column that says whether the row was taken.
    #[serde(default)]
    pub result: Vec<String>,
    /// What stands there where it was; capitals do not count.
    #[serde(default)]
    pub fine: Vec<String>,
    /// The column that says what was done with the row.
    #[serde(default)]
    pub action: Vec<String>,
    /// Further columns that it may have and that nothing is read from.
    #[serde(default)]
    pub also: Vec<String>,
    /// Which of the columns a report of this form must have: `row`, `key`, `column`, `error`, `resolution`, `result`, `action`.
    pub needs: Vec<String>,
    /// Whether the upload's own columns are repeated in it.
    pub repeats: Repeats,
    /// Why a report of this form cannot be laid over an upload, and what to do instead; empty where it can.
    #[serde(default)]
    pub cannot: String,
}

/// What the number of a row counts.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Rows as a spreadsheet shows them: the header is 1, blank lines count.
    Row,
    /// Physical lines: the header is 1.
    Line,
    /// Data records: the first below the header is 1.
    Record,
}

/// Whether the upload's own columns are repeated.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Repeats {
    /// They are not: a report with other columns is of another form.
    No,
    /// They may be.
    May,
    /// They are, and by them the row is found.
    Yes,
}

/// Where the parts of a form stand in a header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The number of the row.
    pub row: Option<usize>,
    /// The row's ID.
    pub key: Option<usize>,
    /// The column that is wrong.
    pub column: Option<usize>,
    /// What is wrong.
    pub error: Option<usize>,
    /// How to resolve it.
    pub resolution: Option<usize>,
    /// Whether the row was taken.
    pub result: Option<usize>,
    /// What was done with it.
    pub action: Option<usize>,
    /// Cells that are none of these: the upload's own columns, where they are repeated.
    pub others: Vec<usize>,
}

/// Every form, in the order in which they are tried.
pub fn report_forms() -> Vec<ReportForm> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        form: Vec<ReportForm>,
    }
    BUILTIN.iter().filter_map(|(_, text)| toml::from_str::<File>(text).ok()).flat_map(|f| f.form).collect()
}

/// The form of a header, with where its parts stand; `None` where it is of none that is known.
pub fn report_form<'f>(forms: &'f [ReportForm], header: &[String]) -> Option<(&'f ReportForm, Parts)> {
    forms.iter().find_map(|form| Some((form, form.parts(header)?)))
}

/// Two names of a column are the same where they differ in capitals, blanks, `_`, `-` and `#` alone.
pub fn same_name(a: &str, b: &str) -> bool {
    let letters = |text: &'_ str| {
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '#')).flat_map(char::to_lowercase).collect::<String>()
    };
    letters(a) == letters(b)
}

impl ReportForm {
    /// Where its parts stand in a header; `None` where that is not of this form.
    pub fn parts(&self, header: &[String]) -> Option<Parts> {
        // In a report that repeats the upload's columns its own come last: one of them may have a name that the upload has too.
        let find = |names: &[String]| header.iter().rposition(|h| names.iter().any(|n| same_name(n, h)));
        let mut parts = Parts {
            row: find(&self.row),
            key: find(&self.key),
            column: find(&self.column),
            error: find(&self.error),
            resolution: find(&self.resolution),
            result: find(&self.result),
            action: find(&self.action),
            others: Vec::new(),
        };
        let has = |part: &str| match part {
            "row" => parts.row,
            "key" => parts.key,
            "column" => parts.column,
            "error" => parts.error,
            "resolution" => parts.resolution,
            "result" => parts.result,
            "action" => parts.action,
            _ => None,
        };
        if !self.needs.iter().all(|part| has(part).is_some()) {
            return None;
        }
        let own = [parts.row, parts.column, parts.error, parts.resolution, parts.result, parts.action];
        let key = parts.key.filter(|_| self.repeats == Repeats::No);
        let others: Vec<usize> = (0..header.len()).filter(|i| !own.contains(&Some(*i)) && key != Some(*i)).collect();
        let known = |i: &usize| header[*i].trim().is_empty() || self.also.iter().any(|n| same_name(n, &header[*i]));
        match self.repeats {
            Repeats::No if !others.iter().all(known) => return None,
            Repeats::Yes if others.is_empty() => return None,
            _ => {}
        }
        parts.others = others;
        Some(parts)
    }

    /// Whether a cell of the result says that the row was taken.
    pub fn is_fine(&self, result: &str) -> bool {
        self.fine.iter().any(|fine| fine.eq_ignore_ascii_case(result.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form_of(header: &str) -> Option<String> {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        report_form(&report_forms(), &header).map(|(form, _)| form.name.clone())
    }

    #[test]
    fn every_file_of_forms_can_be_read_and_says_what_it_must() {
        for (name, text) in BUILTIN {
            assert!(toml::from_str::<toml::Table>(text).is_ok(), "{name}");
        }
        let forms = report_forms();
        let names: Vec<&str> = forms.iter().map(|f| f.name.as_str()).collect();
        let of = |vendor: &str| forms.iter().filter(|f| f.vendor == vendor).count();
        assert_eq!(["Great Minds", "Amplify", "SchoolStatus", "eChalk", "Schoology"].map(of), [4, 1, 1, 2, 2], "{names:?}");
        for form in &forms {
            assert!(form.needs.iter().any(|n| n == "error" || n == "result"), "{}", form.name);
            assert!(form.row.is_empty() == form.counts.is_empty(), "{}", form.name);
            assert!(form.result.is_empty() == form.fine.is_empty(), "{}", form.name);
            assert!(!form.about.is_empty() && !form.title.is_empty(), "{}", form.name);
            assert!(form.repeats == Repeats::Yes || !form.row.is_empty() || !form.key.is_empty(), "{}: how is a row named?", form.name);
        }
    }

    #[test]
    fn a_report_is_known_by_its_header() {
        for (header, form) in [
            ("Row Number,sourcedId,Column Name,Error", Some("great-minds")),
            ("Row Number,Column Name,Error", Some("great-minds")),
            ("row_number,SOURCEDID,Column name,error", Some("great-minds")),
            ("rowNumber,sourceId,field,status,message", Some("great-minds-oneroster")),
            ("SourcedId,Field,Status,Error Message", Some("great-minds-classlink")),
            ("Clever ID,sis_id,field,status,message", Some("great-minds-clever")),
            ("action,userId,userEmail,errors,resolution", Some("amplify-users-errors")),
            ("student_code,email,result,action", Some("schoolstatus-results")),
            ("student_code,email,result,action,message", Some("schoolstatus-results")),
            ("line,custom_id,result,message", Some("echalk-results")),
            ("first_name,custom_id,status,line,result,message", Some("echalk-results")),
            ("first_name,custom_id,status,result,action,message", Some("echalk-rows")),
            ("Unique ID,E-mail,Error", Some("schoology-records")),
            ("Error,Rows Affected", Some("schoology-log")),
            ("first_name,custom_id,status", None),
            ("Row Number,Name,Column Name,Error", Some("schoology-records")),
        ] {
            assert_eq!(form_of(header).as_deref(), form, "{header}");
        }
    }

    #[test]
    fn a_system_s_own_column_is_the_last_of_its_name() {
        let forms = report_forms();
        let header: Vec<String> = ["action", "userId", "result", "action"].map(str::to_owned).to_vec();
        let (_, parts) = report_form(&forms, &header).unwrap();
        assert_eq!((parts.action, parts.others), (Some(3), vec![0, 1]));
    }
}
