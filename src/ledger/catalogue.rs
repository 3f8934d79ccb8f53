//! The catalogue of findings, one table: code, severity, message, how to resolve, how its findings fold into causes.
//!
//! `explain`, the console's help and the reports print it. Codes are public: never re-used, never renamed. The lines
//! themselves are in `catalogue/table.rs`.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::finding::Finding;

/// Declares the codes as constants of [`Code`] and the table they index.
macro_rules! catalogue {
    ($($konst:ident $code:literal $severity:ident $fold:ident
        $(with $($arg:ident $what:literal),+)?
        title $title:literal
        message $message:literal
        resolve $resolution:literal
        meaning $meaning:literal
        example $example:literal;)+) => {
        /// The table, in order of code.
        pub static SPECS: &[Spec] = &[$(Spec {
            code: $code, severity: Severity::$severity, fold: Fold::$fold, title: $title,
            args: &[$($((stringify!($arg), $what)),+)?],
            message: $message, resolution: $resolution, meaning: $meaning, example: $example,
        }),+];

        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u16)]
        enum Index { $($konst),+ }

        #[allow(missing_docs)] // the table is the documentation
        impl Code { $(pub const $konst: Self = Self(Index::$konst as u16);)+ }
    };
}

mod table;

pub use table::SPECS;

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
    /// The arguments that a finding brings for the templates, besides column, value, key and line: name and meaning.
    pub args: &'static [(&'static str, &'static str)],
    /// What is wrong; a template, see [`Spec::fill`].
    pub message: &'static str,
    /// What to do about it; a template.
    pub resolution: &'static str,
    /// What it means and why it is so, for `explain`; two or three sentences.
    pub meaning: &'static str,
    /// An example: a cell or row that raises it.
    pub example: &'static str,
}

/// A code of the catalogue: an index into [`SPECS`]. The codes are its constants: `Code::VAL_201`.
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
    /// name from the arguments, which also go before key and line. A name that is not there stays out, and with it the
    /// part in `[...]` around it; `{type|student}` says what stands there instead. What is filled in comes from files, so it is made safe by [`shown`]: column, value and key
    /// are cut at [`VALUE_MAX`] characters, the others at [`ARG_MAX`].
    pub fn fill(&self, template: &str, finding: &Finding) -> String {
        let mut out = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, tail)) = rest.split_once('[') {
            fill_names(&mut out, before, finding);
            let Some((part, after)) = tail.split_once(']') else {
                out.push('[');
                rest = tail;
                continue;
            };
            let start = out.len();
            if !fill_names(&mut out, part, finding) {
                out.truncate(start);
            }
            rest = after;
        }
        fill_names(&mut out, rest, finding);
        out
    }
}

/// Most characters of a value in a message.
pub const VALUE_MAX: usize = 60;

/// Most characters of another argument in a message: a list of accepted values is long.
pub const ARG_MAX: usize = 300;

/// Fills the names of a text without optional parts; whether all of them were there.
fn fill_names(out: &mut String, mut text: &str, finding: &Finding) -> bool {
    let mut whole = true;
    while let Some((before, tail)) = text.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = tail.split_once('}') else {
            out.push('{');
            text = tail;
            continue;
        };
        let line;
        let (name, instead) = name.split_once('|').unwrap_or((name, ""));
        let (value, max) = match (name, finding.arg(name)) {
            ("c", _) => (finding.column.as_deref(), VALUE_MAX),
            ("v", _) => (finding.value.as_deref(), VALUE_MAX),
            ("key", None) => (finding.key.as_deref(), VALUE_MAX),
            ("line", None) => {
                line = finding.line.map(|l| l.to_string());
                (line.as_deref(), VALUE_MAX)
            }
            (_, arg) => (arg, ARG_MAX),
        };
        let value = value.unwrap_or(instead);
        whole &= !value.is_empty();
        out.push_str(&shown(value, max));
        text = after;
    }
    out.push_str(text);
    whole
}

/// A text from a file as a message may show it: at most `max` characters, the last of them `…` if it was longer; line
/// breaks and TABs as `⏎` and `⇥`, other control, invisible and direction-changing characters by number, `<U+001B>`. The
/// text is borrowed where nothing has to be done.
pub fn shown(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max && text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return text.into();
    }
    let cut = text.chars().nth(max).is_some();
    let mut out = String::with_capacity(text.len().min(4 * max) + 8);
    for c in text.chars().take(if cut { max.saturating_sub(1) } else { max }) {
        match c {
            '\n' => out.push('⏎'),
            '\t' => out.push('⇥'),
            c if c.is_control() || is_hidden(c) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "<U+{:04X}>", c as u32);
            }
            c => out.push(c),
        }
    }
    if cut {
        out.push('…');
    }
    out.into()
}

/// Whether a character is there but not seen, or changes the direction of what follows.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in a template, those in optional parts included.
    fn names(template: &'static str) -> Vec<&'static str> {
        let name = |t: &'static str| t.split_once('}').expect("closed").0;
        template.split('{').skip(1).map(|t| name(t).split('|').next().unwrap_or_default()).collect()
    }

    fn templates(spec: &Spec) -> [&'static str; 3] {
        [spec.title, spec.message, spec.resolution]
    }

    #[test]
    fn codes_are_unique_in_order_and_complete() {
        let codes: Vec<_> = SPECS.iter().map(|s| s.code).collect();
        let in_group = |g: &str| codes.iter().filter(|c| c.starts_with(g)).count();
        assert_eq!(["FIL-", "HDR-", "VAL-", "REF-", "DUP-", "SAF-", "RUN-", "VEN-"].map(in_group), [17, 12, 29, 10, 14, 15, 9, 1]);
        let order =
            |c: &str| (["FIL", "HDR", "VAL", "REF", "DUP", "SAF", "RUN", "VEN"].iter().position(|g| c.starts_with(g)), c[4..].to_owned());
        assert!(codes.windows(2).all(|w| order(w[0]) < order(w[1])), "in order, none twice");
    }

    #[test]
    fn a_code_is_found_by_its_name_and_only_by_that() {
        for code in Code::all() {
            assert_eq!(Code::from_name(code.name()), Some(code));
            assert_eq!(Code::from_name(&code.name().to_lowercase()), Some(code));
        }
        assert_eq!(Code::VAL_201.name(), "VAL-201");
        assert_eq!(Code::RUN_607.name(), "RUN-607");
        assert_eq!(Code::from_name("VAL-999"), None);
    }

    #[test]
    fn every_constant_bears_the_name_of_its_code() {
        for (code, name) in [
            (Code::FIL_001, "FIL-001"),
            (Code::HDR_112, "HDR-112"),
            (Code::VAL_229, "VAL-229"),
            (Code::REF_310, "REF-310"),
            (Code::DUP_414, "DUP-414"),
            (Code::SAF_515, "SAF-515"),
        ] {
            assert_eq!(code.name(), name);
        }
    }

    #[test]
    fn severities_are_those_of_the_groups() {
        use Severity::{Error, Hold, Info, Refused, Warning};
        let count = |s| Code::all().filter(|c| c.severity() == s).count();
        assert_eq!([Refused, Hold, Error, Warning, Info].map(count), [28, 12, 39, 20, 8]);
        for (code, severity) in [
            (Code::FIL_009, Warning),
            (Code::HDR_104, Refused),
            (Code::VAL_216, Warning),
            (Code::VAL_211, Error),
            (Code::SAF_508, Warning),
            (Code::RUN_602, Info),
            (Code::SAF_515, Hold),
        ] {
            assert_eq!(code.severity(), severity, "{code}");
        }
    }

    #[test]
    fn every_text_is_there_and_every_name_is_documented() {
        for spec in SPECS {
            let known = |n: &str| ["c", "v", "key", "line"].contains(&n) || spec.args.iter().any(|a| a.0 == n);
            for text in templates(spec) {
                assert!(!text.trim().is_empty(), "{}", spec.code);
                assert_eq!(text.matches('{').count(), text.matches('}').count(), "{}: {text}", spec.code);
                assert_eq!(text.matches('[').count(), text.matches(']').count(), "{}: {text}", spec.code);
                for name in names(text) {
                    assert!(known(name), "{}: {{{name}}} is not documented", spec.code);
                }
            }
            for (name, what) in spec.args {
                assert!(templates(spec).iter().any(|t| names(t).contains(name)), "{}: {name} is not used", spec.code);
                assert!(!what.is_empty(), "{}: {name}", spec.code);
            }
            assert!(spec.meaning.len() > 40 && spec.meaning.ends_with(['.', '?']), "{}: {}", spec.code, spec.meaning);
            assert!(!spec.example.is_empty(), "{}", spec.code);
            assert!(spec.resolution.replace(']', "").ends_with('.') || spec.resolution.ends_with("{x}]"), "{}: a sentence", spec.code);
            assert!(!spec.message.ends_with('.'), "{}: messages stand in lists, without a full stop", spec.code);
        }
    }

    /// A title stands for many findings; what is not the same in all of them must not be in it.
    #[test]
    fn titles_say_only_what_their_findings_share() {
        for spec in SPECS {
            let single = names(spec.title).into_iter().any(|n| ["v", "key", "line"].contains(&n));
            assert!(!single || matches!(spec.fold, Fold::Value | Fold::Alone), "{}: {}", spec.code, spec.title);
        }
    }

    #[test]
    fn templates_are_filled() {
        let spec = Code::REF_301.spec();
        let bare = Finding::of_file(Code::REF_301).in_column("school").with_value("S9");
        let near = bare.clone().with("near", "S1 Lincoln High");
        let check = |template: &str, finding: &Finding, expected: &str| assert_eq!(spec.fill(template, finding), expected);
        check("{c} is {v}", &near, "school is S9");
        check("{c}[, near {near}].", &near, "school, near S1 Lincoln High.");
        check("{c}[, near {near}].", &bare, "school.");
        check("[{near} {v}][{c}]", &bare, "school");
        check("[kept] {nobody}", &bare, "kept ");
        check("{key}{line}", &bare, "");
        check("a {type|student}", &bare, "a student");
        check("a {type|student}", &bare.clone().with("type", "teacher"), "a teacher");
        check("{line}", &Finding::at_line(Code::FIL_008, 7), "7");
        check("{line}", &Finding::at_line(Code::FIL_008, 7).with("line", 9), "9");
        check("open { and [ here", &bare, "open { and [ here");
        // What is filled in is never read as a template.
        check("{v}!", &bare.clone().with_value("[{c}]"), "[{c}]!");
        assert_eq!(near.message(), "School \"S9\" does not exist");
        assert_eq!(near.resolution(), "Create the school or correct the ID. Nearest: S1 Lincoln High.");
        assert_eq!(bare.resolution(), "Create the school or correct the ID.");
    }

    #[test]
    fn every_message_reads_well_with_all_its_arguments_and_with_none() {
        for code in Code::all() {
            let mut finding = Finding::at_line(code, 3).in_column("column").with_value("value");
            finding.key = Some("1001".into());
            let bare = finding.clone();
            for (name, _) in code.spec().args {
                finding = finding.with(name, "something");
            }
            for text in [finding.message(), finding.resolution(), bare.message(), bare.resolution()] {
                assert!(!text.contains(['{', '}', '[', ']']), "{code}: {text}");
                assert!(!text.is_empty(), "{code}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_hidden_gets_through(text in ".*", max in 0..80usize) {
            let out = shown(&text, max);
            proptest::prop_assert!(!out.chars().any(|c| c.is_control() || is_hidden(c)));
        }
    }

    #[test]
    fn values_are_safe_to_show() {
        let check = |given: &str, expected: &str| assert_eq!(shown(given, 10), expected);
        check("Núñez", "Núñez");
        check("a\u{1b}[31m", "a<U+001B>[31m");
        check("a\nb\tc", "a⏎b⇥c");
        check("a\u{200b}b", "a<U+200B>b");
        check("\u{202e}cba", "<U+202E>cba");
        check("\u{9b}1m", "<U+009B>1m");
        check("0123456789", "0123456789");
        check("0123456789a", "012345678…");
        check("éééééééééé", "éééééééééé");
        check("ééééééééééé", "ééééééééé…");
        let long = Finding::of_file(Code::VAL_210).with_value("x".repeat(1000));
        assert_eq!(long.message(), format!("\"{}…\" is not an e-mail address", "x".repeat(59)));
    }
}
