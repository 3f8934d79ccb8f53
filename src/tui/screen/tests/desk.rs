//! A desk for tests of screens: an invented district, a few syncs, rows that can be mended and run again.

use std::collections::BTreeMap;

use crate::desk::Page;
use crate::desk::*;
use crate::ledger::*;
use crate::roster::*;

/// Midnight of 2026-11-22 UTC, in microseconds.
const DAY: i64 = 1_795_305_600_000_000;
const HOUR: i64 = 3_600_000_000;

/// What is known, and what was mended.
#[derive(Default)]
pub(super) struct Fake {
    /// Corrections: record and column to value.
    pub(super) fixed: BTreeMap<(u32, String), String>,
    /// Whether #48 was run again.
    pub(super) rerun: bool,
    /// Whether the rows claim the same ID.
    pub(super) clash: bool,
    /// Whether nothing was ever imported.
    pub(super) empty: bool,
    /// Whether the dry run #47 was applied, or abandoned.
    pub(super) waiting: Option<SyncStatus>,
    /// Fields of the person that were edited.
    pub(super) edited: BTreeMap<String, String>,
    /// People who were given an ID.
    pub(super) given: BTreeMap<u32, String>,
    /// Fields of records that were edited: [`Request::Edit`].
    pub(super) records: BTreeMap<String, String>,
    /// Edits of many people: who got which status, by position; and those that were put back.
    pub(super) bulk: Vec<(Vec<PersonNo>, String)>,
    /// What was mended at one stroke.
    pub(super) steps: super::mending::Steps,
    /// Feeds, mappings, sets and holds.
    pub(super) offered: super::offered::Offered,
}

fn code() -> Code {
    Code::from_name("VAL-201").unwrap()
}

pub(super) fn at(day: i64, hour: i64) -> Timestamp {
    Timestamp(DAY + day * 24 * HOUR + hour * HOUR)
}

/// A sync of the log.
pub(super) fn sync(number: u32, feed: &str, file: &str, status: SyncStatus, day: i64) -> Sync {
    let mut counts = Counts::default();
    *counts.of_mut(Kind::Staff) = Tally { created: 3, updated: 11, unchanged: 182, disabled: 0, errors: 4 };
    *counts.of_mut(Kind::Students) = Tally { created: 41, updated: 117, unchanged: 2101, disabled: 0, errors: 34 };
    Sync {
        number: SyncNo(number),
        kind: SyncKind::Import,
        status,
        dry_run: status == SyncStatus::DryRun,
        upload: Some(UploadHash("ab12".into())),
        file: file.into(),
        profile: "echalk-users".into(),
        feed: FeedNo(1),
        feed_name: feed.into(),
        mode: Mode::Partial,
        org: None,
        set: None,
        map: None,
        read_as: ReadAs::default(),
        started: at(day, 2),
        ended: Some(Timestamp(at(day, 2).0 + 300_000)),
        by: Actor("cron".into()),
        rows: 2491,
        rows_with_errors: 38,
        counts,
        errors: 40,
        warnings: 7,
        infos: 0,
        hold: None,
        plan: None,
        applied_at: status.is_applied().then_some(u64::from(number)),
        undone_by: None,
        note: None,
    }
}

#[expect(clippy::too_many_arguments, reason = "a line of a table")]
fn cause(
    number: u32,
    title: &str,
    column: Option<&str>,
    rows: u64,
    clears: u64,
    severity: Severity,
    parent: Option<u32>,
    since: Since,
) -> Cause {
    let column = column.map(str::to_owned);
    Cause { number, code: code(), severity, column, value: None, title: title.into(), rows, clears, parent, since, first_line: Some(12) }
}

/// The people of the roster: given name, family name, role, ID, school.
const PEOPLE: &[(&str, &str, Role, &str, &str)] = &[
    ("María", "García", Role::Teacher, "10008421", "Lincoln High; Adams Middle"),
    ("Marisol", "Garza", Role::Staff, "10000377", "Lincoln USD"),
    ("Dana", "O'Brien", Role::SchoolAdmin, "10000012", "Lincoln High"),
    ("Zoë", "Nguyen", Role::Teacher, "10007730", "Grant Elementary"),
    ("Ren", "Ito", Role::Teacher, "", "Grant Elementary"),
    ("María", "García-López", Role::Student, "20031177", "Grant Elementary"),
    ("Mario", "Garcia", Role::Student, "20019840", "Adams Middle"),
    ("Ana", "Diaz", Role::Student, "20019841", "Adams Middle"),
    ("Kai", "Tanaka", Role::Student, "", "Adams Middle"),
];

pub(super) fn person_row(n: usize) -> PersonRow {
    let (given, family, role, id, school) = PEOPLE[n];
    let email = format!("{}@lincoln.example", given.to_lowercase());
    let grade = if role == Role::Student { "07" } else { "" };
    let status = if n == 3 { Status::Disabled } else { Status::Active };
    PersonRow {
        number: PersonNo(n as u32),
        name: format!("{family}, {given}"),
        role,
        sourced_id: id.into(),
        email,
        school: school.into(),
        grade: grade.into(),
        status,
    }
}

fn org(n: u32) -> SchoolRow {
    let (id, name, kind, staff, students, errors) = [
        ("LUSD", "Lincoln USD", OrgKind::District, 3, 0, 0),
        ("104521", "Lincoln High", OrgKind::School, 88, 1203, 23),
        ("104112", "Adams Middle", OrgKind::School, 41, 612, 2),
        ("104300", "Grant Elementary", OrgKind::School, 29, 480, 0),
    ][n as usize];
    SchoolRow {
        number: OrgNo(n),
        org: Org { external_id: id.into(), name: name.into(), kind, parent: (n > 0).then_some(OrgNo(0)), ..Org::default() },
        staff,
        students,
        classes: u64::from(n == 1) * 2,
        open_errors: errors,
        last: (n == 1).then(|| sync(48, "SIS nightly", "users-2026-11-22.csv", SyncStatus::CompletedWithErrors, 0)),
    }
}

pub(super) fn page<T>(all: Vec<T>, unfiltered: usize, window: Window) -> Page<T> {
    let total = all.len() as u64;
    let first = window.first.min(total);
    let rows = all.into_iter().skip(first as usize).take(usize::try_from(window.count).unwrap_or(usize::MAX)).collect();
    Page { first, total, unfiltered: unfiltered as u64, rows }
}

impl Fake {
    /// Answers as the desk would.
    pub(super) fn answer(&mut self, request: &Request, event: &mut dyn FnMut(Event), job: JobNo) -> Reply {
        if let Some(reply) = super::beside::answer(self, request) {
            return reply;
        }
        if let Some(reply) = super::offered::answer(self, request) {
            return reply;
        }
        if let Request::Careful { change, .. } = request {
            return self.answer(&change.clone().into(), event, job);
        }
        if let Some(reply) = super::mending::answer(self, request) {
            return reply;
        }
        if let Request::Listed(listed) = request {
            return super::lists::answer(listed, &mut |list| self.answer(list, event, job));
        }
        match request {
            Request::EditPeople { people, fields, dry_run } => super::lists::edited(self, people, fields, *dry_run),
            Request::UndoEdit { position } => super::lists::put_back(self, *position),
            Request::Overview => Reply::Overview(self.overview()),
            Request::Syncs { window, filter, org, of } => {
                let mut all = match org {
                    _ if self.empty => Vec::new(),
                    Some(id) => super::district::uploads(id),
                    None => self.syncs(),
                };
                all.retain(|s| super::district::is_of(s, of));
                let unfiltered = all.len();
                Reply::Syncs(page(
                    all.into_iter().filter(|s| s.file.contains(filter.as_str()) || s.feed_name == *filter).collect(),
                    unfiltered,
                    *window,
                ))
            }
            Request::Sync(number) => self.detail(*number).map_or_else(|| no(&number.to_string()), |d| Reply::Sync(Box::new(d))),
            Request::Findings { query, window, .. } => {
                let all: Vec<Finding> = (0..3).flat_map(|n| self.row(n).findings).collect();
                let all: Vec<Finding> = all
                    .into_iter()
                    .filter(|f| f.key.as_deref().unwrap_or_default().contains(&query.filter) || f.message().contains(&query.filter))
                    .collect();
                Reply::Findings(page(all, 3, *window))
            }
            Request::Rows { window, filter, .. } => {
                let all: Vec<RowView> =
                    (0..3).map(|n| self.row(n)).filter(|r| r.cells.iter().any(|c| c.value.contains(filter.as_str()))).collect();
                Reply::Rows(page(all, 3, *window))
            }
            Request::Row { at: RowAt::Record(record), .. } => Reply::Row(Box::new(self.row((record / 100).min(2)))),
            Request::Row { at: RowAt::Line(line), .. } => Reply::Row(Box::new(self.row((line.saturating_sub(1) / 100).min(2)))),
            Request::CheckRow { record, cells, .. } => Reply::Row(Box::new(self.checked((record / 100).min(2), cells))),
            Request::Fix { at: RowAt::Record(record), cells, .. } => {
                if cells.iter().any(|(_, v)| v == "refuse me") {
                    return Reply::Trouble(Trouble::new(TroubleSort::Refused, "the value is not allowed.", "type another"));
                }
                for (column, value) in cells {
                    self.fixed.insert((*record, column.clone()), value.clone());
                }
                Reply::Row(Box::new(self.row(record / 100)))
            }
            Request::Snoozed => Reply::Snoozed(Vec::new()),
            Request::Clash { .. } => Reply::Clash(Box::new(Clash {
                rows: vec![self.row(0), self.row(1)],
                at: 0,
                columns: vec!["custom_id".into()],
                on_roster: Vec::new(),
            })),
            Request::Gone(_) => Reply::Gone(Vec::new()),
            Request::Triage => Reply::Triage(self.open_causes()),
            Request::Import(_) | Request::Rerun { .. } | Request::Undo { .. } | Request::Apply { .. } => {
                event(Event::Progress(Progress {
                    job,
                    sync: None,
                    title: "users.csv".into(),
                    step: "checking".into(),
                    done: 1200,
                    total: 2491,
                    rate: 4000.0,
                    left: Some(0.3),
                }));
                self.ran(request)
            }
            Request::Abandon { sync: number, .. } => {
                self.waiting = Some(SyncStatus::Abandoned);
                self.detail(*number).map_or_else(|| no("it"), |d| Reply::Sync(Box::new(d)))
            }
            Request::Plan { window, .. } => Reply::Plan(page(plan(), 2, *window)),
            Request::Schools { filter, window, .. } => {
                let all: Vec<SchoolRow> = if self.empty { Vec::new() } else { (0..4).map(org).collect() };
                Reply::Schools(page(
                    all.into_iter().filter(|s| s.org.name.to_lowercase().contains(&filter.to_lowercase())).collect(),
                    4,
                    *window,
                ))
            }
            Request::School(n) => Reply::School(Box::new(SchoolDetail {
                row: org(n.0),
                parent: (n.0 > 0).then(|| "Lincoln USD".into()),
                parent_id: (n.0 > 0).then(|| "S0".into()),
                history: vec![Self::history(1, "created", Vec::new())],
            })),
            Request::People { query, window } => Reply::People(self.people(query, *window)),
            Request::Person(n) => Reply::Person(Box::new(self.person(n.0))),
            Request::EditPerson { person, fields } => {
                if let Some((field, _)) = fields.iter().find(|(_, v)| v == "nonsense") {
                    return Reply::Trouble(Trouble::new(
                        TroubleSort::Refused,
                        format!("{field} cannot be \"nonsense\""),
                        "it is one of active, disabled",
                    ));
                }
                self.given.extend(fields.iter().filter(|(f, _)| f == "sourced_id").map(|(_, id)| (person.0, id.clone())));
                self.edited.extend(fields.iter().cloned());
                Reply::Person(Box::new(self.person(person.0)))
            }
            Request::Resolve(_) => Reply::Resolved(vec![Named {
                what: HitWhat::Org(OrgNo(2)),
                reference: "school:104112".into(),
                title: "Adams Middle".into(),
            }]),
            Request::Add { what, fields } => super::district::added(*what, fields),
            Request::Edit { fields, .. } => self.edit_record(fields),
            Request::Fields(entity) => Reply::Fields(self.record_fields(*entity)),
            Request::Classes { org, filter, window } => {
                let all = super::district::classes(*org);
                let unfiltered = all.len();
                Reply::Classes(page(all.into_iter().filter(|c| c.class.title.contains(filter.as_str())).collect(), unfiltered, *window))
            }
            Request::Class(n) => Reply::Class(Box::new(super::district::class(n.0))),
            Request::Profiles => Reply::Profiles(profiles()),
            Request::Recognise { path } => recognised(path),
            Request::Report { sync, .. } => {
                Reply::Output(Output { file_name: format!("sync-{}.csv", sync.0), bytes: b"a\n".to_vec(), lines: 1, note: String::new() })
            }
            _ => Reply::Done,
        }
    }

    fn overview(&self) -> Overview {
        if self.empty {
            return Overview { title: "Lincoln USD".into(), empty: true, ..Overview::default() };
        }
        let waiting = |sort, name: &str, text: &str, number: u32| Waiting {
            sort,
            name: name.into(),
            text: text.into(),
            at: at(0, 2),
            sync: Some(SyncNo(number)),
        };
        let feed = |name: &str, last: Sync, errors: &[u64]| FeedRow { name: name.into(), last, errors: errors.to_vec() };
        Overview {
            title: "Lincoln USD".into(),
            empty: false,
            waiting: [
                waiting(WaitingSort::Held, "SIS nightly", "would disable 212 of 1,480 students (14 %)", 46),
                waiting(WaitingSort::DryRun, "Extra staff", "a dry run was neither applied nor abandoned", 47),
                waiting(WaitingSort::Flipping, "SIS nightly", "an account keeps being switched off and on", 48),
                waiting(WaitingSort::Overwritten, "Schoology users", "3 local fixes were overwritten", 45),
            ]
            .into_iter()
            .filter(|w| w.sort != WaitingSort::Flipping || self.offered.flipping)
            .chain(self.offered.missing.then(|| Waiting {
                sync: None,
                ..waiting(WaitingSort::Missing, "Extra staff", "no file came, expected daily 03:00; the last was #47, staff.csv", 0)
            }))
            .collect(),
            feeds: vec![
                feed(
                    "SIS nightly",
                    sync(48, "SIS nightly", "users-2026-11-22.csv", SyncStatus::CompletedWithErrors, 0),
                    &[1, 1, 2, 1, 1, 1, 1, 1, 1, 38],
                ),
                feed("Extra staff", sync(47, "Extra staff", "staff.csv", SyncStatus::DryRun, -2), &[2, 1, 0]),
            ],
            causes: self.open_causes(),
            snoozed: 0,
            totals: vec![(Kind::Staff, 196), (Kind::Students, 2259)],
        }
    }

    fn open_causes(&self) -> Vec<OpenCause> {
        if self.rerun || self.empty {
            return Vec::new();
        }
        let fixed = self.fixed.keys().map(|(record, _)| record).collect::<std::collections::BTreeSet<_>>().len() as u64;
        causes()
            .into_iter()
            .filter(|c| c.parent.is_none() && c.severity == Severity::Error)
            .map(|cause| OpenCause {
                sync: SyncNo(48),
                feed: "SIS nightly".into(),
                file: "users-2026-11-22.csv".into(),
                corrected: if cause.number == 3 { fixed } else { 0 },
                about: CauseAbout { cause: cause.number, ..CauseAbout::default() },
                cause,
            })
            .collect()
    }

    fn syncs(&self) -> Vec<Sync> {
        let mut all: Vec<Sync> = [49, 48, 47, 46, 45].into_iter().filter_map(|n| self.detail(SyncNo(n))).map(|d| d.sync).collect();
        all.retain(|s| s.number != SyncNo(49) || self.rerun);
        all
    }

    pub(super) fn detail(&self, number: SyncNo) -> Option<SyncDetail> {
        let mut detail = SyncDetail {
            sync: sync(48, "SIS nightly", "users-2026-11-22.csv", SyncStatus::CompletedWithErrors, 0),
            upload: Some(Upload {
                hash: UploadHash("ab12".into()),
                name: "users-2026-11-22.csv".into(),
                size: 412_331,
                at: at(0, 2),
                by: Actor("cron".into()),
                header: vec!["first_name".into()],
                encoding: "utf-8".into(),
                delimiter: ',',
                kept: true,
            }),
            causes: causes(),
            file_findings: Vec::new(),
            reruns: if self.rerun { vec![SyncNo(49)] } else { Vec::new() },
            pending_corrections: if self.rerun { 0 } else { self.fixed.len() as u64 },
            pending_rows: if self.rerun { 0 } else { self.fixed.len() as u64 },
            about: Vec::new(),
            by_school: vec![
                share("Grant Elementary", 41, 60, 0, 480),
                share("Lincoln High", 22, 38, 3, 1203),
                share("Adams Middle", 1, 2, 0, 612),
            ],
            attached: Vec::new(),
        };
        match number.0 {
            48 => {}
            49 => {
                let mut counts = Counts::default();
                *counts.of_mut(Kind::Students) = Tally { created: 14, ..Tally::default() };
                detail.sync = Sync {
                    kind: SyncKind::Rerun { of: SyncNo(48), all: false },
                    counts,
                    rows_with_errors: 24,
                    ..sync(49, "SIS nightly", "users-2026-11-22.csv", SyncStatus::CompletedWithErrors, 0)
                };
                detail.causes.retain(|c| c.number != 3);
                detail.reruns.clear();
            }
            44 => {
                detail.sync = sync(44, "OneRoster", "everything.zip", SyncStatus::CompletedWithErrors, 0);
                for (n, kind) in Kind::ALL.iter().enumerate() {
                    *detail.sync.counts.of_mut(*kind) = Tally { created: n as u64 + 1, unchanged: 1200, ..Tally::default() };
                }
            }
            47 => {
                detail.sync = sync(47, "Extra staff", "staff.csv", self.waiting.unwrap_or(SyncStatus::DryRun), -2);
                detail.sync.set = Some(SyncNo(46));
            }
            46 => {
                detail.sync = sync(46, "SIS nightly", "users-2026-11-21.csv", self.offered.decided.unwrap_or(SyncStatus::Held), -1);
                detail.sync.set = Some(SyncNo(46));
                detail.file_findings = vec![super::offered::held()];
                *detail.sync.counts.of_mut(Kind::Students) =
                    Tally { created: 41, updated: 117, unchanged: 1110, disabled: 212, errors: 34 };
                detail.by_school[0] = share("Grant Elementary", 1, 2, 210, 480);
                detail.by_school[2] = share("Adams Middle", 0, 0, 2, 612);
                detail.sync.hold = Some(HoldNote {
                    codes: vec!["SAF-501".into()],
                    removals_only: !self.offered.whole,
                    removals: 212,
                    without_removals: false,
                    reason: None,
                    by: None,
                });
            }
            45 => {
                detail.sync = sync(45, "Schoology users", "schoology\u{200b}\u{1b}[31m.csv", SyncStatus::Completed, -100);
                detail.sync.profile = "schools".into();
            }
            _ => return None,
        }
        Some(detail)
    }

    fn ran(&mut self, request: &Request) -> Reply {
        let dry = matches!(request, Request::Rerun { dry_run: true, .. } | Request::Undo { dry_run: true, .. });
        let number = match request {
            Request::Rerun { .. } => {
                self.rerun |= !dry;
                49
            }
            Request::Apply { .. } => {
                self.waiting = Some(SyncStatus::Completed);
                47
            }
            Request::Import(_) => 47,
            _ => 48,
        };
        match self.detail(SyncNo(number)) {
            Some(detail) => Reply::Ran(Box::new(Ran { detail, left: Vec::new() })),
            None => no("that sync"),
        }
    }

    /// Row `n` of three; each lacks a last name until it is mended.
    fn row(&self, n: u32) -> RowView {
        self.checked(n, &[])
    }

    fn checked(&self, n: u32, typed: &[(String, String)]) -> RowView {
        let record = n * 100 + 3;
        let value = |column: &str, original: &str| {
            let typed = typed.iter().find(|(c, _)| c == column).map(|(_, v)| v.clone());
            typed.or_else(|| self.fixed.get(&(record, column.to_owned())).cloned()).unwrap_or_else(|| original.to_owned())
        };
        let cell = |column: &str, original: &str| CellView {
            column: column.into(),
            header: column.into(),
            original: original.into(),
            value: value(column, original),
            corrected: self.fixed.contains_key(&(record, column.to_owned())),
            known: true,
            required: matches!(column, "first_name" | "last_name" | "user_type"),
            ignored: false,
            accept: Vec::new(),
            rule: "Text, at most 64 characters.".into(),
            meaning: None,
            suggestion: None,
            near: Vec::new(),
            makes: None,
            secret: false,
            note: None,
        };
        let names = ["María", "Zoë\u{200b}", "Ana"];
        let emails = ["maria.obrien@lincoln.example", "zoe@lincoln.example", "ana@lincoln.example"];
        let cells = vec![
            cell("first_name", names[n as usize]),
            cell("middle_name", ""),
            CellView { suggestion: Some(["O'Brien", "Nguyen", "Diaz"][n as usize].into()), ..cell("last_name", "") },
            cell("email", emails[n as usize]),
            cell("custom_id", &format!("1000842{n}")),
            CellView { meaning: Some("Lincoln High".into()), ..cell("school_district_external_id", "104521") },
            CellView {
                accept: vec!["Teacher".into(), "Staff".into(), "Administrator".into(), "Student".into()],
                ..cell("user_type", "Teacher")
            },
            cell("position", "Reading\u{a0}Specialist"),
            CellView { ignored: true, ..cell("grade", "") },
            cell("status", "Active"),
        ];
        let finding = Finding {
            record: Some(record),
            line: Some(record + 2),
            row: Some(record + 1),
            key: Some(format!("1000842{n}")),
            cause: 3,
            value: Some(String::new()),
            ..Finding::of_file(if self.clash { Code::DUP_401 } else { code() }).in_column("last_name")
        };
        let wrong = cells.iter().any(|c| c.column == "last_name" && c.value.is_empty());
        RowView {
            sync: SyncNo(48),
            record,
            line: record + 2,
            row: record + 1,
            key: Some(format!("1000842{n}")),
            findings: if wrong { vec![finding] } else { Vec::new() },
            outcome: Some(Outcome { action: Action::Refused, warned: false }),
            on_roster: (n == 0).then(|| Named {
                what: HitWhat::Person(PersonNo(0)),
                reference: "staff:10008420".into(),
                title: "María O'Brien, mobrien@lincoln.example since #12 (Sep 3)".into(),
            }),
            changes: vec![FieldChange { field: "email".into(), before: "mobrien@lincoln.example".into(), after: cells[3].value.clone() }],
            cells,
            decided: None,
            place: (u64::from(n) + 1, 3),
        }
    }

    fn people(&self, query: &PeopleQuery, window: Window) -> Page<PersonRow> {
        let all: Vec<PersonRow> = if self.empty { Vec::new() } else { (0..PEOPLE.len()).map(person_row).collect() };
        let mut all: Vec<PersonRow> = all.into_iter().filter(|p| query.family.is_none_or(|f| p.role.family() == f)).collect();
        all.retain(|p| {
            let no_id = p.sourced_id.is_empty() && !self.given.contains_key(&p.number.0);
            let at = query.org.is_none_or(|o| p.school.contains(&org(o.0).org.name));
            at && (!query.without_id || no_id) && query.role.is_none_or(|r| p.role == r) && query.status.is_none_or(|s| p.status == s)
        });
        let unfiltered = all.len();
        if query.reverse {
            all.reverse();
        }
        let words: Vec<String> = query.filter.to_lowercase().split_whitespace().map(str::to_owned).collect();
        page(all.into_iter().filter(|p| words.iter().all(|w| p.name.to_lowercase().contains(w))).collect(), unfiltered, window)
    }

    fn person(&self, n: u32) -> PersonDetail {
        let mut row = person_row(n as usize);
        let mut person = Person::new(row.role);
        person.set_text(Text::SourcedId, row.sourced_id.clone());
        let mut fields = Vec::new();
        for (n, (field, value)) in [
            ("first_name", PEOPLE[n as usize].0),
            ("last_name", PEOPLE[n as usize].1),
            ("sourced_id", row.sourced_id.as_str()),
            ("role", row.role.name()),
            ("status", row.status.name()),
            ("orgs", "104521"),
            ("email", row.email.as_str()),
            ("phone", ""),
        ]
        .into_iter()
        .enumerate()
        {
            let value = self.edited.get(field).map_or(value, String::as_str).to_owned();
            if let Some(text) = Text::from_name(field) {
                person.set_text(text, value.clone());
            }
            let by_hand = field == "email";
            let (sync, line) = if by_hand { (None, 0) } else { (Some(SyncNo(48)), 1204 + n as u32) };
            let (when, by) = if by_hand { (at(-1, 9), "maria") } else { (at(0, 2), "cron") };
            fields.push(FieldView {
                field: field.into(),
                value,
                sync,
                line,
                at: when,
                by: by.into(),
                file: if sync.is_some() { "users-2026-11-22.csv".into() } else { String::new() },
            });
        }
        if let Some(email) = self.edited.get("email") {
            row.email.clone_from(email);
        }
        let change =
            |field: &str, before: &str, after: &str| FieldChange { field: field.into(), before: before.into(), after: after.into() };
        PersonDetail {
            row,
            person,
            fields,
            history: vec![
                Self::history(
                    48,
                    "updated",
                    vec![change("email", "mg@lincoln.example", "maria@lincoln.example"), change("phone", "5550100", "")],
                ),
                Self::history(12, "created", Vec::new()),
            ],
            feeds: vec!["SIS nightly".into()],
            classes: super::district::classes_of(n),
            links: super::district::links_of(n),
        }
    }

    pub(super) fn history(number: u32, action: &str, changes: Vec<FieldChange>) -> HistoryLine {
        HistoryLine {
            position: u64::from(number),
            sync: Some(SyncNo(number)),
            feed: "SIS nightly".into(),
            at: at(if number == 48 { 0 } else { -80 }, 2),
            by: "cron".into(),
            line: 1204,
            action: action.into(),
            changes,
            file: "users-2026-11-22.csv".into(),
            corrected: Vec::new(),
        }
    }
}

fn no(what: &str) -> Reply {
    Reply::Trouble(Trouble::new(TroubleSort::Usage, format!("there is no {what}"), "4 lists the syncs"))
}

fn share(name: &str, created: u64, updated: u64, disabled: u64, people: u64) -> SchoolShare {
    let kind = |kind, gained, changed, lost, has| {
        KindShare { kind, gained, changed, lost, has, small: false, alarm: false }.weighed(HoldLimits::default())
    };
    SchoolShare {
        org: Some(OrgNo(1)),
        name: name.into(),
        tally: Tally { created, updated, unchanged: 9, disabled, errors: 0 },
        people,
        kinds: vec![
            kind(Kind::Staff, 0, 1, 2, 5),
            kind(Kind::Students, created, updated, disabled, people),
            kind(Kind::Classes, 2, 0, 0, 31),
        ],
    }
}

fn causes() -> Vec<Cause> {
    vec![
        cause(1, "School 104512 does not exist", Some("school_district_external_id"), 23, 25, Severity::Error, None, Since::New),
        cause(2, "class depends on it", None, 2, 0, Severity::Error, Some(1), Since::New),
        cause(3, "last_name is empty", Some("last_name"), 14, 14, Severity::Error, None, Since::Syncs(3)),
        cause(4, "Grade \"Kinder\" is not supported", Some("grade"), 9, 9, Severity::Error, None, Since::New),
        cause(5, "Position ignored for students", Some("position"), 7, 0, Severity::Warning, None, Since::Syncs(36)),
    ]
}

fn plan() -> Vec<PlanLine> {
    let change = |field: &str, before: &str, after: &str| FieldChange { field: field.into(), before: before.into(), after: after.into() };
    vec![
        PlanLine {
            kind: Kind::Staff,
            action: "created".into(),
            key: "10009001".into(),
            name: "Okafor, Ife".into(),
            line: 12,
            changes: vec![change("first_name", "", "Ife"), change("last_name", "", "Okafor")],
        },
        PlanLine {
            kind: Kind::Students,
            action: "updated".into(),
            key: "20019841".into(),
            name: "Diaz, Ana".into(),
            line: 40,
            changes: vec![change("grade", "06", "07")],
        },
    ]
}

pub(super) fn profiles() -> Vec<ProfileInfo> {
    let column = |name: &str, need: &str, rule: &str, accept: &[&str]| ProfileColumn {
        name: name.into(),
        need: need.into(),
        rule: rule.into(),
        accept: accept.iter().map(|a| (*a).to_owned()).collect(),
        default: None,
        about: "From the format's own page.".into(),
    };
    let profile = |name: &str, title: &str| ProfileInfo {
        name: name.into(),
        title: title.into(),
        about: "What this kind of file must look like.".into(),
        kind: crate::roster::Kind::Students,
        origin: "built in".into(),
        import_type: title.into(),
        one_school: false,
        modes: vec![Mode::Partial, Mode::Full],
        columns: vec![
            column("first_name", "required", "Text, at most 64 characters.", &[]),
            column("user_type", "required", "One of a list.", &["Teacher", "Staff", "Administrator", "Student"]),
            column("grade", "optional", "For students.", &["K", "1", "2"]),
        ],
        rules: vec!["A person without custom_id cannot be managed.".into()],
    };
    vec![profile("echalk-users", "eChalk users"), profile("schools", "Schools of a district")]
}

fn recognised(path: &str) -> Reply {
    let known = !path.ends_with("odd.csv");
    if path.contains("nowhere") {
        return Reply::Trouble(Trouble::new(TroubleSort::Usage, format!("{path} cannot be read: no such file"), "check the path"));
    }
    Reply::Recognised(Recognised {
        file: path.rsplit('/').next().unwrap_or_default().into(),
        size: 412_331,
        encoding: "utf-8".into(),
        delimiter: "comma".into(),
        header: ["first_name", "last_name", "email", "custom_id"].map(str::to_owned).to_vec(),
        profiles: vec![("echalk-users".into(), if known { 10 } else { 7 }, 10), ("schools".into(), 1, 4)],
        profile: known.then(|| "echalk-users".into()),
        sample: vec![
            ["María", "O'Brien", "maria@lincoln.example", "10008421"].map(str::to_owned).to_vec(),
            ["Zoë\u{200b}", "Nguyen", "zoe@lincoln.example", "10007730"].map(str::to_owned).to_vec(),
        ],
        findings: if known { Vec::new() } else { vec![Finding::at_line(code(), 1).in_column("user_type")] },
    })
}
