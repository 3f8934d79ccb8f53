//! What the invented desk answers about feeds, mappings, sets of files, removals and flips.

use super::desk::{Fake, at, page};
use crate::desk::*;
use crate::ledger::*;
use crate::roster::*;

/// What was saved, and how the desk is to answer.
#[derive(Default)]
pub(super) struct Offered {
    /// Whether the plan of #47 is another one when it is applied.
    pub(super) moved: bool,
    /// Whether an account flips.
    pub(super) flipping: bool,
    /// Whether all of #46 is held, not only its removals.
    pub(super) whole: bool,
    /// What became of the hold #46.
    pub(super) decided: Option<SyncStatus>,
    /// The mapping that was saved.
    pub(super) map: Option<Map>,
    /// The feed that was saved.
    pub(super) feed: Option<Feed>,
}

/// The answer, where it is a request about these.
pub(super) fn answer(fake: &mut Fake, request: &Request) -> Option<Reply> {
    Some(match request {
        Request::Feeds => Reply::Feeds(feeds(fake)),
        Request::PutFeed { feed, .. } if feed.folder.as_deref() == Some("/nowhere") => {
            Reply::Trouble(Trouble::new(TroubleSort::Refused, "/nowhere is no folder", "make it, or give another"))
        }
        Request::PutFeed { feed, .. } => {
            fake.offered.feed = Some(feed.clone());
            Reply::Feeds(feeds(fake))
        }
        Request::RemoveFeed(name) => Reply::Feeds(feeds(fake).into_iter().filter(|f| f.feed.name != *name).collect()),
        Request::Maps => Reply::Maps(maps(fake)),
        Request::PutMap(map) => {
            fake.offered.map = Some(map.clone());
            Reply::Maps(maps(fake))
        }
        Request::RemoveMap(_) => Reply::Maps(Vec::new()),
        Request::DraftMap { path, .. } if path.contains("nowhere") => {
            Reply::Trouble(Trouble::new(TroubleSort::Usage, format!("{path} cannot be read: no such file"), "check the path"))
        }
        Request::DraftMap { map, .. } => Reply::MapDraft(draft(map)),
        Request::Template(profile) => Reply::Output(Output {
            file_name: format!("{profile}.csv"),
            bytes: b"first_name,last_name\n".to_vec(),
            lines: 0,
            note: "the header alone".into(),
        }),
        Request::Removals { window, .. } => Reply::Removals(page(removals(), 3, *window)),
        Request::Flips => Reply::Flips(flips()),
        Request::PickUp { dry_run, .. } => Reply::RanSet(set(fake, if *dry_run { SyncStatus::DryRun } else { SyncStatus::Completed })),
        Request::Import(import) if import.path.ends_with("/users.zip") => Reply::RanSet(set(fake, SyncStatus::DryRun)),
        Request::Import(import) if import.path.ends_with("staff-only.csv") && import.confirm.is_none() => {
            let mut detail = fake.detail(SyncNo(47))?;
            detail.sync.status = SyncStatus::Failed;
            detail.file_findings = vec![Finding::of_file(Code::SAF_505).with("type", "students").with("n", 1480)];
            Reply::Ran(Box::new(Ran { detail, left: Vec::new() }))
        }
        Request::Apply { sync: SyncNo(46), .. } => {
            fake.offered.decided = Some(SyncStatus::Completed);
            Reply::Ran(Box::new(Ran { detail: fake.detail(SyncNo(46))?, left: Vec::new() }))
        }
        Request::Apply { sync: SyncNo(47), .. } if fake.offered.moved => {
            fake.offered.moved = false;
            Reply::Ran(Box::new(Ran { detail: fake.detail(SyncNo(47))?, left: vec![Finding::of_file(Code::SAF_513).with("n", 47)] }))
        }
        Request::Apply { sync: SyncNo(number @ 51..), .. } => {
            let mut detail = fake.detail(SyncNo(48))?;
            detail.sync.number = SyncNo(*number);
            detail.sync.status = SyncStatus::Completed;
            detail.sync.file = FILES[*number as usize - 51].0.into();
            Reply::Ran(Box::new(Ran { detail, left: Vec::new() }))
        }
        Request::Abandon { sync: SyncNo(46), .. } => {
            fake.offered.decided = Some(SyncStatus::Abandoned);
            Reply::Sync(Box::new(fake.detail(SyncNo(46))?))
        }
        _ => return None,
    })
}

fn feeds(fake: &Fake) -> Vec<FeedInfo> {
    if fake.empty {
        return Vec::new();
    }
    let last = |number: u32| fake.detail(SyncNo(number)).map(|d| d.sync);
    let sis = Feed {
        mode: Mode::Full,
        folder: Some("/srv/drop/sis".into()),
        approval: true,
        main: true,
        ..Feed::new("SIS nightly", "echalk-users")
    };
    let staff = Feed { org: Some("104521".into()), map: Some("staff-export".into()), ..Feed::new("Extra staff", "echalk-users") };
    let old = Feed { folder: Some("/srv/drop/old".into()), ..Feed::new("Schoology users", "schools") };
    let mut all = vec![
        FeedInfo {
            feed: sis,
            set_up: true,
            last: last(48),
            files: vec!["users-2026-11-23.csv".into(), "users-2026-11-24.csv".into()],
            problem: None,
        },
        FeedInfo { feed: staff, set_up: true, last: last(47), files: Vec::new(), problem: None },
        FeedInfo { feed: old, set_up: false, last: None, files: Vec::new(), problem: Some("The folder /srv/drop/old is not there".into()) },
    ];
    if let Some(feed) = &fake.offered.feed {
        all.retain(|f| f.feed.name != feed.name);
        all.push(FeedInfo { feed: feed.clone(), set_up: true, last: None, files: Vec::new(), problem: None });
    }
    all
}

fn maps(fake: &Fake) -> Vec<MapInfo> {
    let map = Map {
        name: "staff-export".into(),
        profile: "echalk-users".into(),
        headers: vec![("Staff First".into(), "first_name".into()), ("Staff Last".into(), "last_name".into())],
        constants: vec![("status".into(), "Active".into())],
        values: [("user_type".into(), [("TCHR".into(), "Teacher".into())].into())].into(),
        ..Map::default()
    };
    let mut all = vec![MapInfo { map, path: None, feeds: vec!["Extra staff".into()] }];
    if let Some(map) = &fake.offered.map {
        all.push(MapInfo { map: map.clone(), path: None, feeds: Vec::new() });
    }
    all
}

/// The file's headers, sample values, and the column that each may be.
const HEADERS: &[(&str, &[&str], &str)] = &[
    ("Staff First", &["María", "Zoë\u{200b}", "Ana"], "first_name"),
    ("Kind", &["TCHR", "Staff", "ADM"], "user_type"),
    ("Room", &["12", "14a"], ""),
];

fn draft(map: &Map) -> MapDraft {
    let column = |header: &str| map.headers.iter().find(|(h, _)| h == header).map(|(_, c)| c.clone());
    let line = |(header, samples, suggested): &(&str, &[&str], &str)| MapLine {
        header: (*header).into(),
        samples: samples.iter().map(|s| (*s).to_owned()).collect(),
        column: column(header),
        suggested: [*suggested].into_iter().filter(|s| !s.is_empty()).map(str::to_owned).collect(),
    };
    let has = |name: &str| map.headers.iter().any(|(_, c)| c == name) || map.constants.iter().any(|(c, _)| c == name);
    let accept = ["Teacher", "Staff", "Administrator", "Student"].map(str::to_owned).to_vec();
    let value = |value: &str, rows, suggested: &str| MapValue {
        column: "user_type".into(),
        value: value.into(),
        rows,
        taken: map.values.get("user_type").and_then(|v| v.get(value)).cloned(),
        suggested: Some(suggested.to_owned()),
        accept: accept.clone(),
    };
    MapDraft {
        headers: HEADERS.iter().map(line).collect(),
        missing: ["first_name", "user_type"].into_iter().filter(|name| !has(name)).map(str::to_owned).collect(),
        values: if has("user_type") { vec![value("TCHR", 61, "Teacher"), value("ADM", 3, "Administrator")] } else { Vec::new() },
        findings: Vec::new(),
    }
}

fn removals() -> Vec<Removal> {
    let removal = |slot: u32, key: &str, name: &str, school: &str, of_school, school_has| Removal {
        entity: PersonNo(slot).into(),
        kind: Kind::Students,
        key: key.into(),
        name: name.into(),
        school: school.into(),
        of_school,
        school_has,
    };
    vec![
        removal(5, "20031177", "García-López, María", "Grant Elementary", 210, 480),
        removal(6, "20019840", "Garcia, Mario", "Adams Middle", 2, 612),
        removal(7, "20019841", "Diaz, Ana", "Adams Middle", 2, 612),
    ]
}

fn flips() -> Vec<Flip> {
    let change = |number: u32, day: i64, before: &str, after: &str| HistoryLine {
        position: u64::from(number),
        sync: (number > 0).then_some(SyncNo(number)),
        feed: if number > 0 { "SIS nightly".into() } else { String::new() },
        at: at(day, 2),
        by: if number > 0 { "cron".into() } else { "maria".into() },
        line: if after == "active" { 1204 } else { 0 },
        action: "updated".into(),
        changes: vec![FieldChange { field: "status".into(), before: before.into(), after: after.into() }],
        file: String::new(),
        corrected: Vec::new(),
    };
    let person = super::desk::person_row(3);
    let history = vec![
        change(48, 0, "active", "disabled"),
        change(46, -1, "disabled", "active"),
        change(0, -1, "active", "disabled"),
        change(45, -2, "disabled", "active"),
    ];
    vec![Flip { person, feed: "SIS nightly".into(), times: 4, history }]
}

/// The files of a set.
const FILES: &[(&str, &str)] = &[("orgs.csv", "schools"), ("users.csv", "echalk-users"), ("classes.csv", "echalk-users")];

fn set(fake: &Fake, status: SyncStatus) -> Vec<Ran> {
    let one = |(n, (file, profile)): (usize, &(&str, &str))| {
        let mut detail = fake.detail(SyncNo(48))?;
        detail.sync = Sync { number: SyncNo(51 + n as u32), file: (*file).into(), profile: (*profile).into(), status, ..detail.sync };
        if n == 0 {
            detail.sync.rows_with_errors = 0;
            detail.causes.clear();
        }
        if n == 2 {
            detail.file_findings = vec![held()];
        }
        Some(Ran { detail, left: Vec::new() })
    };
    FILES.iter().enumerate().filter_map(one).collect()
}

/// Why #46 is held.
pub(super) fn held() -> Finding {
    Finding::of_file(Code::SAF_501).with("n", 212).with("m", 1480).with("type", "students").with("p", 14).with("l", 10)
}
