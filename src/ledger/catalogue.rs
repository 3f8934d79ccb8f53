//! The catalogue of findings, one table: code, severity, message, how to resolve, how its findings fold into causes.
//!
//! `explain`, the console's help and the reports print it. Codes are public: never re-used, never renamed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::finding::Finding;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Applied, a value changed or ignored.
    Warning,
    /// The row was not applied.
    Error,
    /// Waits for approval.
    Hold,
    /// The file was refused whole, nothing applied.
    Refused,
}
crate::roster::value::named!(Severity { Info = "info", Warning = "warning", Error = "error", Hold = "hold", Refused = "refused" });

/// How the findings of a code fold into causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// All of a column together.
    Column,
    /// Those of a column with the same value together.
    Value,
    /// Under the row that they depend on.
    Parent,
    /// Each by itself.
    Alone,
}

/// One line of the catalogue.
#[derive(Debug)]
pub struct Spec {
    /// `VAL-201`.
    pub code: &'static str,
    /// How bad, unless the profile or place says otherwise.
    pub severity: Severity,
    /// How its findings fold.
    pub fold: Fold,
    /// Title of a cause, in few words; a template.
    pub title: &'static str,
    /// What is wrong; a template: `{c}` the column, `{v}` the value, others from the finding's arguments.
    pub message: &'static str,
    /// What to do about it; a template.
    pub resolution: &'static str,
    /// What it means and why it is so, for `explain`; two or three sentences.
    pub meaning: &'static str,
    /// An example: a cell or row that raises it.
    pub example: &'static str,
}

/// A code of the catalogue: an index into [`SPECS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(u16);

impl Code {
    /// Its line of the catalogue.
    pub fn spec(self) -> &'static Spec {
        &SPECS[self.0 as usize]
    }

    /// `VAL-201`.
    pub fn name(self) -> &'static str {
        self.spec().code
    }

    /// The catalogue's severity.
    pub fn severity(self) -> Severity {
        self.spec().severity
    }

    /// The code of a name, in any capitals.
    pub fn from_name(name: &str) -> Option<Self> {
        SPECS.iter().position(|s| s.code.eq_ignore_ascii_case(name)).map(|i| Self(i as u16))
    }

    /// Every code, in the catalogue's order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SPECS.len()).map(|i| Self(i as u16))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let name = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::custom(format!("unknown code {name}")))
    }
}

impl Spec {
    /// Fills a template from a finding: `{c}` column, `{v}` value, `{key}` the record's key, `{line}` its line, any other
    /// name from the arguments. A name that is not there stays out.
    pub fn fill(&self, template: &str, finding: &Finding) -> String {
        let mut out = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, tail)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, after)) = tail.split_once('}') else {
                out.push('{');
                rest = tail;
                continue;
            };
            match name {
                "c" => out.push_str(finding.column.as_deref().unwrap_or_default()),
                "v" => out.push_str(finding.value.as_deref().unwrap_or_default()),
                "key" if finding.arg("key").is_none() => out.push_str(finding.key.as_deref().unwrap_or_default()),
                "line" if finding.arg("line").is_none() => {
                    out.push_str(&finding.line.map(|l| l.to_string()).unwrap_or_default());
                }
                _ => out.push_str(finding.arg(name).unwrap_or_default()),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// Declares the codes as constants of [`Code`] and the table they index.
macro_rules! catalogue {
    ($($konst:ident $code:literal $severity:ident $fold:ident
        title $title:literal
        message $message:literal
        resolve $resolution:literal
        meaning $meaning:literal
        example $example:literal;)+) => {
        /// The table, in order of code.
        pub static SPECS: &[Spec] = &[$(Spec {
            code: $code, severity: Severity::$severity, fold: Fold::$fold, title: $title, message: $message,
            resolution: $resolution, meaning: $meaning, example: $example,
        }),+];

        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u16)]
        enum Index { $($konst),+ }

        #[allow(missing_docs)] // the table below is the documentation
        impl Code { $(pub const $konst: Self = Self(Index::$konst as u16);)+ }
    };
}

catalogue! {
    FIL_002 "FIL-002" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_003 "FIL-003" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_004 "FIL-004" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_006 "FIL-006" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_008 "FIL-008" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_009 "FIL-009" Warning Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_010 "FIL-010" Info Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_011 "FIL-011" Info Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_012 "FIL-012" Warning Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_013 "FIL-013" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_014 "FIL-014" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_016 "FIL-016" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    FIL_017 "FIL-017" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    HDR_101 "HDR-101" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    HDR_103 "HDR-103" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    HDR_104 "HDR-104" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    HDR_105 "HDR-105" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    HDR_106 "HDR-106" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    HDR_107 "HDR-107" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    HDR_108 "HDR-108" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    HDR_109 "HDR-109" Warning Alone title "t" message "m" resolve "r" meaning "m" example "e";
    HDR_110 "HDR-110" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    HDR_112 "HDR-112" Refused Alone title "t" message "m" resolve "r" meaning "m" example "e";
    VAL_224 "VAL-224" Info Alone title "t" message "m" resolve "r" meaning "m" example "e";
    VAL_201 "VAL-201" Error Column
        title "{c} is empty"
        message "{c} is empty but required"
        resolve "Fill it in at the source or here."
        meaning "The profile needs a value in this column for every row. A cell of blanks only counts as empty."
        example "last_name is empty: María,,,maria@lincoln.example,1001,S1,Teacher,,,Active";
}
