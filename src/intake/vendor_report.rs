//! A report of another system, read: which form it is of, and for each of its lines which row it is about and what it says of it. CSV, or
//! the first sheet of a workbook.

use super::hidden::trim_str;
use super::rows::Row;
use super::sheet::{ReadAs, Sheet, Source};
use super::workbook::{self, Value};
use crate::feed::report_form::{Parts, ReportForm, report_form};
use crate::ledger::Finding;

/// Most bytes of a report.
pub const REPORT_MAX: u64 = 64 << 20;
/// Most things that a report may say are wrong.
pub const MOST_COMPLAINTS: usize = 50_000;

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorReport {
    /// Its form.
    pub form: ReportForm,
    /// The names of the columns that may be the upload's own, repeated.
    pub repeated: Vec<String>,
    /// Its lines, blank ones left out.
    pub lines: Vec<ReportLine>,
}

/// One line of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportLine {
    /// Where it stands in the report, as a spreadsheet shows it.
    pub at: u32,
    /// The row that it names, counted as the form says.
    pub row: Option<u32>,
    /// The ID that it names.
    pub key: Cell,
    /// The column that it names.
    pub column: Option<String>,
    /// What is wrong; nothing where the row was taken.
    pub complaints: Vec<Complaint>,
    /// The cells of the columns that are repeated, by their order in [`VendorReport::repeated`].
    pub cells: Vec<Cell>,
}

/// One thing that is wrong, in the system's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Complaint {
    /// Its own code, where the text begins with one: `VAL-201`.
    pub code: Option<String>,
    /// What is wrong.
    pub said: String,
    /// How to resolve it.
    pub resolution: Option<String>,
}

/// A cell of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell(pub Value);

impl Cell {
    /// Its text, trimmed.
    pub fn text(&self) -> String {
        match &self.0 {
            Value::Blank => String::new(),
            Value::Text(text) => trim_str(text).to_owned(),
            Value::Number(number) => number.clone(),
            Value::Day(y, m, d) => format!("{y:04}-{m:02}-{d:02}"),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_blank(&self) -> bool {
        matches!(&self.0, Value::Blank) || matches!(&self.0, Value::Text(t) if trim_str(t).is_empty())
    }

    /// Whether it may be that cell of the upload. Text must be the same but for blanks around it; what a workbook made a number or a
    /// day of may have stood there in another way of writing.
    pub fn fits(&self, ours: &str) -> bool {
        let ours = trim_str(ours);
        match &self.0 {
            Value::Blank => ours.is_empty(),
            Value::Text(text) => {
                let text = trim_str(text);
                text == ours || (text.contains('\n') || ours.contains('\n')) && text.replace("\r\n", "\n") == ours.replace("\r\n", "\n")
            }
            Value::Number(number) => {
                ours == number || number.parse::<f64>().is_ok_and(|n| ours.parse::<f64>().is_ok_and(|o| o.total_cmp(&n).is_eq()))
            }
            Value::Day(y, m, d) => {
                let short = y % 100;
                [format!("{y:04}-{m:02}-{d:02}"), format!("{m}/{d}/{y}"), format!("{m:02}/{d:02}/{y}"), format!("{m}/{d}/{short:02}")]
                    .iter()
                    .any(|form| form == ours)
            }
        }
    }
}

/// Reads a report. The error says what is wrong and what to do next.
pub fn read(source: Source, forms: &[ReportForm]) -> Result<VendorReport, (String, String)> {
    let name = source.name.clone();
    let csv = || "Save the report as CSV and attach that.".to_owned();
    let mut table = if source.bytes.starts_with(b"PK") || source.bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        let rows = workbook::first_sheet(&source.bytes).map_err(|why| (format!("{name}: {why}."), csv()))?;
        rows.into_iter().enumerate().map(|(i, cells)| (i as u32 + 1, cells.into_iter().map(Cell).collect())).collect()
    } else {
        of_text(source).map_err(|f| (format!("{name}: {}.", f.message()), f.resolution()))?
    };
    table.retain(|(_, cells): &(u32, Vec<Cell>)| cells.iter().any(|c| !c.is_blank()));
    let mut rows = table.into_iter();
    let header: Vec<String> = rows.next().map(|(_, cells)| cells.iter().map(Cell::text).collect()).unwrap_or_default();
    let Some((form, parts)) = report_form(forms, &header) else {
        let known: Vec<String> = forms.iter().filter(|f| f.cannot.is_empty()).map(|f| format!("{} {}", f.vendor, f.title)).collect();
        let what = format!("{name} is of no form of report that is known: its header is {}.", header.join(", "));
        return Err((what, format!("Known are: {}.", known.join("; "))));
    };
    if !form.cannot.is_empty() {
        return Err((format!("{name} is a {} {}, which cannot be laid over an upload.", form.vendor, form.title), form.cannot.clone()));
    }
    let mut complaints = 0;
    let mut lines = Vec::new();
    for (at, cells) in rows {
        let line =
            line(form, &parts, at, &cells).map_err(|why| (format!("{name}, line {at}: {why}."), "Attach the report as it came.".into()))?;
        complaints += line.complaints.len();
        if complaints > MOST_COMPLAINTS {
            return Err((
                format!("{name} says more than {MOST_COMPLAINTS} things are wrong."),
                "Is it of this upload? Mend the upload first.".into(),
            ));
        }
        lines.push(line);
    }
    Ok(VendorReport { form: form.clone(), repeated: parts.others.iter().map(|i| header[*i].clone()).collect(), lines })
}

#[allow(clippy::result_large_err)] // once a report
fn of_text(source: Source) -> Result<Vec<(u32, Vec<Cell>)>, Finding> {
    let refused = |mut findings: Vec<Finding>| findings.pop().unwrap_or_else(|| Finding::of_file(crate::ledger::Code::FIL_002));
    let sheet = Sheet::open(source, &ReadAs::default(), &[]).map_err(refused)?;
    let text = |cell: &str| Cell(if cell.is_empty() { Value::Blank } else { Value::Text(cell.to_owned()) });
    let mut table = vec![(1, sheet.header().iter().map(|h| text(h)).collect())];
    let mut rows = sheet.rows();
    let mut row = Row::default();
    while rows.next(&mut row)? {
        table.push((row.row, row.cells.iter().map(|c| text(&String::from_utf8_lossy(c))).collect()));
    }
    Ok(table)
}

fn line(form: &ReportForm, parts: &Parts, at: u32, cells: &[Cell]) -> Result<ReportLine, String> {
    let blank = Cell::default();
    let cell = |part: Option<usize>| part.and_then(|i| cells.get(i)).unwrap_or(&blank);
    let some = |part: Option<usize>| Some(cell(part).text()).filter(|t| !t.is_empty());
    let row = match some(parts.row) {
        None => None,
        Some(text) => Some(text.parse::<u32>().map_err(|_| format!("\"{text}\" is no number of a row"))?),
    };
    let (error, result, action) = (some(parts.error), some(parts.result), some(parts.action));
    let fine = match (&result, parts.result) {
        (Some(result), _) => form.is_fine(result),
        // Without its result a line says what it says: an error, or nothing.
        (None, _) => error.is_none(),
    };
    let complaints = if fine {
        Vec::new()
    } else {
        let said = error.or_else(|| match (result, action) {
            (Some(result), Some(action)) => Some(format!("{result} ({action}), without a reason")),
            (result, action) => result.or(action).map(|word| format!("{word}, without a reason")),
        });
        told(&said.unwrap_or_else(|| "refused, without a reason".into()), some(parts.resolution).as_deref().unwrap_or_default())
    };
    let of_column = some(parts.column);
    let repeated = parts.others.iter().map(|i| cell(Some(*i)).clone()).collect();
    Ok(ReportLine { at, row, key: cell(parts.key).clone(), column: of_column, complaints, cells: repeated })
}

/// The errors of a cell, each with its own resolution: numbered (`1. this; 2. that`), or a line each, or one.
fn told(errors: &str, resolutions: &str) -> Vec<Complaint> {
    let errors = apart(errors);
    let resolutions = apart(resolutions);
    let all = resolutions.join(" ");
    let alone = resolutions.len() != errors.len();
    let of = |i: usize| if alone { all.clone() } else { resolutions[i].clone() };
    errors.iter().enumerate().map(|(i, text)| complaint(text, of(i))).collect()
}

fn complaint(text: &str, resolution: String) -> Complaint {
    let (code, said) = match text.split_once([' ', ':']) {
        Some((word, rest)) if is_code(word) && !rest.trim().is_empty() => (Some(word.to_owned()), rest.trim_start_matches([' ', ':'])),
        _ => (None, text),
    };
    let ended = |r: String| if r.ends_with(['.', '!', '?']) { r } else { format!("{r}.") };
    Complaint {
        code,
        said: said.trim().trim_end_matches('.').to_owned(),
        resolution: Some(resolution).filter(|r| !r.is_empty()).map(ended),
    }
}

/// Whether a word is a code: capitals, a dash or `_`, digits.
fn is_code(word: &str) -> bool {
    let Some((letters, digits)) = word.split_once(['-', '_']) else { return false };
    let some = |part: &str, is: fn(&u8) -> bool| !part.is_empty() && part.len() <= 8 && part.bytes().all(|b| is(&b));
    some(letters, u8::is_ascii_uppercase) && some(digits, u8::is_ascii_digit)
}

fn apart(text: &str) -> Vec<String> {
    let text = text.trim();
    if text.is_empty() {
        return Vec::new();
    }
    let Some(mut rest) = text.strip_prefix("1. ") else {
        return text.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
    };
    let mut all = Vec::new();
    for n in 2.. {
        // The next number ends this one; a number that is out of turn is part of the text.
        let next = [format!("; {n}. "), format!("\n{n}. ")].iter().filter_map(|mark| Some((rest.find(mark.as_str())?, mark.len()))).min();
        let Some((at, len)) = next else { break };
        all.push(rest[..at].trim().to_owned());
        rest = &rest[at + len..];
    }
    all.push(rest.trim().to_owned());
    all.retain(|t| !t.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::report_form::report_forms;

    fn report(text: &str) -> Result<VendorReport, (String, String)> {
        read(Source { name: "report.csv".into(), bytes: text.as_bytes().to_vec() }, &report_forms())
    }

    fn said(line: &ReportLine) -> Vec<(Option<&str>, &str, Option<&str>)> {
        line.complaints.iter().map(|c| (c.code.as_deref(), c.said.as_str(), c.resolution.as_deref())).collect()
    }

    #[test]
    fn a_sync_report_is_a_line_an_error() {
        let report =
            report("Row Number,sourcedId,Column Name,Error\r\n7,0012,email,Already used.\r\n\r\n7,0012,role,\"Use \"\"teacher\"\"\"\r\n")
                .unwrap();
        assert_eq!((report.form.name.as_str(), report.repeated.len(), report.lines.len()), ("great-minds", 0, 2));
        let line = &report.lines[0];
        assert_eq!((line.at, line.row, line.key.text().as_str(), line.column.as_deref()), (2, Some(7), "0012", Some("email")));
        assert_eq!(said(line), [(None, "Already used", None)]);
        assert_eq!((report.lines[1].at, said(&report.lines[1])), (4, vec![(None, "Use \"teacher\"", None)]));
    }

    #[test]
    fn several_errors_of_a_row_stand_in_one_cell() {
        let text = "userId,userEmail,errors,resolution\n\
            1,x,\"1. VAL-210 no e-mail; 2. AM_7: two, 3. not; 3. three\",\"1. Correct it.; 2. Do; 3. Or not\"\n\
            2,y,\"first\nsecond\",one way\n3,z,,\n";
        let report = report(text).unwrap();
        assert_eq!(
            said(&report.lines[0]),
            [
                (Some("VAL-210"), "no e-mail", Some("Correct it.")),
                (Some("AM_7"), "two, 3. not", Some("Do.")),
                (None, "three", Some("Or not."))
            ]
        );
        assert_eq!(said(&report.lines[1]), [(None, "first", Some("one way.")), (None, "second", Some("one way."))]);
        assert_eq!(said(&report.lines[2]), []);
        assert_eq!(report.repeated, ["userId", "userEmail"]);
        assert_eq!(report.lines[1].cells[1].text(), "y");
    }

    #[test]
    fn results_say_of_every_row_whether_it_was_taken() {
        let text = "student_code,email,result,action,message\n1,a,SUCCESS,CREATED,\n2,b,success,UPDATED,already has an account\n3,c,ERROR,,No such student\n4,d,FAILED,SKIPPED,\n";
        let report = report(text).unwrap();
        let all: Vec<_> = report.lines.iter().map(said).collect();
        assert_eq!(all[..3], [vec![], vec![], vec![(None, "No such student", None)]]);
        assert_eq!(all[3], [(None, "FAILED (SKIPPED), without a reason", None)]);
    }

    #[test]
    fn what_is_no_report_says_so_and_what_would_be() {
        let (what, next) = report("first_name,last_name\nAna,Diaz\n").unwrap_err();
        assert!(what.contains("no form of report") && what.contains("first_name, last_name"), "{what}");
        assert!(next.contains("Great Minds sync report"), "{next}");
        let (what, next) = report("Error,Rows Affected\nNo such school,12\n").unwrap_err();
        assert!(what.contains("import log") && next.contains("records in error"), "{what} {next}");
        let (what, _) = report("Row Number,sourcedId,Column Name,Error\nseven,1,a,b\n").unwrap_err();
        assert!(what.contains("line 2") && what.contains("\"seven\""), "{what}");
        let (what, next) = report("%PDF-1.7").unwrap_err();
        assert!(what.contains("a PDF document") && !next.is_empty(), "{what}");
        assert!(report("").is_err());
    }

    #[test]
    fn cells_fit_what_they_may_have_been() {
        let number = |n: &str| Cell(Value::Number(n.into()));
        let text = |t: &str| Cell(Value::Text(t.into()));
        assert!(number("123").fits("00123") && number("123").fits("123") && number("0.5").fits("0.50"));
        assert!(!number("123").fits("124") && !number("123").fits("A123") && !number("1").fits(""));
        assert!(!text("123").fits("00123") && text(" 00123 ").fits("00123") && text("a\nb").fits("a\r\nb"));
        let day = Cell(Value::Day(2012, 5, 3));
        assert!(day.fits("2012-05-03") && day.fits("5/3/2012") && day.fits("05/03/2012") && !day.fits("3/5/2012"));
        assert!(Cell::default().fits(" ") && !Cell::default().fits("x"));
    }
}
