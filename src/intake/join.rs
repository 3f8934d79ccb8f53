//! Files laid side by side: a sheet of users with what is said of each in another file (roles, relationships) in columns at its end. The
//! lines stay those of the main file.

use std::collections::{BTreeSet, HashMap};

use super::{Row, Sheet, clean, trim_str};
use crate::feed::bundle::Join;
use crate::ledger::{Code, Finding, Severity};

/// Rows of a joined file that name nobody are said one by one up to here, and counted beyond.
const MOST_SAID: usize = 20;

/// The main file with the columns of the others at its end, in its own encoding, and what is to be said of them. A joined file that
/// is not there leaves its columns blank. The error refuses the file: a column by which rows are found is missing, or a character
/// that the main file's encoding does not have.
pub fn join(main: &Sheet, joins: &[(&Join, Option<&Sheet>)]) -> Result<(Vec<u8>, Vec<Finding>), Finding> {
    let mut added: Vec<&str> = Vec::new();
    for name in
        joins.iter().flat_map(|(j, _)| j.take.iter().chain(&j.gather).map(|c| c.1.as_str()).chain(j.give.iter().map(|c| c.0.as_str())))
    {
        if !added.contains(&name) {
            added.push(name);
        }
    }
    let mut beside = joins.iter().map(|(join, sheet)| Beside::of(join, *sheet, main)).collect::<Result<Vec<_>, _>>()?;
    let mut changes = Vec::new();
    let separator = (main.delimiter() as char).to_string();
    let names: String = added.iter().flat_map(|n| [separator.as_str(), n]).collect();
    let end = main.header_spans().record.end;
    changes.push((end..end, names));
    let mut rows = main.rows();
    let mut row = Row::default();
    let mut values = vec![String::new(); added.len()];
    while rows.next(&mut row)? {
        values.iter_mut().for_each(String::clear);
        for each in &mut beside {
            each.say(&row, &added, &mut values);
        }
        let Some(spans) = main.spans(row.offset) else { continue };
        let cells: String = values.iter().flat_map(|v| [separator.clone(), main.quoted(v).into_owned()]).collect();
        changes.push((spans.record.end..spans.record.end, cells));
    }
    let bytes = main.rewritten(changes.iter().map(|(at, text)| (at.clone(), text.as_str()))).map_err(|c| {
        let error = format!("\"{c}\", which stands in a file beside it, cannot be written in its encoding");
        Finding::of_file(Code::FIL_001).with("path", main.name()).with("error", error)
    })?;
    Ok((bytes, beside.into_iter().flat_map(|b| b.findings(main.name())).collect()))
}

/// The index of a column by its exact name.
pub fn column(sheet: &Sheet, name: &str) -> Option<usize> {
    sheet.header().iter().position(|h| clean(h) == name)
}

/// A joined file, by key.
struct Beside<'j> {
    join: &'j Join,
    file: String,
    /// The cell of the main file by which rows are found.
    on: usize,
    rows: HashMap<String, Vec<Said>>,
    met: BTreeSet<String>,
    /// People of whom rows were left out.
    several: u64,
}

/// What one row of a joined file says.
struct Said {
    row: u32,
    first: bool,
    same: String,
    take: Vec<String>,
    gather: Vec<String>,
}

impl<'j> Beside<'j> {
    fn of(join: &'j Join, sheet: Option<&Sheet>, main: &Sheet) -> Result<Self, Finding> {
        let lacks = |file: &str, column: &str| {
            Finding::of_file(Code::FIL_001).with("path", file).with("error", format!("its header has no column {column}"))
        };
        let on = column(main, &join.on).ok_or_else(|| lacks(main.name(), &join.on))?;
        let mut beside = Self { join, file: join.file.clone(), on, rows: HashMap::new(), met: BTreeSet::new(), several: 0 };
        let Some(sheet) = sheet else { return Ok(beside) };
        let at = |name: &str| column(sheet, name).ok_or_else(|| lacks(sheet.name(), name));
        let key = at(&join.key)?;
        let take = join.take.iter().map(|c| column(sheet, &c.0)).collect::<Vec<_>>();
        let gather = join.gather.iter().map(|c| at(&c.0)).collect::<Result<Vec<_>, _>>()?;
        let same = join.same.as_deref().map(at).transpose()?;
        let first = join.first.as_ref().and_then(|(name, value)| Some((column(sheet, name)?, value)));
        let mut rows = sheet.rows();
        let mut row = Row::default();
        while rows.next(&mut row)? {
            let cell = |at: usize| trim_str(&String::from_utf8_lossy(row.cells.get(at).unwrap_or_default())).to_owned();
            let said = Said {
                row: row.row,
                first: first.is_some_and(|(at, value)| cell(at).eq_ignore_ascii_case(value)),
                same: same.map(cell).unwrap_or_default(),
                take: take.iter().map(|at| at.map(cell).unwrap_or_default()).collect(),
                gather: gather.iter().map(|at| cell(*at)).collect(),
            };
            beside.rows.entry(clean(&cell(key)).into_owned()).or_default().push(said);
        }
        Ok(beside)
    }

    /// Says what the file has of a row of the main file.
    fn say(&mut self, row: &Row, added: &[&str], values: &mut [String]) {
        let key = clean(&String::from_utf8_lossy(row.cells.get(self.on).unwrap_or_default())).into_owned();
        let Some(rows) = self.rows.get(&key) else { return };
        let Some(first) = rows.iter().find(|r| r.first).or(rows.first()) else { return };
        let mut put = |name: &str, value: String| {
            if let Some(slot) = added.iter().position(|a| *a == name).and_then(|at| values.get_mut(at)).filter(|v| v.is_empty()) {
                *slot = value;
            }
        };
        for ((_, name), value) in self.join.take.iter().zip(&first.take) {
            put(name, value.clone());
        }
        let agree: Vec<&Said> = rows.iter().filter(|r| r.same == first.same).collect();
        for (n, (_, name)) in self.join.gather.iter().enumerate() {
            put(name, agree.iter().filter_map(|r| r.gather.get(n)).map(String::as_str).collect::<Vec<_>>().join(","));
        }
        for (name, value) in &self.join.give {
            put(name, value.clone());
        }
        self.several += u64::from(agree.len() < rows.len());
        self.met.insert(key);
    }

    /// What is to be said of it: rows that name nobody, people of whom rows were left out.
    fn findings(self, main: &str) -> Vec<Finding> {
        let mut alone: Vec<(u32, &String)> = self
            .rows
            .iter()
            .filter(|(key, _)| !self.met.contains(*key))
            .flat_map(|(key, rows)| rows.iter().map(move |r| (r.row, key)))
            .collect();
        alone.sort_unstable();
        let warning = |code: Code| Finding::of_file(code).as_bad_as(Severity::Warning).in_column(&self.join.key);
        let depends = |what: String, why: String| warning(Code::REF_308).with("what", what).with("why", why);
        let mut findings: Vec<Finding> = alone
            .iter()
            .take(MOST_SAID)
            .map(|(row, key)| {
                depends(format!("\"{key}\""), format!("{}, row {row}, names it and {main} does not have it", self.file)).with_value(*key)
            })
            .collect();
        if alone.len() > MOST_SAID {
            findings.push(depends(
                format!("others that {main} does not have"),
                format!("{} more rows of {}", alone.len() - MOST_SAID, self.file),
            ));
        }
        if let Some(same) = self.join.same.as_ref().filter(|_| self.several > 0) {
            let who = format!("{} people of {} who have another first", self.several, self.file);
            findings.push(Finding::of_file(Code::VAL_216).in_column(same).with("type", who));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ReadAs, Source};
    use super::*;

    fn sheet(name: &str, text: &str) -> Sheet {
        Sheet::open(Source { name: name.into(), bytes: text.into() }, &ReadAs::default(), &[]).unwrap()
    }

    fn roles() -> Join {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        Join {
            file: "roles.csv".into(),
            needed: true,
            on: "id".into(),
            key: "user".into(),
            first: Some(pair("main", "true")),
            take: vec![pair("role", "role")],
            gather: vec![pair("org", "orgs")],
            same: Some("role".into()),
            give: Vec::new(),
        }
    }

    #[test]
    fn columns_come_at_the_end_and_lines_stay() {
        let users = sheet("users.csv", "id,name\r\n1,\"a\nb\"\r\n2,c\r\n3,d");
        let said = sheet(
            "roles.csv",
            "user,role,org,main\n1,teacher,S2,false\n1,teacher,S1,TRUE\n1,parent,S9,false\n2,student,S1,\n7,student,S1,\n",
        );
        let contacts = Join {
            file: "contacts.csv".into(),
            give: vec![("role".into(), "guardian".into())],
            ..Join { first: None, take: Vec::new(), gather: Vec::new(), same: None, ..roles() }
        };
        let cared = sheet("contacts.csv", "user\n3\n2\n");
        let (bytes, findings) = join(&users, &[(&roles(), Some(&said)), (&contacts, Some(&cared))]).unwrap();
        let expected = "id,name,role,orgs\r\n1,\"a\nb\",teacher,\"S2,S1\"\r\n2,c,student,S1\r\n3,d,guardian,";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        let said: Vec<String> = findings.iter().map(|f| format!("{} {}", f.code, f.message())).collect();
        assert_eq!(
            said,
            [
                "REF-308 Not tried: it depends on \"7\": roles.csv, row 6, names it and users.csv does not have it",
                "VAL-216 role is ignored for 1 people of roles.csv who have another first",
            ]
        );
    }

    #[test]
    fn a_file_that_is_not_there_leaves_blanks_and_a_missing_column_refuses() {
        let users = sheet("users.csv", "id,name\n1,a\n");
        let (bytes, findings) = join(&users, &[(&roles(), None)]).unwrap();
        assert_eq!((bytes.as_slice(), findings.len()), (b"id,name,role,orgs\n1,a,,\n".as_slice(), 0));
        let said = sheet("roles.csv", "who,role,org\n1,teacher,S1\n");
        assert_eq!(join(&users, &[(&roles(), Some(&said))]).unwrap_err().arg("path"), Some("roles.csv"));
    }
}
