//! Headers and the verdicts on them.

use csv::ByteRecord;

use super::*;
use crate::feed::{Blank, HeaderRules, Limits, RowShape, Scope, Target, Unique, Writes};
use crate::ledger::Mode;
use crate::roster::Kind;

/// A profile of columns that are all optional but those with a `*`; those with a `!` are passwords, which a header
/// may always lack.
pub(in crate::intake) fn profile(name: &str, columns: &str) -> Profile {
    let column = |name: &str| Column {
        name: name.trim_end_matches(['*', '!']).to_owned(),
        to: Target::Nowhere,
        need: if name.ends_with('*') { Need::Required } else { Need::Optional },
        only_for: None,
        optional_header: name.ends_with('!'),
        accept: if name == "status" { vec![("Active".into(), "active".into())] } else { Vec::new() },
        default: None,
        kind: if name.ends_with('!') { ColumnKind::Password } else { ColumnKind::Text },
        unique: Unique::No,
        min: 0,
        max: 100,
        chars: None,
        blank_code: None,
        any_case: false,
        refuse: Vec::new(),
        separator: None,
        holds: Vec::new(),
        about: String::new(),
    };
    Profile {
        name: name.to_owned(),
        title: name.to_owned(),
        about: String::new(),
        rows: RowShape::Person,
        main_kind: Kind::Students,
        key: vec![0],
        headers: HeaderRules { case: HeaderCase::Exact, order: HeaderOrder::Any, all: false, extra: OnExtra::Warn },
        writes: Writes::Upsert,
        blank: Blank::Keep,
        unique_over: Vec::new(),
        modes: vec![Mode::Partial],
        limits: Limits::default(),
        scope: Scope::Any,
        report_key: None,
        columns: columns.split(',').map(column).collect(),
        at_least_one: Vec::new(),
        file_name: None,
        line_breaks: crate::ledger::Severity::Warning,
        most_guardians: None,
        no_change: None,
        import_type: None,
        path: None,
        variant_of: None,
    }
}

pub(in crate::intake) fn header(names: &str) -> Vec<String> {
    names.split(',').map(str::to_owned).collect()
}

pub(in crate::intake) const USERS: &str = "first_name*,last_name*,email*,custom_id*,status,grade,password!";

/// The verdict as `code severity column args`, one a finding.
fn verdict(names: &str, profile: &Profile) -> Vec<String> {
    told(&judge(&header(names), 1, profile).1)
}

fn told(findings: &[Finding]) -> Vec<String> {
    let said = |f: &Finding| {
        assert_eq!(f.line, Some(1));
        let severity = if f.severity == Severity::Refused { "F" } else { &f.severity.name()[..1] };
        let args: Vec<String> = f.args.iter().map(|(name, text)| format!(" {name}={text}")).collect();
        format!("{} {severity} {}{}", f.code, f.column.as_deref().unwrap_or("-"), args.concat())
    };
    findings.iter().map(said).collect()
}

#[test]
fn each_fault_of_a_header_is_told_apart_and_said_once() {
    let users = profile("users", USERS);
    for (names, said) in [
        ("first_name,last_name,email,custom_id", &[][..]),
        ("custom_id,email,last_name,first_name,grade", &[]),
        ("first_name,last_name,email", &["HDR-101 F custom_id"]),
        ("first_name,lastname,email,custom_id", &["HDR-103 F last_name x=lastname"]),
        ("fist_name,last_name,emial,custom_id", &["HDR-103 F first_name x=fist_name", "HDR-103 F email x=emial"]),
        ("First Name,last_name,e-mail,custom_id", &["HDR-103 F first_name x=First Name", "HDR-103 F email x=e-mail"]),
        ("First_Name,last_name,email,custom_id", &["HDR-104 F first_name x=First_Name"]),
        ("first_name,last_name,email,custom_id,shoe", &["HDR-105 w shoe x=shoe"]),
        ("first_name,last_name,email,email,custom_id", &["HDR-106 F email n=2"]),
        ("first_name,last_name,email,Email,custom_id,EMAIL", &["HDR-106 F email n=3"]),
        ("first_name,last_name,EMAIL,Email,custom_id", &["HDR-104 F email x=EMAIL", "HDR-106 F email n=2"]),
        ("first_name,last_name,email,custom_id,shoe,shoe,shoe", &["HDR-105 w shoe x=shoe", "HDR-106 w shoe n=3"]),
        ("first_name,,last_name,email,custom_id", &["HDR-107 F - n=2"]),
        ("first_name,last_name,email,custom_id,", &["HDR-107 i - n=5"]),
        ("first_name,last_name,email,custom_id,, ,", &["HDR-107 i - n=5-7"]),
        ("\u{FEFF}first_name,last_name,email,custom_id", &["HDR-109 w first_name names=byte-order mark (U+FEFF)"]),
        ("first_name,last_name,email,custom\u{200B}_id", &["HDR-109 w custom_id names=zero-width space (U+200B)"]),
        ("first_name,last_name,email\u{A0},custom_id", &["HDR-109 w email names=no-break space (U+00A0)"]),
        ("first_name, last_name ,email,custom_id", &["VAL-224 i last_name"]),
        ("first_name,last_name,email,custom_id,passwd", &["HDR-103 F password x=passwd"]),
        ("first_name,last_name,email,custom_id,state", &["HDR-105 w state x=state"]),
        ("first_name,last_name,email,custom_id,name", &["HDR-105 w name x=name"]),
    ] {
        assert_eq!(verdict(names, &users), said, "{names:?}");
    }
}

#[test]
fn the_profile_decides_how_strict_the_verdict_is() {
    let mut users = profile("users", USERS);
    users.headers.all = true;
    assert_eq!(
        verdict("first_name,last_name,email,custom_id,password", &users),
        ["HDR-101 F status", "HDR-101 F grade"],
        "every column must be there"
    );
    users.headers = HeaderRules { case: HeaderCase::Ignore, order: HeaderOrder::Fixed, all: false, extra: OnExtra::Refuse };
    assert_eq!(verdict("FIRST_NAME,last_name,email,custom_id", &users), ["HDR-104 w first_name x=FIRST_NAME"]);
    assert_eq!(verdict("first_name,last_name,email,custom_id,shoe", &users), ["HDR-105 F shoe x=shoe"]);
    assert_eq!(verdict("first_name,email,last_name,custom_id,grade", &users), ["HDR-108 F email a=email b=last_name"]);
    users.headers.extra = OnExtra::Ignore;
    assert_eq!(verdict("first_name,last_name,email,custom_id,shoe,shoe", &users), [""; 0]);
    assert_eq!(verdict("first_name,last_name,email,custom_id,grades", &users), ["HDR-103 w grade x=grades"]);
    assert_eq!(verdict("first_name,last_name,email,custom_id,pasword", &users), ["HDR-103 F password x=pasword"]);
}

#[test]
fn a_decomposed_accent_is_the_same_header() {
    let users = profile("users", "pr\u{e9}nom*,nom*");
    assert_eq!(verdict("pre\u{301}nom,nom", &users), [""; 0]);
}

#[test]
fn columns_find_their_cells_and_extra_cells_are_known() {
    let (columns, _) = judge(&header("shoe,email,First_Name,,last_name,custom_id,,"), 1, &profile("users", USERS));
    assert_eq!(columns.at, [Some(2), Some(4), Some(1), Some(5), None, None, None]);
    assert_eq!((columns.extra.as_slice(), columns.width, columns.cells), (&[0, 3][..], 6, 8));
}

#[test]
fn a_row_may_be_as_wide_as_the_header_with_blanks_under_blanks() {
    let columns = judge(&header("a,b,,"), 1, &profile("p", "a*,b*")).0;
    for (cells, ragged) in [
        (vec!["1", "2"], None),
        (vec!["1", "2", ""], None),
        (vec!["1", "2", " ", ""], None),
        (vec!["1"], Some(Ragged::TooFew)),
        (vec!["1", "2", "x", ""], Some(Ragged::TooMany)),
        (vec!["1", "2", "", "", ""], Some(Ragged::TooMany)),
    ] {
        assert_eq!(columns.ragged(&ByteRecord::from(cells.clone())), ragged, "{cells:?}");
    }
}

/// A mapping of the profile `users`.
fn map(headers: &[(&str, &str)], constants: &[(&str, &str)]) -> Map {
    let pairs = |all: &[(&str, &str)]| all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Map { name: "m".into(), profile: "users".into(), headers: pairs(headers), constants: pairs(constants), ..Map::default() }
}

#[test]
fn a_mapping_gives_headers_and_constants_to_columns_and_its_faults_are_told_apart() {
    let users = profile("users", USERS);
    let headers = [("Staff First", "first_name"), ("Family", "last_name"), ("Mail", "email"), ("Emp #", "custom_id"), ("Shoe", "")];
    for (names, constants, said) in [
        ("Mail,Emp #,Staff First,Family,Shoe", &[][..], &[][..]),
        ("Mail, Emp\u{A0}#,Staff First,Family,Shoe", &[], &["HDR-109 w Emp # names=no-break space (U+00A0)", "VAL-224 i Emp #"]),
        ("Mail,Emp #,Staff First,Family,Shoe,grade,hat", &[("status", "Active")], &["HDR-105 w hat x=hat"]),
        ("Mail,Emp #,Staff First,Shoe", &[], &["HDR-111 F last_name m=m x=Family"]),
        ("Mail,Emp #,Staff First,Family,Shoe,email", &[], &["HDR-112 F email a=Mail b=email"]),
        ("Mail,Emp #,Staff First,Family,Shoe,EMAIL", &[], &["HDR-112 F email a=Mail b=EMAIL"]),
        ("Mail,Emp #,Staff First,Family,Shoe,status", &[("status", "Active")], &["HDR-112 F status a=the constant Active b=status"]),
        ("Mail,Emp #,Staff First,Family,Shoe", &[("email", "a@b.c")], &["HDR-112 F email a=Mail b=the constant a@b.c"]),
        ("Mail,Mail,Emp #,Staff First,Family,Shoe", &[], &["HDR-106 F Mail n=2"]),
    ] {
        let (_, findings) = judge_mapped(&header(names), 1, &users, Some(&map(&headers, constants)));
        assert_eq!(told(&findings), said, "{names}");
    }
    let twice = map(&[("Mail", "email"), ("E-mail", "email")], &[]);
    let (_, findings) = judge_mapped(&header("first_name,last_name,custom_id,Mail,E-mail"), 1, &users, Some(&twice));
    assert_eq!(told(&findings), ["HDR-112 F email a=Mail b=E-mail"]);
}

#[test]
fn what_a_mapping_takes_for_a_value() {
    let users = profile("users", USERS);
    let mut map = map(&[("Emp #", "custom_id")], &[("status", "Active")]);
    map.values.insert("grade".into(), [("Gr 1".into(), "1".into()), (String::new(), "K".into())].into());
    let (columns, _) = judge_mapped(&header("first_name,last_name,email,Emp #,grade"), 1, &users, Some(&map));
    assert_eq!(columns.at[3], Some(3));
    assert!(columns.fed(4) && columns.at[4].is_none(), "a constant feeds its column");
    for (column, value, taken) in [(4, "", "Active"), (5, " Gr 1 ", "1"), (5, "2", "2"), (5, " ", "K"), (0, "Gr 1", "Gr 1")] {
        assert_eq!(String::from_utf8_lossy(columns.taken(column, value.as_bytes())), taken, "{column} {value:?}");
    }
    let renamed = renamed(&users, &map);
    assert_eq!(renamed.columns[3].name, "Emp #");
}

#[test]
fn a_column_that_another_needs_is_told_apart_from_one_that_is_always_needed() {
    let mut users = profile("users", "class_id,class_name,email,phone,name*");
    users.headers.all = true;
    users.columns[0].need = Need::When(crate::feed::Condition { column: 1, values: Vec::new() });
    users.columns[3].need = Need::When(crate::feed::Condition { column: 4, values: vec!["Ana".into(), "Ben".into()] });
    let missing = verdict("class_name,name,email", &users);
    assert_eq!(
        missing,
        ["HDR-102 F class_id condition=class_name is there", "HDR-102 F phone condition=rows where name is Ana or Ben need it"]
    );
    assert_eq!(verdict("name,email,phone", &users), ["HDR-101 F class_id", "HDR-101 F class_name"]);
    users.headers.all = false;
    assert_eq!(verdict("class_name,name", &users), [""; 0]);
    users.at_least_one.push(crate::feed::AtLeastOne { of: vec![2, 3] });
    assert_eq!(verdict("name,phone", &users), [""; 0]);
    assert_eq!(verdict("name", &users), ["HDR-102 F email condition=at least one of email, phone must be filled"]);
}
