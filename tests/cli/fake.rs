//! A desk that knows one small story by heart: what is printed can be tested without a database.

use homeroom::cli::{self, Answer, Env, Exit};
use homeroom::desk::{
    CellView, Check, Event, FieldView, Found, HistoryLine, Hit, HitWhat, Import, Named, Output, Page, PersonDetail, PersonRow,
    ProfileColumn, ProfileInfo, Ran, Recognised, Reply, Request, RowView, SyncDetail, Trouble, TroubleSort, Verified,
};
use homeroom::ledger::{
    Action, Actor, Cause, Code, Counts, FieldChange, Finding, HoldNote, Mode, Outcome, ReadAs, Severity, Since, Sync, SyncKind, SyncNo,
    SyncStatus, Tally, Timestamp,
};
use homeroom::roster::{Family, FeedNo, Kind, Person, PersonNo, Role, Status};

/// Noon, 22 November 2026, UTC.
pub(crate) const NOON: Timestamp = Timestamp(1_795_348_800_000_000);

/// Runs a command line against the fake desk: exit code, standard output, standard error.
pub(crate) fn run(args: &[&str]) -> (u8, String, String) {
    run_at(args, None, "")
}

/// The same on a terminal of that many columns, with something on standard input.
pub(crate) fn run_at(args: &[&str], columns: Option<usize>, stdin: &'static str) -> (u8, String, String) {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().to_owned();
    let env = Env {
        var: Box::new(move |name| (name == "HOME").then(|| home.clone().into_os_string())),
        cwd: dir.path().to_owned(),
        user: "ana".into(),
        host: "library".into(),
        now: || NOON,
        zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(-5)),
        columns,
        stderr_is_terminal: false,
        read_hidden: None,
        stdin: Box::new(stdin.as_bytes()),
        open_desk: |_| Ok(Box::new(answer) as Box<Answer>),
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = ["homeroom"].iter().chain(args).map(Into::into);
    let exit: Exit = cli::main(args, env, &mut out, &mut err);
    (exit.code(), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn answer(request: Request, on_event: &mut dyn FnMut(Event) -> bool) -> Reply {
    on_event(Event::Notice("tidied\x1b[2J up".into()));
    match request {
        Request::Recognise { path } => Reply::Recognised(Recognised {
            file: path.clone(),
            size: 1,
            encoding: "utf-8".into(),
            delimiter: "comma".into(),
            header: vec![],
            profiles: vec![],
            profile: if path.contains("school") { Some("schools".into()) } else { Some("echalk-users".into()) },
            sample: vec![],
            findings: vec![],
        }),
        Request::Import(import) => imported(&import),
        Request::ImportSet(imports) => {
            let mut set = Vec::new();
            for import in &imports {
                match imported(import) {
                    Reply::Ran(ran) => set.push(*ran),
                    other => return other,
                }
            }
            Reply::RanSet(set)
        }
        Request::Sync(SyncNo(13)) => {
            let mut detail = detail("clean.csv");
            (detail.sync.number, detail.sync.status, detail.sync.errors) = (SyncNo(13), SyncStatus::Completed, 0);
            Reply::Sync(Box::new(detail))
        }
        Request::Sync(SyncNo(12)) | Request::Abandon { sync: SyncNo(12), .. } => Reply::Sync(Box::new(detail("users.csv"))),
        Request::Sync(n) => Reply::Trouble(Trouble::new(TroubleSort::Usage, format!("There is no sync {n}"), "homeroom syncs lists them.")),
        Request::Syncs { window, .. } => {
            let rows = if window.first == 0 { vec![detail("users.csv").sync] } else { vec![] };
            Reply::Syncs(Page { first: window.first, total: 1, unfiltered: 1, rows })
        }
        Request::Findings { query, window, .. } => {
            let all: Vec<Finding> = findings().into_iter().filter(|f| query.severity.is_none_or(|s| f.severity == s)).collect();
            let rows = all.iter().skip(window.first as usize).take(window.count as usize).cloned().collect();
            Reply::Findings(Page { first: window.first, total: all.len() as u64, unfiltered: 2, rows })
        }
        Request::Row { .. } => Reply::Row(Box::new(row(None))),
        Request::CheckRow { cells, .. } | Request::Fix { cells, .. } => Reply::Row(Box::new(row(Some(&cells)))),
        Request::Rerun { .. } | Request::Apply { .. } => Reply::Ran(Box::new(Ran { detail: detail("users.csv"), left: vec![] })),
        Request::Undo { sync, .. } => {
            let mut detail = detail("users.csv");
            detail.sync.kind = SyncKind::Undo { of: sync };
            detail.sync.status = SyncStatus::Completed;
            Reply::Ran(Box::new(Ran { detail, left: vec![findings().remove(0)] }))
        }
        Request::Shares(_) => Reply::Shares(Vec::new()),
        Request::Find { .. } => Reply::Found(Found {
            total: 3,
            hits: vec![
                Hit {
                    what: HitWhat::Person(PersonNo(17)),
                    title: "García, María".into(),
                    about: "teacher 0012".into(),
                    matched: vec![0],
                    matched_about: vec![],
                },
                Hit {
                    what: HitWhat::Refused { sync: SyncNo(12), record: 36 },
                    title: "Diaz, Ana".into(),
                    about: "refused".into(),
                    matched: vec![],
                    matched_about: vec![],
                },
            ],
            micros: 3,
        }),
        Request::Resolve(text) => Reply::Resolved(match text.as_str() {
            "0012" => vec![named("staff:0012", 17), named("student:0012", 18)],
            "staff:0012" => vec![named("staff:0012", 17)],
            _ => vec![],
        }),
        Request::Person(_) | Request::EditPerson { .. } => Reply::Person(Box::new(person())),
        Request::People { query, window } => {
            let rows = if window.first == 0 && query.family != Some(Family::Guardians) { vec![person().row] } else { vec![] };
            Reply::People(Page { first: window.first, total: rows.len() as u64, unfiltered: 1, rows })
        }
        Request::Report { .. } | Request::Export { .. } => {
            Reply::Output(Output { file_name: "out.csv".into(), bytes: b"a,b\n1,2\n".to_vec(), lines: 1, note: "A note.".into() })
        }
        Request::Template(_) => Reply::Output(Output {
            file_name: "template.csv".into(),
            bytes: b"first_name,\"status, now\"\n".to_vec(),
            lines: 0,
            note: String::new(),
        }),
        Request::Profiles => Reply::Profiles(vec![profile("echalk-users", Kind::Students), profile("schools", Kind::Orgs)]),
        Request::Verify { deep } => Reply::Verified(Verified {
            read: vec![("blocks".into(), 3)],
            damage: if deep { vec!["block 2: wrong checksum".into()] } else { vec![] },
            totals: vec![(Kind::Staff, 1)],
        }),
        Request::Doctor => Reply::Doctor(vec![Check { what: "space".into(), well: false, text: "12 MB left".into() }]),
        other => Reply::Trouble(Trouble::new(TroubleSort::Internal, format!("not in the story: {other:?}"), "")),
    }
}

fn imported(import: &Import) -> Reply {
    let name = import.path.rsplit('/').next().unwrap_or_default();
    let mut detail = detail(name);
    let sync = &mut detail.sync;
    sync.dry_run = import.dry_run;
    match name {
        "held.csv" => {
            sync.status = SyncStatus::Held;
            sync.hold = Some(HoldNote {
                codes: vec!["SAF-501".into()],
                removals_only: false,
                removals: 0,
                without_removals: false,
                reason: None,
                by: None,
            });
        }
        "failed.csv" => sync.status = SyncStatus::Failed,
        "cancelled.csv" => sync.status = SyncStatus::Cancelled,
        "locked.csv" => return Reply::Trouble(Trouble::new(TroubleSort::Store, "The database is in use by ben", "Wait: --wait 5m.")),
        "strange.csv" => return Reply::Trouble(Trouble::new(TroubleSort::Usage, "There is no such profile", "")),
        "schools.csv" | "clean.csv" => (sync.status, sync.rows_with_errors) = (SyncStatus::Completed, 0),
        _ if import.dry_run => sync.status = SyncStatus::DryRun,
        _ => {}
    }
    Reply::Ran(Box::new(Ran { detail, left: vec![] }))
}

fn detail(file: &str) -> SyncDetail {
    let mut counts = Counts::default();
    *counts.of_mut(Kind::Staff) = Tally { created: 120, updated: 0, unchanged: 0, disabled: 0, errors: 3 };
    let sync = Sync {
        number: SyncNo(12),
        kind: SyncKind::Import,
        status: SyncStatus::CompletedWithErrors,
        dry_run: false,
        upload: None,
        file: file.into(),
        profile: "echalk-users".into(),
        feed: FeedNo(1),
        feed_name: "echalk-users".into(),
        mode: Mode::Partial,
        org: None,
        set: None,
        map: None,
        read_as: ReadAs::default(),
        started: NOON,
        ended: Some(Timestamp(NOON.0 + 21_000)),
        by: Actor("ana".into()),
        rows: 1000,
        rows_with_errors: 21,
        counts,
        errors: 23,
        warnings: 4,
        infos: 1,
        hold: None,
        plan: None,
        applied_at: Some(1),
        undone_by: None,
        note: None,
    };
    let cause = Cause {
        number: 3,
        code: Code::VAL_201,
        severity: Severity::Error,
        column: Some("email".into()),
        value: None,
        title: "email is empty".into(),
        rows: 14,
        clears: 12,
        parent: None,
        since: Since::Syncs(3),
        first_line: Some(37),
    };
    SyncDetail {
        sync,
        upload: None,
        causes: vec![cause],
        file_findings: vec![],
        reruns: vec![],
        pending_corrections: 0,
        pending_rows: 0,
        by_school: vec![],
        attached: vec![],
    }
}

fn findings() -> Vec<Finding> {
    let mut error = Finding::at_line(Code::VAL_201, 37).in_column("email").with_value("maria at\x1b[2J k12");
    (error.record, error.row, error.key, error.cause) = (Some(36), Some(37), Some("10000252".into()), 3);
    let note = Finding::of_file(Code::VAL_201).as_bad_as(Severity::Info);
    vec![error, note]
}

fn row(cells: Option<&[(String, String)]>) -> RowView {
    let cell = |column: &str, original: &str, secret: bool| {
        let new = cells.and_then(|c| c.iter().find(|(name, _)| name == column)).map(|(_, value)| value.clone());
        CellView {
            column: column.into(),
            header: column.into(),
            original: original.into(),
            corrected: new.is_some(),
            value: new.unwrap_or_else(|| original.into()),
            known: true,
            required: true,
            ignored: false,
            accept: vec![],
            rule: String::new(),
            meaning: None,
            suggestion: None,
            secret,
            note: None,
        }
    };
    RowView {
        sync: SyncNo(12),
        record: 36,
        line: 37,
        row: 37,
        key: Some("10000252".into()),
        cells: vec![cell("first_name", "María\u{202e}", false), cell("email", "", false), cell("password", "S3cret", true)],
        findings: if cells.is_some() { vec![] } else { vec![findings().remove(0)] },
        outcome: Some(Outcome { action: Action::Refused, warned: false }),
        on_roster: None,
        changes: vec![],
        place: (0, 0),
    }
}

fn named(reference: &str, number: u32) -> Named {
    Named { what: HitWhat::Person(PersonNo(number)), reference: reference.into(), title: "García, María".into() }
}

fn person() -> PersonDetail {
    PersonDetail {
        row: PersonRow {
            number: PersonNo(17),
            name: "García, María".into(),
            role: Role::Teacher,
            sourced_id: "0012".into(),
            email: String::new(),
            school: "Lincoln High".into(),
            grade: String::new(),
            status: Status::Active,
        },
        person: Person::new(Role::Teacher),
        fields: vec![FieldView {
            field: "last_name".into(),
            value: "García".into(),
            sync: Some(SyncNo(12)),
            line: 88,
            at: NOON,
            by: "ana".into(),
            file: "users.csv".into(),
        }],
        history: vec![HistoryLine {
            position: 1,
            sync: Some(SyncNo(12)),
            feed: "echalk-users".into(),
            at: NOON,
            by: "ana".into(),
            line: 88,
            action: "updated".into(),
            changes: vec![FieldChange { field: "last_name".into(), before: String::new(), after: "García".into() }],
            file: "users.csv".into(),
            corrected: vec!["last_name".into()],
        }],
        feeds: vec!["echalk-users".into()],
        classes: Vec::new(),
        links: Vec::new(),
    }
}

fn profile(name: &str, kind: Kind) -> ProfileInfo {
    let column = |name: &str| ProfileColumn {
        name: name.into(),
        need: "required".into(),
        rule: "text".into(),
        accept: vec!["Active".into(), "Disabled".into()],
        default: Some("Active".into()),
        about: "given".into(),
    };
    ProfileInfo {
        name: name.into(),
        title: "A title".into(),
        about: "given".into(),
        origin: "built in".into(),
        kind,
        import_type: "Users".into(),
        one_school: false,
        modes: vec![Mode::Partial],
        columns: vec![column("first_name"), column("status, now")],
        rules: vec!["IDs are unique.".into()],
    }
}
