//! A report from another system's portal, laid over the upload that it is about: all forms, what fits and what does not, and the way back.

use homeroom::desk::{AttachedNow, Import, OpenCause, Reply, ReportFormat, Request, RowView, TroubleSort, Window};
use homeroom::ledger::{Cause, Severity, Since, SyncNo};
use rust_xlsxwriter::Workbook;

use crate::world::{Took, World, said};

const STAFF: &str = "staffId,firstName,middleName,lastName,email,role,username,password\n\
    T100,Ana,,Diaz,ana.diaz@lincoln.example,teacher,ana.diaz,sunny2day\n\
    T101,Ben,Lee,Ode,ben.ode@lincoln.example,school_admin,ben_ode,autumn42\n\
    00102,Cyd,,Low,cyd at lincoln,teacher,cyd.low,winter42\n\
    T103,Dan,,Fox,dan.fox@lincoln.example,teacher,dan.fox,spring42\n";

/// The mail of three is used in another district; Cyd is wrong here too.
const SYNC_REPORT: &str = "Row Number,sourcedId,Column Name,Error\n\
    2,T100,email,The e-mail ana.diaz@lincoln.example is already used by 99120\n\
    4,00102,email,cyd at lincoln is no e-mail\n\
    4,00102,username,Username is taken\n\
    5,T103,email,The e-mail dan.fox@lincoln.example is already used by 4711\n";

fn staff(world: &World) -> Took {
    let import = world.write("staff.csv", STAFF);
    let took = world.run(Request::Import(Import { profile: Some("greatminds-staff".into()), org: Some("S1".into()), ..import }));
    took.is("staff +3 !1", &["4 email VAL-210"]);
    took
}

fn attach_file(world: &World, sync: SyncNo, name: &str, bytes: impl AsRef<[u8]>, dry_run: bool) -> Reply {
    let path = world.write(name, bytes).path;
    world.ask(Request::Attach { sync, path, dry_run })
}

#[track_caller]
fn attach(world: &World, took: &Took, name: &str, bytes: impl AsRef<[u8]>) -> AttachedNow {
    match attach_file(world, took.sync.number, name, bytes, false) {
        Reply::Attached(now) => {
            assert!(now.kept && !now.again && now.unfitting == 0, "{now:?}");
            *now
        }
        other => panic!("not attached: {other:?}"),
    }
}

/// Attaches what does not fit: why. The same dry run says the same, and nothing is kept.
#[track_caller]
fn refused(world: &World, took: &Took, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let before = world.sync(took.sync.number);
    let Reply::Trouble(trouble) = attach_file(world, took.sync.number, name, bytes, false) else { panic!("attached") };
    assert_eq!(trouble.sort, TroubleSort::Refused, "{trouble:?}");
    assert!(!trouble.next.is_empty(), "{trouble:?}");
    assert_eq!(world.sync(took.sync.number), before, "nothing is kept");
    trouble.message
}

/// A workbook: what is all digits in `numbers` is written as a number.
fn workbook(text: &str, numbers: bool) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (r, record) in csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes()).records().enumerate() {
        for (c, cell) in record.unwrap().iter().enumerate() {
            let (row, column) = (r as u32, c as u16);
            match cell.parse::<f64>() {
                Ok(number) if numbers => sheet.write_number(row, column, number).unwrap(),
                _ => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

/// Causes as `number title rows clears`.
fn told(causes: &[Cause]) -> Vec<String> {
    causes.iter().map(|c| format!("{} {} {} {}", c.number, c.title, c.rows, c.clears)).collect()
}

fn rows(world: &World, sync: SyncNo, cause: Option<u32>) -> Vec<RowView> {
    match world.ask(Request::Rows { sync, cause, filter: String::new(), window: Window::ALL }) {
        Reply::Rows(page) => page.rows,
        other => panic!("{other:?}"),
    }
}

fn triage(world: &World) -> Vec<OpenCause> {
    match world.ask(Request::Triage) {
        Reply::Triage(open) => open,
        other => panic!("{other:?}"),
    }
}

fn report(world: &World, sync: SyncNo, format: ReportFormat, xlsx: bool, original: Option<String>) -> Vec<u8> {
    match world.ask(Request::Report { sync, format, xlsx, original }) {
        Reply::Output(output) => output.bytes,
        other => panic!("{format}: {other:?}"),
    }
}

#[test]
fn its_errors_become_causes_beside_our_own() {
    let world = World::new();
    let took = staff(&world);
    let now = attach(&world, &took, "sync-report.csv", SYNC_REPORT);
    let r = &now.report;
    assert_eq!((r.vendor.as_str(), r.form.as_str(), r.lines, r.errors, r.rows, r.open), ("Great Minds", "sync report", 4, 4, 3, 3));
    // Row 4 has two of its errors and one of ours: none of them alone clears it.
    let theirs = [
        "2 Great Minds: The e-mail … is already used by … 2 2",
        "3 Great Minds: … is no e-mail 1 0",
        "4 Great Minds: Username is taken 1 0",
    ];
    assert_eq!(told(&now.causes), theirs);

    let detail = world.sync(took.sync.number);
    let all: Vec<_> = detail.causes.iter().map(|c| (c.number, c.code.name(), c.column.as_deref())).collect();
    assert_eq!(
        all,
        [(1, "VAL-210", Some("email")), (2, "VEN-701", Some("email")), (3, "VEN-701", Some("email")), (4, "VEN-701", Some("username"))]
    );
    assert_eq!(detail.attached, [now.report]);
    let found: Vec<_> = world.findings(took.sync.number).iter().map(said).collect();
    assert_eq!(found, ["2 email VEN-701", "4 email VAL-210", "4 email VEN-701", "4 username VEN-701", "5 email VEN-701"]);
    let first = &world.findings(took.sync.number)[0];
    assert_eq!(
        first.message(),
        "Reported by Great Minds: The e-mail ana.diaz@lincoln.example is already used by 99120, in sync-report.csv"
    );
    assert_eq!((first.key.as_deref(), first.value.as_deref(), first.row), (Some("T100"), Some("ana.diaz@lincoln.example"), Some(2)));

    // What we took is open all the same, in the rows of the cause, of the sync and in the form.
    let of_cause: Vec<_> = rows(&world, took.sync.number, Some(2)).iter().map(|r| r.row).collect();
    assert_eq!(of_cause, [2, 5]);
    let wrong: Vec<_> = rows(&world, took.sync.number, None).iter().map(|r| (r.row, r.findings.len())).collect();
    assert_eq!(wrong, [(2, 1), (4, 3), (5, 1)]);
    assert_eq!(world.row(&took, 2).findings.iter().map(|f| f.code.name()).collect::<Vec<_>>(), ["VEN-701"]);
    let open: Vec<_> = triage(&world).iter().map(|o| (o.cause.number, o.sync, o.corrected)).collect();
    let n = took.sync.number;
    assert_eq!(open, [(2, n, 0), (1, n, 0), (3, n, 0), (4, n, 0)]);
    // Our own reports stay our own.
    let own = String::from_utf8(report(&world, n, ReportFormat::SyncReport, false, None)).unwrap();
    assert_eq!(own.lines().count(), 2, "{own}");
}

#[test]
fn it_is_mended_here_and_the_file_goes_back() {
    let world = World::new();
    let took = staff(&world);
    attach(&world, &took, "sync-report.csv", SYNC_REPORT);
    let row = world.fix(&took, 2, "email", "ana.d@lincoln.example");
    assert!(row.findings.is_empty(), "{:?}", row.findings);
    assert_eq!(triage(&world)[0].corrected, 1);
    // The same value again answers nothing.
    assert_eq!(world.fix(&took, 5, "username", "dan_fox").findings.len(), 1);
    world.fix(&took, 4, "email", "cyd.low@lincoln.example");

    // Ana and Dan were created by this very upload, of a profile that only creates: what is corrected reaches them.
    let again = world.rerun(&took, false);
    again.is("staff +1 ~2", &["4 username VEN-701", "5 email VEN-701"]);
    assert_eq!(world.value("staff:T100", "email"), "ana.d@lincoln.example");
    assert_eq!((world.value("staff:T103", "username").as_str(), world.value("staff:00102", "username").as_str()), ("dan_fox", "cyd.low"));
    let left: Vec<_> = told(&world.sync(again.sync.number).causes);
    assert_eq!(left, ["1 Great Minds: Username is taken 1 1", "2 Great Minds: The e-mail … is already used by … 1 1"]);
    assert_eq!(world.sync(again.sync.number).attached[0].open, 2);
    assert_eq!(triage(&world).iter().map(|o| o.sync).collect::<Vec<_>>(), [again.sync.number; 2]);
    assert_eq!(world.sync(took.sync.number).attached[0].open, 3, "the first sync stays as it was");

    // The passwords are not kept: with the operator's own file it goes back whole, the mended cells apart the same.
    let original = world.dir.path().join("staff.csv").to_str().unwrap().to_owned();
    let corrected = report(&world, again.sync.number, ReportFormat::Corrected, false, Some(original));
    let expected = STAFF
        .replace("ana.diaz@lincoln.example", "ana.d@lincoln.example")
        .replace("cyd at lincoln", "cyd.low@lincoln.example")
        .replace(",dan.fox,", ",dan_fox,");
    assert_eq!(String::from_utf8(corrected).unwrap(), expected);

    // A correction taken back is open again.
    world.fix(&took, 2, "email", "ana.diaz@lincoln.example");
    assert_eq!(world.row(&took, 2).findings.len(), 1);
}

#[test]
fn the_same_report_twice_is_no_work_and_it_can_be_taken_away() {
    let world = World::new();
    let took = staff(&world);
    let dry = attach_file(&world, took.sync.number, "sync-report.csv", SYNC_REPORT, true);
    let Reply::Attached(dry) = dry else { panic!("{dry:?}") };
    assert!(!dry.kept && !dry.again && dry.causes.len() == 3, "{dry:?}");
    assert_eq!(world.sync(took.sync.number).attached, []);
    attach(&world, &took, "sync-report.csv", SYNC_REPORT);
    let again = attach_file(&world, took.sync.number, "the same.csv", SYNC_REPORT, false);
    let Reply::Attached(again) = again else { panic!("{again:?}") };
    assert!(!again.kept && again.again && again.causes.len() == 3, "{again:?}");
    assert_eq!(again.report.name, "sync-report.csv");

    let detach = |name: &str| world.ask(Request::Detach { sync: took.sync.number, name: name.into() });
    let Reply::Trouble(none) = detach("other.csv") else { panic!("there is none") };
    assert!(none.next.contains("sync-report.csv"), "{none:?}");
    let Reply::Sync(after) = detach("sync-report.csv") else { panic!("not removed") };
    assert_eq!((after.attached.len(), after.causes.len()), (0, 1));
    // By its number too, and it lasts.
    attach(&world, &took, "sync-report.csv", SYNC_REPORT);
    let world = world.reopened(false);
    assert_eq!(world.sync(took.sync.number).attached.len(), 1);
    let Reply::Sync(after) = world.ask(Request::Detach { sync: took.sync.number, name: "1".into() }) else { panic!("not removed") };
    assert_eq!(after.attached, []);
    let Reply::Verified(verified) = world.ask(Request::Verify { deep: true }) else { panic!("not verified") };
    assert_eq!(verified.damage, [""; 0]);
}

#[test]
fn rows_are_counted_as_the_ids_say() {
    let world = World::new();
    // Data records instead of rows: the IDs leave no doubt.
    let took = staff(&world);
    let by_record = "Row Number,sourcedId,Column Name,Error\n1,T100,email,used\n4,T103,Role,unknown\n";
    let now = attach(&world, &took, "a.csv", by_record);
    let found: Vec<_> = rows(&world, now.sync, Some(2)).iter().chain(&rows(&world, now.sync, Some(3))).map(|r| r.row).collect();
    assert_eq!((found, now.causes[1].column.as_deref()), (vec![2, 5], Some("role")));
    // Without IDs a row is what a spreadsheet shows.
    let now = attach(&world, &took, "b.csv", "Row Number,Column Name,Error\n5,shoe size,too large\n,,Too many rows\n");
    assert_eq!(rows(&world, now.sync, Some(now.causes[0].number))[0].row, 5);
    assert_eq!((now.causes[0].column.as_deref(), now.causes[0].title.as_str()), (None, "Great Minds: too large (shoe size)"));
    assert_eq!((now.causes[1].title.as_str(), now.causes[1].rows), ("Great Minds: Too many rows", 0));
    let of_file: Vec<_> = world.sync(now.sync).file_findings.iter().map(|f| f.code.name()).collect();
    assert_eq!(of_file, ["VEN-701"]);
}

#[test]
fn what_does_not_fit_is_refused_and_the_first_line_named() {
    let world = World::new();
    let took = staff(&world);
    for (text, why) in [
        ("2,T100,email,used\n17,T103,email,used\n", "line 3: it names row 17, and the upload ends at row 5."),
        ("2,T100,email,used\n3,T999,email,used\n", "line 3: row 3 is ID \"T999\" in the report and \"T101\" in the upload."),
        (
            "2,T103,email,used\n5,T100,email,used\n",
            "line 2: row 2 is ID \"T103\" in the report and \"T100\" in the upload. So does 1 more.",
        ),
        // Of a CSV an ID that lost its zeros is another ID.
        ("4,102,email,used\n", "line 2: row 4 is ID \"102\" in the report and \"00102\" in the upload."),
        (",T555,email,used\n", "line 2: it names ID \"T555\", which is on no row of the upload."),
    ] {
        let message = refused(&world, &took, "report.csv", format!("Row Number,sourcedId,Column Name,Error\n{text}"));
        assert!(message.starts_with(&format!("report.csv does not fit {} (staff.csv): {why}", took.sync.number)), "{message}");
    }
    let text = "Row Number,sourcedId,Column Name,Error\n2,T100,email,used\n3,T999,email,used\n9,T1,email,used\n";
    let Reply::Attached(dry) = attach_file(&world, took.sync.number, "report.csv", text, true) else { panic!("no preview") };
    let lines: Vec<_> = dry.misfits.iter().map(|m| m.line).collect();
    assert_eq!((lines, dry.unfitting, dry.kept), (vec![3, 4], 2, false));
    let schools = world.import("schools2.csv", "external_id,name,type,parent_external_id,address\nD1,Lincoln Unified,district,,\n");
    let message = refused(&world, &schools, "results.csv", "student_code,result,action,message\n1,ERROR,,no such student\n");
    assert!(message.contains("its columns (student_code) are none of the upload's"), "{message}");
}

const AMPLIFY: &str = "action,org_sis_id,userRole,userId,firstName,lastName,userEmail,classId,className,classGrade,primary_teacher,userGrade\n\
    ,S1,teacher,0001,Ana,Diaz,ana@l.example,,,,,\n\
    ,S2,teacher,0002,Ben,Ode,ben@l.example,,,,,\n\
    ,S1,staff,0003,Cyd,Low,cyd@l.example,,,,,\n";

#[test]
fn users_errors_repeat_the_row_instead_of_naming_it() {
    let header = AMPLIFY.lines().next().unwrap();
    let text = format!(
        "{header},errors,resolution\n\
        ,S2,teacher,0002,Ben,Ode,ben@l.example,,,,,,1. AM-12 userEmail is used in another district; 2. Not this school,1. Use another; 2. Ask\n\
        ,S1,staff,0003,Cyd,Low,cyd@l.example,,,,,,userRole staff has no access,Give it\n"
    );
    for bytes in [text.clone().into_bytes(), workbook(&text, false), workbook(&text, true)] {
        let world = World::new();
        let took = world.through("amplify-users", AMPLIFY);
        took.is("orgs =2, staff +3", &[]);
        let name = if bytes.starts_with(b"PK") { "users-errors.xlsx" } else { "users-errors.csv" };
        let now = attach(&world, &took, name, &bytes);
        assert_eq!((now.report.vendor.as_str(), now.report.rows, now.report.errors), ("Amplify", 2, 3));
        let found: Vec<_> = world.findings(now.sync).iter().map(said).collect();
        // The column is the one that the text names.
        assert_eq!(found, ["3 userEmail VEN-701", "3 - VEN-701", "4 userRole VEN-701"]);
        let first = world.findings(now.sync).remove(0);
        assert!(first.message().contains("userEmail is used in another district (AM-12)"), "{}", first.message());
        assert!(first.resolution().starts_with("Use another. Correct the cell"), "{}", first.resolution());
        // What names no cell is answered by any correction of its row.
        assert_eq!(world.fix(&took, 3, "userEmail", "b@l.example").findings.len(), 0);
    }
    let world = World::new();
    let took = world.through("amplify-users", AMPLIFY);
    let message = refused(&world, &took, "users-errors.csv", text.replace("cyd@l.example", "cyd@other.example"));
    assert!(
        message.contains("line 3: row 4, userEmail: \"cyd@other.example\" in the report and \"cyd@l.example\" in the upload"),
        "{message}"
    );
    let twice = format!("{header},errors,resolution\n{0}{0}", ",S1,staff,0003,Cyd,Low,cyd@l.example,,,,,,wrong,mend\n");
    let message = refused(&world, &took, "users-errors.csv", twice);
    assert!(message.contains("line 3: it names ID \"0003\" once more than the upload has it"), "{message}");
}

const STUDENTS: &str = "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status\n\
    Ana,,Diaz,a@l.example,0001,S1,Student,,9,Active\nBen,,Ode,b@l.example,0002,S1,Student,,9,Active\n";
const GUARDIANS: &str = "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language\n\
    0001,G1,Eva,Diaz,eva@d.example,,,\n\
    0002,,Max,Ode,max@o.example,,,\n\
    0002,G3,Kim,Ode,kim@o.example,,,en\n";

#[test]
fn results_name_every_row_and_only_failures_count() {
    let mut lines = GUARDIANS.lines();
    let text = format!("{},result,action\n", lines.next().unwrap())
        + &format!(
            "{},SUCCESS,CREATED\n{},ERROR,e-mail belongs to two accounts\n{},SUCCESS,UPDATED\n",
            lines.next().unwrap(),
            lines.next().unwrap(),
            lines.next().unwrap()
        );
    for bytes in [text.clone().into_bytes(), workbook(&text, false), workbook(&text, true)] {
        let world = World::new();
        world.import("users.csv", STUDENTS);
        let took = world.through("schoolstatus-guardians", GUARDIANS);
        assert_eq!(took.found(Severity::Error), [""; 0]);
        let now = attach(&world, &took, if bytes.starts_with(b"PK") { "results.xlsx" } else { "results.csv" }, &bytes);
        let r = &now.report;
        assert_eq!((r.vendor.as_str(), r.lines, r.fine, r.rows), ("SchoolStatus", 3, 2, 1));
        assert_eq!(told(&now.causes), ["1 SchoolStatus: ERROR (e-mail belongs to two accounts), without a reason 1 1"]);
        assert_eq!(rows(&world, now.sync, Some(1))[0].row, 3);
    }
    let world = World::new();
    world.import("users.csv", STUDENTS);
    let took = world.through("schoolstatus-guardians", GUARDIANS);
    let fine = text.replace("ERROR,e-mail belongs to two accounts", "SUCCESS,CREATED");
    let now = attach(&world, &took, "results.csv", fine);
    assert_eq!((now.report.fine, now.causes.len()), (3, 0));
}

#[test]
fn line_results_name_the_physical_line() {
    let rows = ["Ana,,Diaz,a@l.example,0001,S1,Teacher,\"Coach\nand more\",,Active", "Ben,,Ode,b@l.example,0002,S1,Staff,,,Active"];
    let text = "line,custom_id,result,message\n2,0001,OK,\n4,0002,ERROR,Unknown user_type\n";
    for bytes in [text.as_bytes().to_vec(), workbook(text, true)] {
        let world = World::new();
        let took = world.users(&rows);
        let now = attach(&world, &took, if bytes.starts_with(b"PK") { "lines.xlsx" } else { "lines.csv" }, &bytes);
        assert_eq!((now.report.vendor.as_str(), now.report.fine), ("eChalk", 1));
        let found = world.findings(now.sync).into_iter().find(|f| f.code.name() == "VEN-701").unwrap();
        assert_eq!((found.line, found.row, found.column.as_deref()), (Some(4), Some(3), Some("user_type")));
    }
}

#[test]
fn our_own_reports_can_be_read_back() {
    let world = World::new();
    let rows = [
        "Ana,,Diaz,a at l,0001,S1,Teacher,,,Active",
        "Ben,,,b@l.example,0002,S9,Staff,,,Active",
        "Cyd,,Low,c@l.example,0003,S2,Student,,9,Active",
        "Cyd,,Low,c@l.example,0003,S2,Student,,9,Active,too many",
    ];
    let took = world.users(&rows);
    let n = took.sync.number;
    for (format, xlsx, name) in [
        (ReportFormat::SyncReport, false, "a.csv"),
        (ReportFormat::SyncReport, true, "a.xlsx"),
        (ReportFormat::UsersErrors, false, "b.csv"),
        (ReportFormat::UsersErrors, true, "b.xlsx"),
        (ReportFormat::Results, false, "c.csv"),
        (ReportFormat::Results, true, "c.xlsx"),
    ] {
        let bytes = report(&world, n, format, xlsx, None);
        let now = attach(&world, &took, name, bytes);
        assert_eq!((now.report.rows, now.report.fine), (3, u64::from(format == ReportFormat::Results)), "{name}");
        let Reply::Sync(_) = world.ask(Request::Detach { sync: n, name: name.into() }) else { panic!("not removed") };
    }
}

#[test]
fn it_may_be_about_the_corrected_file() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,a@l.example,0001,S1,Teacher,,,Active"]);
    world.fix(&took, 2, "email", "ana@l.example");
    world.rerun(&took, false).is("staff ~1", &[]);
    let header = "custom_id,email,result,message";
    let now = attach(&world, &took, "results.csv", format!("{header}\n0001,ana@l.example,ERROR,email is used\n"));
    assert_eq!((now.report.open, triage(&world).len()), (1, 1), "what was corrected before is what it complains of");
    world.fix(&took, 2, "email", "diaz@l.example");
    world.rerun(&took, false).is("staff ~1", &[]);
    assert_eq!(triage(&world), []);
    let now = attach(&world, &took, "old.csv", format!("{header}\n0001,a@l.example,ERROR,email is too short\n"));
    assert_eq!((now.report.open, triage(&world).len()), (0, 0), "what it saw is corrected already");
}

#[test]
fn with_the_next_upload_it_is_over_unless_it_comes_again() {
    let world = World::new();
    let rows = ["Ana,,Diaz,a@l.example,0001,S1,Teacher,,,Active", "Ben,,Ode,b@l.example,0002,S1,Staff,,,Active"];
    let complaint = |message: &str| format!("line,custom_id,result,message\n2,0001,ERROR,{message}\n");
    let monday = world.users(&rows);
    assert_eq!(attach(&world, &monday, "monday.csv", complaint("email a@l.example is used")).causes[0].since, Since::New);
    assert_eq!(triage(&world).len(), 1);
    let tuesday = world.users(&rows);
    assert_eq!(triage(&world), []);
    let now = attach(&world, &tuesday, "tuesday.csv", complaint("email ana@l.example is used"));
    assert_eq!((now.causes[0].since, triage(&world).len()), (Since::Syncs(2), 1));
}

#[test]
fn a_secret_that_a_report_repeats_does_not_stay() {
    let world = World::new();
    let took = staff(&world);
    let header = STAFF.lines().next().unwrap();
    let text =
        format!("{header},Error\nT100,Ana,,Diaz,ana.diaz@lincoln.example,teacher,ana.diaz,sunny2day,The password sunny2day is too weak\n");
    let now = attach(&world, &took, "records.csv", text);
    assert_eq!(now.causes[0].column.as_deref(), Some("password"));
    let found = world.findings(now.sync).into_iter().find(|f| f.code.name() == "VEN-701").unwrap();
    assert_eq!(found.value, None);
    assert!(!format!("{found:?}").contains("sunny2day"), "{found:?}");
    let world = world.reopened(false);
    drop(world.desk);
    // Nor on the disk; staff.csv and the report lie beside the database.
    let mut folders = vec![world.dir.path().join("db")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let bytes = std::fs::read(entry.path()).unwrap();
                assert!(!bytes.windows(9).any(|w| w == b"sunny2day"), "{}", entry.path().display());
            }
        }
    }
}

#[test]
fn hostile_files_are_refused() {
    let world = World::new();
    let took = staff(&world);
    let wide = (0..1_000).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    for (name, bytes, why) in [
        ("a.xlsx", b"PK\x03\x04 not a zip".to_vec(), "damaged"),
        ("b.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "old Excel file"),
        ("c.xlsx", workbook("", false), "its first sheet is empty"),
        ("d.xlsx", workbook(&wide, false), "500 columns"),
        ("e.pdf", b"%PDF-1.7\n".to_vec(), "a PDF document"),
        ("f.csv", Vec::new(), "empty"),
        ("g.csv", STAFF.as_bytes().to_vec(), "no form of report"),
        ("h.csv", b"Error,Rows Affected\nNo such school,12\n".to_vec(), "cannot be laid over"),
        ("i.csv", b"Row Number,sourcedId,Column Name,Error\nx,T100,email,used\n".to_vec(), "\"x\" is no number of a row"),
    ] {
        let message = refused(&world, &took, name, bytes);
        assert!(message.contains(name) && message.contains(why), "{message}");
    }
    let missing = world.trouble(Request::Attach { sync: took.sync.number, path: "/nowhere/report.csv".into(), dry_run: false });
    assert!(missing.message.contains("Cannot read /nowhere/report.csv"), "{missing:?}");
    let of_undo = world.undo(&took).sync.number;
    let undo = attach_file(&world, of_undo, "r.csv", SYNC_REPORT, false);
    assert!(matches!(&undo, Reply::Trouble(t) if t.message.contains("is an undo")), "{undo:?}");
}

#[test]
fn a_desk_that_only_reads_previews_and_keeps_nothing() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,a@l.example,0001,S1,Teacher,,,Active"]);
    let text = "line,custom_id,result,message\n2,0001,ERROR,email is used\n";
    let world = world.reopened(true);
    let Reply::Attached(dry) = attach_file(&world, took.sync.number, "r.csv", text, true) else { panic!("no preview") };
    assert_eq!(dry.causes.len(), 1);
    let Reply::Trouble(no) = attach_file(&world, took.sync.number, "r.csv", text, false) else { panic!("attached") };
    assert_eq!(no.sort, TroubleSort::NotPermitted);
}

#[test]
fn rows_without_an_id_and_rows_that_are_all_the_same_are_told_by_their_cells_and_their_order() {
    let world = World::new();
    world.import("users.csv", STUDENTS);
    let header = GUARDIANS.lines().next().unwrap();
    // A hundred guardians without a code, each twice.
    let line = |n: u32| format!("000{},,Eva{n},Diaz,eva{n}@d.example,,,\n", n % 2 + 1);
    let upload: String = (0..100).flat_map(|n| [line(n), line(n)]).collect();
    let took = world.through("schoolstatus-guardians", &format!("{header}\n{upload}"));
    let results: String = (0..100).flat_map(|n| [line(n), line(n)]).map(|l| l.replace(",,,\n", ",,,,ERROR,,refused by hand\n")).collect();
    let text = format!("{header},result,action,message\n{results}");
    let now = attach(&world, &took, "results.csv", &text);
    assert_eq!((now.report.rows, now.report.errors, now.causes.len()), (200, 200, 1));
    let third = format!("{header},result,action,message\n{}", line(7).replace(",,,\n", ",,,,ERROR,,refused\n").repeat(3));
    let message = refused(&world, &took, "third.csv", third);
    assert!(message.contains("line 4: no row of the upload has its cells once more"), "{message}");
}
