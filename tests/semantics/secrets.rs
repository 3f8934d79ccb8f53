//! Secrets: the value of a secret cell is nowhere in the database, in no reply and in no report.

use homeroom::desk::{FindingQuery, ReportFormat, Request, Window};

use crate::world::{HEADER, World};

/// Looks for it in everything that can be asked about a sync, and in every file of the database, packed or not.
#[track_caller]
fn nowhere(world: &World, secret: &str) {
    let syncs =
        match world.ask(Request::Syncs { window: Window::ALL, org: None, filter: String::new(), of: homeroom::desk::SyncsOf::default() }) {
            homeroom::desk::Reply::Syncs(page) => page.rows,
            other => panic!("{other:?}"),
        };
    for sync in syncs {
        let n = sync.number;
        let mut requests = vec![
            Request::Sync(n),
            Request::Findings { sync: n, query: FindingQuery::default(), window: Window::ALL },
            Request::Rows { sync: n, cause: None, filter: String::new(), window: Window::ALL },
            Request::Plan { sync: n, window: Window::ALL },
        ];
        requests.extend((1..=sync.rows.max(3) as u32).map(|record| Request::Row { sync: n, at: homeroom::desk::RowAt::Record(record) }));
        requests.extend(ReportFormat::ALL.iter().map(|format| Request::Report { sync: n, format: *format, xlsx: false, original: None }));
        for request in requests {
            let reply = world.ask(request.clone());
            if let homeroom::desk::Reply::Output(output) = &reply {
                assert!(!String::from_utf8_lossy(&output.bytes).contains(secret), "{request:?}");
            }
            assert!(!serde_json::to_string(&reply).unwrap().contains(secret), "{request:?}");
        }
    }
    let mut folders = vec![world.dir.path().join("db")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                assert!(memchr::memmem::find(&bytes, secret.as_bytes()).is_none(), "{}", path.display());
            }
        }
    }
}

fn with_password(rows: &[&str]) -> String {
    format!("{HEADER},password\n{}\n", rows.join("\n"))
}

#[test]
fn a_password_is_checked_and_kept_nowhere() {
    let world = World::new();
    let took = world.import(
        "users.csv",
        with_password(&[
            "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active,hunter2secret",
            "Ben,,Ode,no,2,S1,Teacher,,,Active,hunter2secret",
            "Cyd,,Low,c@l.example,3,S1,Teacher,,,Active,",
        ]),
    );
    took.is("staff +1 !2", &["3 email VAL-210", "4 password VAL-202"]);
    nowhere(&world, "hunter2secret");
    world.fix(&took, 3, "email", "b@l.example");
    world.rerun(&took, false).is("staff +1 !1", &["4 password VAL-202"]);
    nowhere(&world, "hunter2secret");
}

#[test]
fn a_ragged_row_hides_wherever_its_password_may_have_moved() {
    let world = World::new();
    let took = world.import(
        "users.csv",
        with_password(&[
            "Ana,,Diaz,a@l.example,1,S1,Teacher,Coach, Reading,,Active,hunter2secret",
            "Ben,,Ode,b@l.example,2,S1,Teacher,,Active,hunter2secret",
            "Cyd,,Low,c@l.example,3,S1,Teacher,,,Active,hunter2secret,more",
            "Dan,,Fox,d@l.example,4,S1,Teacher,\"Coach\n",
            "x\",,Active,hunter2secret",
        ]),
    );
    assert_eq!(took.found(homeroom::ledger::Severity::Error), ["2 - VAL-205", "3 - VAL-204", "4 - VAL-205"]);
    nowhere(&world, "hunter2secret");
}

#[test]
fn a_column_that_is_secret_by_its_name_is_kept_by_no_profile() {
    let world = World::new();
    let text = format!("{HEADER},Initial Password\nAna,,Diaz,a@l.example,1,S1,Teacher,,,Active,hunter2secret\n");
    world.import("users.csv", text).is("staff +1", &["1 Initial Password HDR-105"]);
    nowhere(&world, "hunter2secret");
}

#[test]
fn of_a_file_that_breaks_off_nothing_is_kept() {
    let world = World::new();
    let row = |last: &str| with_password(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active,hunter2secret", last]);
    let took = world.import("users.csv", row("Ben,\"Ode,b@l.example,2,S1,Teacher,,,Active,hunter2secret"));
    took.is("", &["3 - FIL-013"]);
    assert!(!took.detail.upload.as_ref().unwrap().kept);
    nowhere(&world, "hunter2secret");
    let took = world.import("users.csv", format!("{HEADER}\nAna,,Diaz,a@l.example,1,S1,Teacher,,,Active\nBen,\"hunter2secret\n"));
    assert!(!took.detail.upload.as_ref().unwrap().kept);
    nowhere(&world, "hunter2secret");
}

#[test]
fn a_preview_does_not_show_it_either() {
    let world = World::new();
    let file = world.write("users.csv", with_password(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active,hunter2secret"]));
    let reply = world.ask(Request::Recognise { path: file.path });
    assert!(!serde_json::to_string(&reply).unwrap().contains("hunter2secret"));
    assert!(serde_json::to_string(&reply).unwrap().contains("a@l.example"));
}
