//! 001 Amplify: the batch upload of additional staff.

use homeroom::desk::{ExportWhat, ReportFormat, Request};
use homeroom::ledger::{Severity, SyncStatus};

use crate::screen::{Screen, cell, export, import, report};
use crate::world::{Took, World};

const HEADER: &str =
    "action,org_sis_id,userRole,userId,firstName,lastName,userEmail,classId,className,classGrade,primary_teacher,userGrade";
const MIA: &str = ",S1,teacher,7001,Mia,Kern,mia@l.example,READ-1,Reading,3,true,";

fn upload(world: &World, header: &str, rows: &[&str]) -> Took {
    import(world, "amplify-users", None, "users.csv", &format!("{header}\n{}\n", rows.join("\n")))
}

#[test]
fn amplify_header_refusals_are_told_apart_and_nothing_is_applied() {
    let world = World::new();
    let before = world.roster();
    let mut said = Vec::new();
    for (header, code, column) in [
        (HEADER.replace(",userEmail", ""), "HDR-101", "userEmail"),
        (HEADER.replace("userEmail", "userEmial"), "HDR-103", "userEmail"),
        (HEADER.replace("userEmail", "UserEmail"), "HDR-104", "userEmail"),
        (format!("{HEADER},shoeSize"), "HDR-105", "shoeSize"),
    ] {
        let rows = header.split(',').map(|_| "").collect::<Vec<_>>().join(",");
        let took = upload(&world, &header, &[MIA, &rows]);
        let refused = took.finding(code);
        assert_eq!((took.sync.status, refused.severity, refused.column.as_deref()), (SyncStatus::Failed, Severity::Refused, Some(column)));
        assert_eq!((took.sync.counts.total().created, world.roster() == before), (0, true), "{code}");
        said.push(refused.message());
    }
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 4, "each cause has words of its own: {said:?}");
    upload(&world, HEADER, &[MIA]).is("orgs =1, staff +1, classes +1, enrollments +1", &[]);
}

#[test]
fn amplify_required_and_conditional_headers_must_all_be_there() {
    let world = World::new();
    for column in ["org_sis_id", "userRole", "userId", "firstName", "lastName", "userEmail", "classId", "className", "classGrade"] {
        let header: Vec<&str> = HEADER.split(',').filter(|c| *c != column).collect();
        let took = upload(&world, &header.join(","), &[MIA]);
        // A conditional one has words of its own.
        let code = if column.starts_with("class") { "HDR-102" } else { "HDR-101" };
        assert_eq!((took.sync.status, took.finding(code).column.as_deref()), (SyncStatus::Failed, Some(column)));
    }
    // What stands below a conditional header may be blank.
    upload(&world, HEADER, &[",S1,teacher,7001,Mia,Kern,mia@l.example,,,,,"]).is("orgs =1, staff +1", &[]);
}

#[test]
fn amplify_users_errors_has_the_row_each_error_and_how_to_resolve_it() {
    let world = World::new();
    let bad = "delete,S9,teacher,7002,Noa,Lund,noa at l.example,,,,,5";
    let took = upload(&world, HEADER, &[MIA, bad]);
    let text = report(&world, &took, ReportFormat::UsersErrors);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], format!("{HEADER},errors,resolution"));
    assert_eq!(lines.len(), 2, "only the refused row: {text}");
    assert!(lines[1].starts_with(&format!("{bad},")), "as it stood: {text}");
    let of_row: Vec<_> = took.findings.iter().filter(|f| f.line == Some(3)).collect();
    assert_eq!(of_row.iter().map(|f| f.code.name()).collect::<Vec<_>>(), ["VAL-209", "REF-301", "VAL-210", "VAL-218"]);
    for (n, finding) in of_row.iter().enumerate() {
        let plain = text.replace("\"\"", "\"");
        assert!(plain.contains(&format!("{}. {} {}", n + 1, finding.code, finding.message())), "{text}");
        assert!(plain.contains(&format!("{}. {}", n + 1, finding.resolution())), "{text}");
    }
}

#[test]
fn amplify_errors_are_searched_by_their_text_on_screen() {
    let world = World::new();
    upload(&world, HEADER, &[",S9,teacher,7001,Mia,Kern,mia@l.example,,,,,", ",S1,teacher,7002,Noa,Lund,noa at,,,,,"]);
    let mut at = Screen::of(world, (120, 40));
    at.press("4 <Enter> <Tab>").see("7001").see("7002");
    at.press("/").type_text("does not exist").press("<Enter>").see("7001").miss("7002");
    at.press("<Esc> /").type_text("not an e-mail").press("<Enter>").see("7002").miss("7001");
}

#[test]
fn amplify_the_grid_counts_each_outcome_of_schools_staff_classes_and_enrollments() {
    let world = World::new();
    upload(&world, HEADER, &[MIA, ",S2,staff,7002,Noa,Lund,noa@l.example,,,,,"]);
    let took = upload(
        &world,
        HEADER,
        &[
            MIA,
            ",S2,staff,7002,Noah,Lund,noa@l.example,,,,,",
            ",S2,teacher,7003,Oz,Pell,oz@l.example,MATH-1,Maths,4,,",
            ",S9,teacher,7004,Pia,Quist,pia@l.example,ART-1,Art,5,,",
        ],
    );
    assert_eq!(took.counts(), "orgs =2, staff +1 ~1 =1 !1, classes +1 =1, enrollments +1 =1");
    let text = report(&world, &took, ReportFormat::Summary);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "school,name,kind,created,updated,no changes,disabled,errors");
    for line in [",Total,orgs,0,0,2,0,0", ",Total,staff,1,1,1,0,1", ",Total,classes,1,0,1,0,0", ",Total,enrollments,1,0,1,0,0"] {
        assert!(lines.contains(&line), "{line}:\n{text}");
    }
    let mut at = Screen::of(world, (120, 40));
    at.press("4 <Enter>");
    let screen = at.screen();
    let row = |kind: &str| -> Vec<String> {
        let line = screen.lines().find(|l| l.trim_start().starts_with(kind)).unwrap_or_else(|| panic!("no {kind}:\n{screen}"));
        line.split('│').next().unwrap().split_whitespace().skip(1).map(str::to_owned).collect()
    };
    at.see("created").see("updated").see("unchanged").see("errors");
    assert_eq!(row("staff"), ["1", "1", "1", "0", "1"]);
    assert_eq!(row("classes"), ["1", "0", "1", "0", "0"]);
    assert_eq!(row("enrollments"), ["1", "0", "1", "0", "0"]);
    assert_eq!(row("orgs"), ["0", "0", "2", "0", "0"]);
}

#[test]
fn amplify_the_summary_report_has_a_line_for_each_school() {
    let world = World::new();
    let took = upload(&world, HEADER, &[MIA, ",S2,staff,7002,Noa,Lund,noa@l.example,,,,,", ",S2,staff,7003,Oz,Pell,oz at,,,,,"]);
    let text = report(&world, &took, ReportFormat::Summary);
    for line in ["S1,Lincoln High,staff,1,0,0,0,0", "S1,Lincoln High,classes,1,0,0,0,0", "S2,Lincoln Middle,staff,1,0,0,0,1"] {
        assert!(text.lines().any(|l| l == line), "{line}:\n{text}");
    }
}

#[test]
fn amplify_students_are_refused() {
    let world = World::new();
    let took = upload(&world, HEADER, &[MIA, ",S1,student,2001,Eli,Ward,eli@l.example,,,,,"]);
    assert_eq!((took.found(Severity::Error), took.finding("VAL-217").line), (vec!["3 userRole VAL-217".to_owned()], Some(3)));
    assert!(!world.knows("2001") && world.knows("7001"));
}

#[test]
fn amplify_staff_are_assigned_to_schools_and_to_classes_that_come_to_be() {
    let world = World::new();
    upload(&world, HEADER, &[MIA, ",S2,teacher,7001,Mia,Kern,mia@l.example,,,,,"]).is("orgs =2, staff +1, classes +1, enrollments +1", &[]);
    assert_eq!(world.value("7001", "orgs"), "S1; S2");
    let classes = export(&world, ExportWhat::Classes, None);
    assert_eq!((cell(&classes, 1, "class_id"), cell(&classes, 1, "class_grade")), ("READ-1", "03"), "{classes}");
    let enrollments = export(&world, ExportWhat::Enrollments, None);
    assert!(enrollments.contains("7001") && enrollments.contains("READ-1") && enrollments.contains("teacher"), "{enrollments}");
    // Without a title there is nothing to make a class of.
    let took = upload(&world, HEADER, &[",S1,teacher,7001,Mia,Kern,mia@l.example,ART-1,,,,"]);
    assert_eq!(took.found(Severity::Error), ["2 className VAL-202", "2 classGrade VAL-202"]);
    // The end of an assignment is not the end of a person.
    upload(&world, HEADER, &["remove,S1,teacher,7001,Mia,Kern,mia@l.example,READ-1,,,,"]);
    assert_eq!(world.value("7001", "status"), "active");
    let ended = export(&world, ExportWhat::Enrollments, None);
    assert_eq!(cell(&ended, 1, "enrollment_status"), "disabled", "{ended}");
}

#[test]
fn amplify_all_staff_or_all_admins_of_a_chosen_organization() {
    let world = World::new();
    upload(&world, HEADER, &[MIA, ",S1,admin,7002,Noa,Lund,noa@l.example,,,,,", ",S2,admin,7003,Oz,Pell,oz@l.example,,,,,"]);
    world.users(&["Eli,,Ward,eli@l.example,2001,S1,Student,,9,Active"]);
    let who = |what, org| -> Vec<String> {
        let text = export(&world, what, org);
        (1..text.lines().count()).map(|n| cell(&text, n, "sourced_id").to_owned()).collect()
    };
    assert_eq!(who(ExportWhat::Staff, Some("S1")), ["7001", "7002"]);
    assert_eq!(who(ExportWhat::Admins, Some("S1")), ["7002"]);
    assert_eq!(who(ExportWhat::Admins, Some("D1")), ["7002", "7003"]);
    let unknown = Request::Export { what: ExportWhat::Staff, org: Some("S9".into()), for_spreadsheet: false };
    assert!(world.trouble(unknown).message.contains("S9"));
    // On screen it is the school that is chosen.
    let mut at = Screen::of(world, (120, 40));
    at.press("2").go_to("Lincoln High").press("<Enter> o").see("staff").see("administrators");
}
