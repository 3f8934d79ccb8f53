//! Assignments checked by themselves: what takes a main source, or a file made for the purpose.

use std::fmt::Write as _;

use super::*;
use crate::check::{Lets, Overlay, check};
use crate::feed::Profiles;
use crate::intake::{ReadAs, Sheet, Source, judge};
use crate::roster::{FeedNo, Org, Person, Role, Roster, pack};

const HEADER: &str =
    "action,org_sis_id,userRole,userId,firstName,lastName,userEmail,classId,className,classGrade,primary_teacher,userGrade";

/// A school, and a teacher whom feed 1 brings there.
fn roster() -> Roster {
    let school = pack(&Org { external_id: "S1".into(), name: "Lincoln High".into(), ..Org::default() });
    let mut ana = Person::new(Role::Teacher);
    ana.set_text(Text::SourcedId, "1001");
    ana.set_text(Text::Email, "ana@lincoln.example");
    ana.set_share(FeedNo(1), [OrgNo(0)]);
    Roster::default().with(1, [(OrgNo(0).into(), school.as_slice()), (PersonNo(0).into(), ana.pack().as_slice())])
}

fn checked(rows: &str, main: &[(FeedNo, String)]) -> (Checked, Vec<Finding>) {
    let (roster, profiles) = (roster(), Profiles::builtin());
    let profile = profiles.get("amplify-users").unwrap();
    let source = Source { name: "a.csv".into(), bytes: format!("{HEADER}\n{rows}").into_bytes() };
    let sheet = Sheet::open(source, &ReadAs::default(), &[profile]).unwrap();
    let (columns, _) = judge(sheet.header(), sheet.header_line(), profile);
    let (overlay, feed) = (Overlay::new(), FeedNo(2));
    let lets = Lets::default();
    let ask = Ask {
        sheet: &sheet,
        columns: &columns,
        profile,
        roster: &roster,
        feed,
        main,
        org: None,
        overlay: &overlay,
        decided: None,
        lets,
        makers: None,
    };
    let mut checked = check(&ask, &mut |_, _| true).unwrap();
    let mut findings = Vec::new();
    let Ok(()) = std::mem::take(&mut checked.spool).drain(|f| {
        findings.push(f);
        Ok::<_, std::convert::Infallible>(())
    });
    (checked, findings)
}

#[test]
fn who_is_brought_by_the_main_source_is_warned_about() {
    let row = ",S1,teacher,1001,Ana,Diaz,ana@lincoln.example,,,,,\n";
    let (checked, findings) = self::checked(row, &[(FeedNo(1), "clever".into())]);
    assert_eq!(checked.rows_with_errors, 0);
    let said: Vec<_> = findings.iter().map(|f| (f.severity, f.message())).collect();
    assert_eq!(said, [(Severity::Warning, "1001 is brought by feed clever, which will overwrite this".to_owned())]);
    // Another source that is not the main one, the file's own feed, and somebody new.
    assert_eq!(self::checked(row, &[]).1, []);
    assert_eq!(self::checked(row, &[(FeedNo(2), "amplify".into())]).1, []);
    let new = ",S1,teacher,7001,Mia,Kern,mia@lincoln.example,,,,,\n";
    assert_eq!(self::checked(new, &[(FeedNo(1), "clever".into())]).1, []);
}

/// Every other row falls late for somebody's address, and the next hangs on the class that it would have made.
#[test]
fn what_hangs_on_a_row_that_falls_late_falls_with_it() {
    let mut rows = String::new();
    for i in 0..3 * PASSES {
        let (class, mail) = (i / 2, if i % 2 == 0 { "ana".to_owned() } else { format!("m{i}") });
        let (title, grade) = if i % 2 == 0 { ("Reading", "3") } else { ("", "") };
        let _ = writeln!(rows, ",S1,teacher,7{i:03},P,Q,{mail}@lincoln.example,R-{class},{title},{grade},,");
    }
    let (checked, _) = self::checked(&rows, &[]);
    let count = |table| checked.wanted.sets.iter().find(|s| s.table == table).map_or(0, |s| s.records.len());
    assert_eq!(checked.rows_with_errors as usize, 3 * PASSES);
    assert_eq!((count(crate::roster::Table::Classes), count(crate::roster::Table::Enrollments)), (0, 0));
}
