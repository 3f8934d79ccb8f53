//! A small district for each test, and a language in which a test reads like the file it is about.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use homeroom::desk::{
    Desk, FindingQuery, HitWhat, Import, OpenCause, PersonDetail, Reply, Request, RowAt, RowChoice, RowView, Surroundings, SyncDetail,
    Trouble, Window,
};
use homeroom::ledger::{Actor, Finding, Severity, Sync, SyncNo, Timestamp};
use tempfile::TempDir;

pub(crate) const HEADER: &str =
    "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status";

pub(crate) const SCHOOLS: &str = "external_id,name,type,parent_external_id,address
D1,Lincoln Unified,district,,
S1,Lincoln High,school,D1,1 Main St
S2,Lincoln Middle,school,D1,2 Main St
S3,Lincoln Elementary,school,D1,3 Main St
";

/// A clock that goes on by a second each time it is looked at.
fn clock() -> Timestamp {
    static NOW: AtomicI64 = AtomicI64::new(1_795_000_000_000_000);
    Timestamp(NOW.fetch_add(1_000_000, Ordering::Relaxed))
}

pub(crate) fn surroundings(dir: &TempDir, readonly: bool) -> Surroundings {
    Surroundings {
        db: dir.path().join("db"),
        profiles: Some(dir.path().join("profiles")),
        by: Actor("ana".into()),
        host: "host".into(),
        scope: None,
        readonly,
        wait: Duration::ZERO,
        now: clock,
    }
}

/// A database of its own, with a desk on it.
pub(crate) struct World {
    pub(crate) dir: TempDir,
    pub(crate) desk: Desk,
}

/// What a run did.
#[derive(Debug)]
pub(crate) struct Took {
    pub(crate) sync: Sync,
    pub(crate) detail: SyncDetail,
    pub(crate) findings: Vec<Finding>,
    pub(crate) left: Vec<Finding>,
}

impl World {
    /// Nothing in it.
    pub(crate) fn empty() -> Self {
        Self::open(tempfile::tempdir().unwrap(), false)
    }

    /// A district D1 with the schools S1, S2 and S3.
    pub(crate) fn new() -> Self {
        let world = Self::empty();
        world.import("schools.csv", SCHOOLS).is("orgs +4", &[]);
        world
    }

    /// The same district, and own profiles: name and text.
    pub(crate) fn with_profiles(profiles: &[(&str, String)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("profiles")).unwrap();
        for (name, text) in profiles {
            std::fs::write(dir.path().join("profiles").join(format!("{name}.toml")), text).unwrap();
        }
        let world = Self::open(dir, false);
        assert_eq!(world.desk.notices(), [""; 0]);
        world.import("schools.csv", SCHOOLS).is("orgs +4", &[]);
        world
    }

    fn open(dir: TempDir, readonly: bool) -> Self {
        let desk = Desk::open(surroundings(&dir, readonly)).unwrap();
        Self { dir, desk }
    }

    /// The same database, opened by somebody who is kept to an organization.
    pub(crate) fn kept_to(self, scope: &str) -> Self {
        let Self { dir, desk } = self;
        drop(desk);
        let desk = Desk::open(Surroundings { scope: Some(scope.into()), ..surroundings(&dir, false) }).unwrap();
        Self { dir, desk }
    }

    /// The same database, opened when another clock holds.
    pub(crate) fn at(self, now: fn() -> Timestamp) -> Self {
        let Self { dir, desk } = self;
        drop(desk);
        let desk = Desk::open(Surroundings { now, ..surroundings(&dir, false) }).unwrap();
        Self { dir, desk }
    }

    /// The open causes that are awake: code, value, rows, clears.
    #[track_caller]
    pub(crate) fn triage(&self) -> Vec<OpenCause> {
        match self.ask(Request::Triage) {
            Reply::Triage(all) => all,
            other => panic!("no triage: {other:?}"),
        }
    }

    /// Decides about a row.
    #[track_caller]
    pub(crate) fn decide(&self, took: &Took, line: u32, choice: RowChoice) -> RowView {
        match self.ask(Request::Decide { sync: took.sync.number, at: RowAt::Line(line), choice }) {
            Reply::Row(row) => *row,
            other => panic!("not decided: {other:?}"),
        }
    }

    /// What somebody else is told who opens the same database.
    #[track_caller]
    pub(crate) fn second(&self) -> Trouble {
        Desk::open(surroundings(&self.dir, false)).err().expect("opened twice")
    }

    /// The same database, opened again.
    pub(crate) fn reopened(self, readonly: bool) -> Self {
        let Self { dir, desk } = self;
        drop(desk);
        Self::open(dir, readonly)
    }

    pub(crate) fn ask(&self, request: Request) -> Reply {
        self.desk.ask(request, &mut |_| true)
    }

    /// Asks what cannot be answered.
    #[track_caller]
    pub(crate) fn trouble(&self, request: Request) -> Trouble {
        match self.ask(request) {
            Reply::Trouble(trouble) => trouble,
            other => panic!("no trouble: {other:?}"),
        }
    }

    /// Asks, and says no to the first progress that is told.
    #[track_caller]
    pub(crate) fn cancelled(&self, request: Request) -> Trouble {
        match self.desk.ask(request, &mut |event| !matches!(event, homeroom::desk::Event::Progress(_))) {
            Reply::Trouble(trouble) => trouble,
            other => panic!("not cancelled: {other:?}"),
        }
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Import {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Import { path: path.to_str().unwrap().to_owned(), ..Import::default() }
    }

    #[track_caller]
    pub(crate) fn run(&self, request: Request) -> Took {
        match self.ask(request) {
            Reply::Ran(ran) => {
                // A preview leaves nothing that could be asked for.
                let number = ran.detail.sync.number;
                let findings = if number == SyncNo(0) { Vec::new() } else { self.findings(number) };
                Took { sync: ran.detail.sync.clone(), detail: ran.detail, findings, left: ran.left }
            }
            other => panic!("did not run: {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn import(&self, name: &str, bytes: impl AsRef<[u8]>) -> Took {
        self.run(Request::Import(self.write(name, bytes)))
    }

    /// Imports rows under the header of the users' file, the first on line 2.
    #[track_caller]
    pub(crate) fn users(&self, rows: &[&str]) -> Took {
        self.import("users.csv", file(rows))
    }

    #[track_caller]
    pub(crate) fn dry(&self, rows: &[&str]) -> Took {
        self.run(Request::Import(Import { dry_run: true, ..self.write("users.csv", file(rows)) }))
    }

    #[track_caller]
    pub(crate) fn of_school(&self, org: &str, rows: &[&str]) -> Took {
        self.run(Request::Import(Import { org: Some(org.into()), ..self.write("users.csv", file(rows)) }))
    }

    #[track_caller]
    pub(crate) fn through(&self, profile: &str, text: &str) -> Took {
        self.run(Request::Import(Import { profile: Some(profile.into()), ..self.write(&format!("{profile}.csv"), text) }))
    }

    #[track_caller]
    pub(crate) fn rerun(&self, took: &Took, all: bool) -> Took {
        self.run(Request::Rerun { sync: took.sync.number, all, dry_run: false })
    }

    #[track_caller]
    pub(crate) fn undo(&self, took: &Took) -> Took {
        self.run(Request::Undo { sync: took.sync.number, dry_run: false })
    }

    #[track_caller]
    pub(crate) fn fix(&self, took: &Took, line: u32, column: &str, value: &str) -> RowView {
        let cells = vec![(column.to_owned(), value.to_owned())];
        match self.ask(Request::Fix { sync: took.sync.number, at: RowAt::Line(line), cells }) {
            Reply::Row(row) => *row,
            other => panic!("not fixed: {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn row(&self, took: &Took, line: u32) -> RowView {
        match self.ask(Request::Row { sync: took.sync.number, at: RowAt::Line(line) }) {
            Reply::Row(row) => *row,
            other => panic!("no row: {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn findings(&self, sync: SyncNo) -> Vec<Finding> {
        match self.ask(Request::Findings { sync, query: FindingQuery::default(), window: Window::ALL }) {
            Reply::Findings(page) => page.rows,
            other => panic!("no findings: {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn sync(&self, sync: SyncNo) -> SyncDetail {
        match self.ask(Request::Sync(sync)) {
            Reply::Sync(detail) => *detail,
            other => panic!("no sync: {other:?}"),
        }
    }

    /// The only person or organization of a reference.
    #[track_caller]
    pub(crate) fn resolve(&self, reference: &str) -> HitWhat {
        match self.ask(Request::Resolve(reference.into())) {
            Reply::Resolved(named) if named.len() == 1 => named[0].what.clone(),
            other => panic!("{reference}: {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn person(&self, reference: &str) -> PersonDetail {
        let HitWhat::Person(number) = self.resolve(reference) else { panic!("{reference} is no person") };
        match self.ask(Request::Person(number)) {
            Reply::Person(person) => *person,
            other => panic!("{reference}: {other:?}"),
        }
    }

    /// A person's field as the roster has it.
    #[track_caller]
    pub(crate) fn value(&self, reference: &str, field: &str) -> String {
        self.person(reference).fields.into_iter().find(|f| f.field == field).unwrap().value
    }

    #[track_caller]
    pub(crate) fn edit(&self, reference: &str, field: &str, value: &str) {
        let HitWhat::Person(person) = self.resolve(reference) else { panic!("{reference} is no person") };
        let fields = vec![(field.to_owned(), value.to_owned())];
        let Reply::Person(_) = self.ask(Request::EditPerson { person, fields }) else { panic!("not edited") };
    }

    /// Whether anybody or anything has that reference.
    pub(crate) fn knows(&self, reference: &str) -> bool {
        matches!(self.ask(Request::Resolve(reference.into())), Reply::Resolved(_))
    }

    /// Everybody and every organization, as bytes: equal rosters are equal.
    pub(crate) fn roster(&self) -> String {
        use homeroom::desk::ExportWhat::{People, Schools};
        let export = |what| match self.ask(Request::Export { what, org: None, for_spreadsheet: false }) {
            Reply::Output(output) => String::from_utf8(output.bytes).unwrap(),
            other => panic!("{other:?}"),
        };
        export(People) + &export(Schools)
    }
}

/// A users' file of those rows.
pub(crate) fn file(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// A finding as `line column CODE`.
pub(crate) fn said(finding: &Finding) -> String {
    let line = finding.line.map_or("-".to_owned(), |l| l.to_string());
    format!("{line} {} {}", finding.column.as_deref().unwrap_or("-"), finding.code)
}

impl Took {
    /// Counts of the kinds that have any (`+` created, `~` updated, `=` unchanged, `!` refused), and all findings that are
    /// worse than notes, in the order of the file.
    #[track_caller]
    pub(crate) fn is(&self, counts: &str, findings: &[&str]) -> &Self {
        assert_eq!((self.counts().as_str(), self.found(Severity::Warning)), (counts, owned(findings)), "{:#?}", self.findings);
        self
    }

    /// The notes alone.
    #[track_caller]
    pub(crate) fn notes(&self, notes: &[&str]) -> &Self {
        let found: Vec<String> = self.findings.iter().filter(|f| f.severity == Severity::Info).map(said).collect();
        assert_eq!(found, owned(notes));
        self
    }

    pub(crate) fn found(&self, at_least: Severity) -> Vec<String> {
        self.findings.iter().filter(|f| f.severity >= at_least).map(said).collect()
    }

    #[track_caller]
    pub(crate) fn finding(&self, code: &str) -> &Finding {
        self.findings.iter().find(|f| f.code.name() == code).unwrap_or_else(|| panic!("no {code}: {:#?}", self.findings))
    }

    pub(crate) fn counts(&self) -> String {
        let mut parts = Vec::new();
        for (kind, t) in self.sync.counts.iter() {
            let all = [('+', t.created), ('~', t.updated), ('=', t.unchanged), ('-', t.disabled), ('!', t.errors)];
            let of: Vec<String> = all.iter().filter(|a| a.1 > 0).map(|(sign, n)| format!("{sign}{n}")).collect();
            if !of.is_empty() {
                parts.push(format!("{kind} {}", of.join(" ")));
            }
        }
        parts.join(", ")
    }
}

fn owned(all: &[&str]) -> Vec<String> {
    all.iter().map(|s| (*s).to_owned()).collect()
}
