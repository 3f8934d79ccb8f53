//! Profiles as people write them: what is read from a right one, and what is said about a wrong one, and where.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on says so by failing

use std::fs;
use std::path::Path;

use homeroom::feed::load::{BUILTIN, parse, read};
use homeroom::feed::{
    AtLeastOne, Blank, ColumnKind, Condition, HeaderCase, HeaderOrder, HeaderRules, Limits, Need, OnExtra, Profile, Profiles, RowShape,
    Scope, Target, Unique, Writes, describe,
};
use homeroom::ledger::{Code, Mode};
use homeroom::roster::person::Text;
use homeroom::roster::{Family, Field, Kind, OrgField};
use proptest::prelude::*;

/// A right profile, from which the wrong ones are made.
const BASE: &str = r#"name = "ours"
rows = "person"
main_kind = "students"
key = ["id"]

[[column]]
name = "id"
to = "sourced_id"
need = "required"

[[column]]
name = "type"
to = "role"
need = "required"
accept = { "S" = "student", "T" = "teacher" }

[[column]]
name = "grade"
to = "grade"
only_for = { type = ["S"] }
accept = { "K" = "KG", "1" = "01" }
default = "K"

[[column]]
name = "mail"
to = "email"
unique = "people"
"#;

/// `with` in place of `of` in the base must be refused at the `‸` in `with`, in words that have `says` in them.
#[track_caller]
fn wrong(of: &str, with: &str, says: &str) {
    assert_eq!(BASE.matches(of).count(), 1, "{of:?} must be in the base once");
    wrong_text(&BASE.replace(of, with), says);
}

#[track_caller]
fn wrong_text(marked: &str, says: &str) {
    let Some((before, after)) = marked.split_once('‸') else { panic!("no mark for the place") };
    let place = (before.split('\n').count(), before.split('\n').next_back().unwrap_or("").chars().count() + 1);
    let read = parse(&format!("{before}{after}"), Some(Path::new("own.toml")));
    let Err(problem) = read else { panic!("was accepted, though: {says}") };
    assert_eq!((problem.line, problem.column), place, "{problem}");
    assert!(problem.message.contains(says), "{problem}\nlacks {says:?}");
    assert_eq!(problem.to_string(), format!("own.toml:{}:{}: {}", place.0, place.1, problem.message));
}

#[track_caller]
fn right(text: &str) -> Profile {
    parse(text, None).unwrap_or_else(|problem| panic!("{problem}\n{text}"))
}

#[test]
fn unknown_keys_are_refused_with_what_was_meant() {
    wrong("main_kind", "‸colour = 1\nmain_kind", "unknown key `colour` in the profile; the keys are `about`");
    wrong("main_kind", "‸titel = \"x\"\nmain_kind", "unknown key `titel` in the profile; did you mean `title`?");
    wrong("only_for", "‸onlyfor", "unknown key `onlyfor` in a column; did you mean `only_for`?");
    wrong("key = [\"id\"]", "key = [\"id\"]\nheaders = { ‸caze = \"exact\" }", "unknown key `caze` in headers; did you mean `case`?");
    wrong("key = [\"id\"]", "key = [\"id\"]\nlimits = { ‸size = 3 }", "unknown key `size` in limits; the keys are `bytes` or `rows`");
    wrong("key = [\"id\"]", "key = [\"id\"]\n‸\"\\u001b[2J\" = 1", "unknown key `<U+001B>[2J`");
}

#[test]
fn a_misspelled_key_is_told_rather_than_the_missing_one() {
    wrong("name = \"ours\"", "‸nmae = \"ours\"", "unknown key `nmae` in the profile; did you mean `name`?");
    wrong("name = \"grade\"\nto =", "name = \"grade\"\n‸too =", "unknown key `too` in a column; did you mean `to`?");
    wrong("name = \"id\"\nto", "‸Name = \"id\"\nto", "unknown key `Name` in a column; did you mean `name`?");
    wrong_text("name = \"x\"\nrows = \"org\"\nkey = [\"id\"]\n[[‸columns]]\nname = \"id\"", "did you mean `column`?");
}

#[test]
fn missing_keys_are_named() {
    wrong("name = \"ours\"\n", "‸", "the profile needs the key `name`");
    wrong("name = \"ours\"\nrows = \"person\"", "‸name = \"ours\"", "the profile needs the key `rows`");
    wrong("name = \"ours\"\nrows = \"person\"\nmain_kind = \"students\"", "‸name = \"ours\"\nrows = \"person\"", "the key `main_kind`");
    wrong(
        "name = \"ours\"\nrows = \"person\"\nmain_kind = \"students\"\nkey = [\"id\"]\n",
        "‸name = \"ours\"\nrows = \"person\"\nmain_kind = \"students\"\n",
        "the profile needs the key `key`",
    );
    wrong("[[column]]\nname = \"mail\"\nto = \"email\"", "‸[[column]]\nname = \"mail\"", "a column needs the key `to`");
    wrong("[[column]]\nname = \"mail\"\n", "‸[[column]]\n", "a column needs the key `name`");
    wrong_text("‸", "the profile needs the key `name`");
    wrong_text("‸name = \"x\"\nrows = \"org\"\nkey = [\"id\"]\n", "the profile has no columns; add one with [[column]]");
    wrong_text("name = \"x\"\nrows = \"org\"\nkey = [\"id\"]\ncolumn = ‸[]\n", "the profile has no columns");
}

#[test]
fn wrong_types_say_what_is_wanted_and_what_is_there() {
    wrong("name = \"ours\"", "name = ‸5", "`name` must be a text in quotes, but is a number");
    wrong("key = [\"id\"]", "key = ‸\"id\"", "`key` must be a list of texts, [\"...\"], but is a text");
    wrong("key = [\"id\"]", "key = [\"id\", ‸7]", "`key` must be a text in quotes, but is a number");
    wrong("only_for = { type = [\"S\"] }", "only_for = ‸\"S\"", "`only_for` must be a table, { ... }, but is a text");
    wrong("only_for = { type = [\"S\"] }", "only_for = { type = ‸\"S\" }", "`type` must be a list of texts");
    wrong("unique = \"people\"", "max = ‸\"ten\"", "`max` must be a whole number, 0 or more, but is a text");
    wrong("unique = \"people\"", "max = ‸-1", "`max` must be a whole number, 0 or more");
    wrong("unique = \"people\"", "max = ‸1.5", "`max` must be a whole number");
    wrong("unique = \"people\"", "max = ‸99999999999999999999", "`max` must be a whole number");
    wrong("unique = \"people\"", "optional_header = ‸\"yes\"", "`optional_header` must be true or false, but is a text");
    wrong("accept = { \"K\" = \"KG\", \"1\" = \"01\" }", "accept = { \"K\" = \"KG\", \"1\" = ‸1 }", "`accept` must be a text in quotes");
    wrong("accept = { \"K\" = \"KG\", \"1\" = \"01\" }", "accept = ‸true", "`accept` must be a table of file values and meanings");
    wrong_text("name = \"x\"\nrows = \"org\"\nkey = [\"id\"]\ncolumn = ‸\"id\"", "`column` must be written as [[column]], but is a text");
    wrong_text("name = \"x\"\nrows = \"org\"\nkey = [\"id\"]\ncolumn = [‸1]", "`column` must be written as [[column]], but is a number");
}

#[test]
fn unknown_words_are_refused_with_the_list_or_the_nearest() {
    wrong("rows = \"person\"", "rows = ‸\"persons\"", "`rows` cannot be \"persons\"; did you mean \"person\"?");
    wrong("rows = \"person\"", "rows = ‸\"lesson\"", "`rows` cannot be \"lesson\"");
    wrong("main_kind = \"students\"", "main_kind = ‸\"orgs\"", "use \"students\", \"staff\" or \"guardians\"");
    wrong("key = [\"id\"]", "key = [\"id\"]\nwrites = ‸\"update\"", "`writes` cannot be \"update\"; use \"upsert\" or \"create-only\"");
    wrong("key = [\"id\"]", "key = [\"id\"]\nmodes = [\"partial\", ‸\"ful\"]", "did you mean \"full\"?");
    wrong("key = [\"id\"]", "key = [\"id\"]\nmodes = [\"full\", ‸\"full\"]", "\"full\" is in `modes` twice");
    wrong("key = [\"id\"]", "key = [\"id\"]\nmodes = ‸[]", "`modes` must name at least one mode");
    wrong("unique = \"people\"", "kind = ‸\"mail\"", "`kind` cannot be \"mail\"; did you mean \"email\"?");
    wrong("unique = \"people\"", "need = ‸\"requird\"", "`need` cannot be \"requird\"; did you mean \"required\"?");
    wrong("to = \"email\"", "to = ‸\"e-mail\"", "`to` cannot be \"e-mail\"; did you mean \"email\"?");
    wrong("to = \"email\"", "to = ‸\"shoe size\"", "\"nowhere\"");
    wrong("\"1\" = \"01\"", "\"1\" = ‸\"1\"", "`accept` cannot be \"1\"; did you mean \"01\"?");
    wrong("\"T\" = \"teacher\"", "\"T\" = ‸\"principal\"", "use \"student\", \"teacher\"");
    wrong("default = \"K\"", "default = ‸\"KG\"", "`default` cannot be \"KG\"; use \"K\" or \"1\"");
    wrong("key = [\"id\"]", "key = [\"id\"]\nlimits = { bytes = ‸\"2 MiB\" }", "write a number of bytes, or \"2 MB\"");
    wrong("key = [\"id\"]", "key = [\"id\"]\nlimits = { rows = ‸0 }", "`rows` must be 1 or more");
    wrong("need = \"required\"\naccept", "need = \"required\"\nblank_code = ‸\"VAL-999\"\naccept", "`blank_code` cannot be \"VAL-999\"");
    wrong("need = \"required\"\naccept", "need = \"required\"\nblank_code = ‸\"FIL-001\"\naccept", "`blank_code` cannot be \"FIL-001\"");
    wrong("name = \"ours\"", "name = ‸\"Our file\"", "use a-z, 0-9, - _ and .");
    wrong("name = \"ours\"", "name = ‸\"../x\"", "use a-z, 0-9, - _ and .");
    wrong("name = \"ours\"", "name = ‸\" \"", "`name` must not be blank");
}

#[test]
fn columns_that_are_named_must_be_there() {
    wrong("key = [\"id\"]", "key = [‸\"ids\"]", "there is no column \"ids\"; did you mean \"id\"?");
    wrong(
        "key = [\"id\"]",
        "key = [‸\"number\"]",
        "there is no column \"number\"; the columns are \"id\", \"type\", \"grade\" or \"mail\"",
    );
    wrong("only_for = { type = [\"S\"] }", "only_for = { ‸typ = [\"S\"] }", "there is no column \"typ\"; did you mean \"type\"?");
    wrong("unique = \"people\"", "need = { when = { ‸kind = [\"S\"] } }", "there is no column \"kind\"");
    wrong("unique = \"people\"\n", "unique = \"people\"\n[[at_least_one]]\nof = [\"mail\", ‸\"phone\"]\n", "there is no column \"phone\"");
}

#[test]
fn conflicts_are_refused() {
    wrong("name = \"mail\"", "name = ‸\"grade\"", "there is a column \"grade\" already");
    wrong("name = \"mail\"", "name = ‸\"mail \"", "begins or ends with a blank");
    wrong("to = \"email\"", "to = ‸\"grade\"", "the column \"grade\" goes to the same place");
    wrong("unique = \"people\"", "min = ‸9\nmax = 3", "`min` is 9, more than `max`, which is 3");
    wrong("unique = \"people\"", "min = ‸1001", "`min` is 1001, more than `max`, which is 1000");
    wrong("unique = \"people\"", "max = ‸0", "`max` must be 1 or more");
    wrong("default = \"K\"", "need = \"required\"\ndefault = ‸\"K\"", "a required column has no `default`");
    wrong("key = [\"id\"]", "key = [‸\"mail\"]", "the key column \"mail\" must go to sourced_id");
    wrong_text(
        &BASE.replace("to = \"sourced_id\"\nneed = \"required\"", "to = \"sourced_id\"").replace("[\"id\"]", "[‸\"id\"]"),
        "the key column \"id\" must be required in every row",
    );
    wrong("key = [\"id\"]", "key = ‸[\"id\", \"mail\"]", "`key` must name one column");
    wrong("only_for = { type = [\"S\"] }", "only_for = { ‸grade = [\"K\"] }", "a column cannot depend on itself");
    wrong("only_for = { type = [\"S\"] }", "only_for = { type = [‸\"Student\"] }", "`type` cannot be \"Student\"");
    wrong("only_for = { type = [\"S\"] }", "only_for = { type = ‸[] }", "must name at least one value");
    wrong("only_for = { type = [\"S\"] }", "only_for = ‸{ }", "a condition names one column and its values");
    wrong("only_for = { type = [\"S\"] }", "only_for = { type = [\"S\"], ‸mail = [\"x\"] }", "a condition names one column");
    wrong("unique = \"people\"", "need = ‸{ }", "need needs the key `when`");
    wrong("unique = \"people\"", "unique = ‸\"orgs\"", "is for the column that goes to external_id");
    wrong("default = \"K\"", "unique = ‸\"people\"", "is for columns that go to email or username");
    wrong("unique = \"people\"", "kind = ‸\"password\"", "a password is never kept");
    wrong("unique = \"people\"", "kind = ‸\"grade\"", "a column that goes there is of kind \"email\"");
    wrong("to = \"grade\"", "to = \"grade\"\nkind = ‸\"text\"", "a column that goes there is of kind \"grade\"");
    wrong("unique = \"people\"", "kind = ‸\"choice\"", "takes one of a list: add `accept`");
    wrong(
        "name = \"type\"\nto = \"role\"\nneed = \"required\"\naccept = { \"S\" = \"student\", \"T\" = \"teacher\" }",
        "name = \"type\"\nto = ‸\"role\"\nneed = \"required\"",
        "the column \"type\" takes one of a list: add `accept`",
    );
    wrong("unique = \"people\"", "accept = ‸{ }", "`accept` is empty");
    wrong("unique = \"people\"", "accept = [\"a\", ‸\"a\"]", "\"a\" is in `accept` twice");
    wrong("unique = \"people\"", "accept = [‸\" a\"]", "can never be met");
    wrong("unique = \"people\"", "blank_code = ‸\"VAL-201\"", "this one is optional");
    wrong("unique = \"people\"\n", "unique = \"people\"\n[[at_least_one]]\nof = ‸[\"mail\"]\n", "at least two columns");
    wrong(
        "unique = \"people\"\n",
        "unique = \"people\"\n[[at_least_one]]\nof = [\"mail\", ‸\"id\"]\n",
        "is required, so the group is always met",
    );
    wrong("unique = \"people\"\n", "unique = \"people\"\n[[at_least_one]]\nof = [\"mail\", ‸\"mail\"]\n", "twice");
    wrong("unique = \"people\"\n", "unique = \"people\"\n‸[[at_least_one]]\n", "at_least_one needs the key `of`");
    // Capitals that do not count make two names one.
    wrong_text(
        &BASE.replace("key =", "headers = { case = \"ignore\" }\nkey =").replace("name = \"mail\"", "name = ‸\"Grade\""),
        "there is a column \"Grade\" already",
    );
    // What is for people is not for organizations.
    let orgs = |line: &str| {
        format!(
            "name = \"x\"\nrows = \"org\"\nkey = [\"id\"]\n{line}\n[[column]]\nname = \"id\"\nto = \"external_id\"\nneed = \"required\"\n"
        )
    };
    right(&orgs(""));
    wrong_text(&orgs("unique_over = ‸[\"staff\"]"), "for rows of people");
    wrong_text(&orgs("modes = ‸[\"students\"]"), "for rows of people");
    wrong_text(&orgs("main_kind = ‸\"staff\""), "use \"orgs\"");
}

#[test]
fn of_two_problems_the_first_in_the_text_is_told() {
    let two = BASE.replace("default = \"K\"", "default = ‸\"Q\"").replace("unique = \"people\"", "unique = \"persons\"");
    wrong_text(&two, "`default` cannot be \"Q\"");
}

#[test]
fn what_is_not_toml_is_told_with_its_place() {
    wrong("need = \"required\"\naccept", "need = ‸\naccept", "this is not TOML");
    wrong("name = \"mail\"", "name = \"mail\"\n‸name = \"mail\"", "this is not TOML: duplicate key");
    wrong("unique = \"people\"", "unique = ‸people", "this is not TOML");
    for text in ["[", "\0", "a = \"", "[[column]", "x = {", "\u{feff}\u{feff}", "=", "\r", "a.b.c = 1\na.b = 2"] {
        parse(text, None).expect_err(text);
    }
}

proptest! {
    /// Whatever stands in a file, it is read or refused with a place that is in the file.
    #[test]
    fn no_text_breaks_the_reader(text in ".*", cut in 0..2000usize, put in 0..2000usize) {
        let example: Vec<char> = describe::EXAMPLE.chars().collect();
        let (a, b) = (put.min(example.len()), (put + cut).min(example.len()));
        let mangled: String = example[..a].iter().copied().chain(text.chars()).chain(example[b..].iter().copied()).collect();
        for text in [text, mangled] {
            if let Err(problem) = parse(&text, None) {
                let line = text.split('\n').nth(problem.line - 1).expect("a line of the text");
                prop_assert!(problem.column <= line.chars().count() + 1, "{}", problem);
                prop_assert!(!problem.message.chars().any(char::is_control), "{}", problem);
            }
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    for open in ["[", "{a=", "[[", "a."] {
        parse(&format!("a = {}", open.repeat(100_000)), None).expect_err(open);
        parse(&open.repeat(100_000), None).expect_err(open);
    }
}

#[test]
fn columns_of_a_place_count_characters() {
    wrong("name = \"ours\"", "title = \"Örtliche Schüler 学\"\nname = ‸5", "`name` must be");
    wrong("only_for = { type = [\"S\"] }", "only_for = { \"tüp\" = [\"S\"], ‸\"x\" = [\"y\"] }", "a condition names one column");
    // A byte-order mark takes no place.
    let problem = parse("\u{feff}nmae = 1", None).expect_err("a wrong key");
    assert_eq!((problem.line, problem.column, problem.path.as_ref()), (1, 1, None));
    assert!(problem.to_string().starts_with("line 1, column 1: unknown key `nmae`"), "{problem}");
    assert_eq!(
        parse(&BASE.replace('\n', "\r\n").replace("need = \"required\"\r\naccept", "need = 1\r\naccept"), None).expect_err("a number").line,
        14
    );
}

#[test]
fn everything_can_be_said() {
    let profile = right(
        r#"
name = "all.of_it-2"
title = "All"
about = "Everything"
rows = "person"
main_kind = "guardians"
key = ["ID, No"]
headers = { case = "ignore", order = "fixed", missing = "allow", extra = "refuse" }
writes = "create-only"
blank = "erase"
unique_over = ["staff", "students", "guardians"]
modes = ["staff", "students", "full", "partial"]
limits = { bytes = "2 MB", rows = 1_000 }
scope = "school"
report = { key_column = "sourcedId" }

[[column]]
name = "ID, No"
to = "sourced_id"
need = "required"
blank_code = "val-229"
chars = "-_"
min = 2
max = 20

[[column]]
name = "role"
to = "role"
need = "required"
accept = { z = "teacher", a = "administrator" }

[[column]]
name = "login"
to = "username"
kind = "username"
need = { when = { role = ["z"] } }
unique = "people"

[[column]]
name = "secret"
to = "nowhere"
kind = "password"
need = "creating"
optional_header = true
min = 8

[[column]]
name = "phone"
to = "phone"

[[column]]
name = "lang"
to = "language"
only_for = { role = ["a", "z"] }
accept = ["en", "es"]
default = "en"
about = "given"

[[at_least_one]]
of = ["phone", "login"]
"#,
    );
    assert_eq!(profile.title, "All");
    assert_eq!(profile.about, "Everything");
    assert_eq!((profile.rows, profile.main_kind, profile.scope), (RowShape::Person, Kind::Guardians, Scope::School));
    assert_eq!(profile.headers, HeaderRules { case: HeaderCase::Ignore, order: HeaderOrder::Fixed, all: false, extra: OnExtra::Refuse });
    assert_eq!((profile.writes, profile.blank), (Writes::CreateOnly, Blank::Erase));
    assert_eq!(profile.unique_over, [Family::Staff, Family::Students, Family::Guardians]);
    assert_eq!(profile.modes, [Mode::Staff, Mode::Students, Mode::Full, Mode::Partial]);
    assert_eq!(profile.limits, Limits { bytes: Some(2 * 1024 * 1024), rows: Some(1000) });
    assert_eq!(profile.report_key.as_deref(), Some("sourcedId"));
    assert_eq!(profile.at_least_one, [AtLeastOne { of: vec![4, 2] }]);
    let [id, role, login, secret, phone, lang] = profile.columns.as_slice() else { panic!("six columns") };
    assert_eq!((id.min, id.max, id.chars.as_deref(), id.kind), (2, 20, Some("-_"), ColumnKind::Id));
    assert_eq!(id.blank_code.as_deref(), Some("VAL-229"));
    assert_eq!(role.accept, [("z".into(), "teacher".into()), ("a".into(), "administrator".into())], "in the order of the file");
    assert_eq!(login.need, Need::When(Condition { column: 1, values: vec!["z".into()] }));
    assert_eq!((login.kind, login.unique), (ColumnKind::Username, Unique::People));
    assert_eq!(
        (secret.kind, secret.to, &secret.need, secret.optional_header),
        (ColumnKind::Password, Target::Nowhere, &Need::Creating, true)
    );
    assert_eq!((phone.kind, &phone.need, phone.max), (ColumnKind::Phone, &Need::Optional, 1000));
    assert_eq!(lang.only_for, Some(Condition { column: 1, values: vec!["a".into(), "z".into()] }));
    assert_eq!(lang.accept, [("en".into(), "en".into()), ("es".into(), "es".into())]);
    assert_eq!((lang.default.as_deref(), lang.about.as_str()), (Some("en"), "given"));

    assert_eq!(describe::template(&profile), "\"ID, No\",role,login,phone,lang\n");
    assert_eq!(describe::need(&profile, login), "needed if role is z");
    assert_eq!(describe::need(&profile, secret), "needed for new records");
    assert_eq!(describe::rule(&profile, id), "an ID, kept as text; 2 to 20 characters; letters a-z, digits and -_ only");
    assert_eq!(describe::rule(&profile, lang), "one of en or es; blank means en; ignored unless role is a or z");
    assert_eq!(
        describe::rules(&profile),
        [
            "ID, No finds the record: a new one is created, a known one is an error.",
            "ID, No is unique over staff and students and guardians together.",
            "The needed columns must be in the header, in this order; capitals do not matter; an extra column refuses the file.",
            "A blank optional cell clears what the roster has, unless the column has a default.",
            "At least one of phone or login is needed.",
            "A file has at most 2 MB and 1000 rows.",
            "An upload is for one school, chosen with the file.",
            "Mode staff, the default: teachers, staff and administrators who are absent from the file are disabled.",
            "Mode students: students who are absent from the file are disabled.",
            "Mode full: who is absent from the file is disabled.",
            "Mode partial: who is absent from the file stays as they are.",
        ]
    );
}

#[test]
fn what_is_left_out_has_a_default() {
    let profile = right(BASE);
    assert_eq!(profile.title, "ours");
    assert_eq!(profile.headers, HeaderRules { case: HeaderCase::Exact, order: HeaderOrder::Any, all: true, extra: OnExtra::Warn });
    assert_eq!((profile.writes, profile.blank, profile.scope), (Writes::Upsert, Blank::Keep, Scope::Any));
    assert_eq!(profile.modes, [Mode::Partial]);
    assert_eq!(profile.limits, Limits::default());
    assert_eq!((profile.unique_over.len(), profile.report_key, profile.path), (0, None, None));
    let kinds: Vec<_> = profile.columns.iter().map(|c| c.kind).collect();
    assert_eq!(kinds, [ColumnKind::Id, ColumnKind::Choice, ColumnKind::Grade, ColumnKind::Email]);
}

#[test]
fn the_builtin_echalk_profile_is_what_echalk_says() {
    let profiles = Profiles::builtin();
    assert_eq!(profiles.problems, []);
    let p = profiles.get("echalk-users").expect("built in");
    let person = |f: Field| Target::Person(f);
    let text = |t: Text| Target::Person(Field::Text(t));
    let staff = Some(Condition { column: 6, values: vec!["Teacher".into(), "Staff".into(), "Administrator".into()] });
    let students = Some(Condition { column: 6, values: vec!["Student".into()] });
    let got: Vec<_> = p.columns.iter().map(|c| (c.name.as_str(), c.to, c.need.clone(), c.kind, c.only_for.clone())).collect();
    assert_eq!(
        got,
        [
            ("first_name", text(Text::GivenName), Need::Required, ColumnKind::Name, None),
            ("middle_name", text(Text::MiddleName), Need::Optional, ColumnKind::Name, None),
            ("last_name", text(Text::FamilyName), Need::Required, ColumnKind::Name, None),
            ("email", text(Text::Email), Need::Required, ColumnKind::Email, None),
            ("custom_id", text(Text::SourcedId), Need::Required, ColumnKind::Id, None),
            ("school_district_external_id", person(Field::Orgs), Need::Required, ColumnKind::Reference, None),
            ("user_type", person(Field::Role), Need::Required, ColumnKind::Choice, None),
            ("position", text(Text::Position), Need::Optional, ColumnKind::Text, staff),
            ("grade", person(Field::Grade), Need::Optional, ColumnKind::Grade, students),
            ("status", person(Field::Status), Need::Required, ColumnKind::Choice, None),
            ("password", Target::Nowhere, Need::Creating, ColumnKind::Password, None),
        ]
    );
    assert_eq!((p.rows, p.main_kind, p.key.as_slice()), (RowShape::Person, Kind::Students, [4].as_slice()));
    assert_eq!(p.headers, HeaderRules { case: HeaderCase::Exact, order: HeaderOrder::Any, all: true, extra: OnExtra::Warn });
    assert_eq!((p.writes, p.blank, p.scope, p.limits), (Writes::Upsert, Blank::Keep, Scope::Any, Limits::default()));
    assert_eq!(p.unique_over, [Family::Staff, Family::Students]);
    assert_eq!(p.modes, [Mode::Partial, Mode::Full, Mode::Students, Mode::Staff]);
    assert_eq!(p.at_least_one, []);
    let of = |name: &str| &p.columns[p.column(name).expect("there")];
    assert_eq!(of("custom_id").blank_code.as_deref(), Some(Code::VAL_229.name()));
    assert_eq!(of("email").unique, Unique::People);
    assert_eq!(of("email").max, 254);
    assert_eq!(of("grade").default.as_deref(), Some("Unspecified"));
    let words = |name: &str| of(name).accept.iter().map(|(w, m)| format!("{w}={m}")).collect::<Vec<_>>().join(" ");
    assert_eq!(words("user_type"), "Teacher=teacher Staff=staff Administrator=administrator Student=student");
    assert_eq!(words("status"), "Active=active Disabled=disabled");
    assert_eq!(words("grade"), "Unspecified=UN PreK=PK K=KG 1=01 2=02 3=03 4=04 5=05 6=06 7=07 8=08 9=09 10=10 11=11 12=12 Other=OT");
    let lenient: Vec<_> = p.columns.iter().filter(|c| c.optional_header).map(|c| c.name.as_str()).collect();
    assert_eq!(lenient, ["password"]);
    assert_eq!(
        describe::template(p),
        "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status\n"
    );
    assert_eq!(describe::rule(p, of("email")), "an e-mail address; at most 254 characters; unique over all people");
    assert_eq!(describe::rule(p, of("user_type")), "one of Teacher, Staff, Administrator or Student");
    assert_eq!(
        describe::rules(p)[2],
        "Every column must be in the header (password may be left out), in any order; capitals count; extra columns are ignored with a warning."
    );
}

#[test]
fn the_builtin_schools_profile_sets_organizations_up() {
    let profiles = Profiles::builtin();
    let p = profiles.get("schools").expect("built in");
    let got: Vec<_> = p.columns.iter().map(|c| (c.name.as_str(), c.to, c.need.clone(), c.kind, c.unique)).collect();
    let org = Target::Org;
    assert_eq!(
        got,
        [
            ("external_id", org(OrgField::ExternalId), Need::Required, ColumnKind::Id, Unique::Orgs),
            ("name", org(OrgField::Name), Need::Required, ColumnKind::Text, Unique::No),
            ("type", org(OrgField::Type), Need::Optional, ColumnKind::Choice, Unique::No),
            ("parent_external_id", org(OrgField::Parent), Need::Optional, ColumnKind::Reference, Unique::No),
            ("address", org(OrgField::Address), Need::Optional, ColumnKind::Text, Unique::No),
        ]
    );
    assert_eq!((p.rows, p.main_kind, p.key.as_slice()), (RowShape::Org, Kind::Orgs, [0].as_slice()));
    assert_eq!(p.headers, HeaderRules { case: HeaderCase::Ignore, order: HeaderOrder::Any, all: false, extra: OnExtra::Warn });
    assert_eq!(p.columns[2].accept, [("district".into(), "district".into()), ("school".into(), "school".into())]);
    assert_eq!(p.columns[2].default.as_deref(), Some("school"));
    assert_eq!(p.modes, [Mode::Partial]);
    assert_eq!(describe::template(p), "external_id,name,type,parent_external_id,address\n");
}

#[test]
fn builtins_bear_their_file_names_and_say_where_each_rule_is_from() {
    let profiles = Profiles::builtin();
    assert_eq!(profiles.all.len(), BUILTIN.len());
    for (name, _) in BUILTIN {
        let profile = profiles.get(name).expect(name);
        assert!(!profile.about.is_empty() && profile.path.is_none(), "{name}");
        for column in &profile.columns {
            let told = ["given", "found", "chosen"].iter().any(|w| column.about.contains(w));
            assert!(told, "{name}.{}: {}", column.name, column.about);
        }
    }
    assert!(profiles.all.is_sorted_by_key(|p| &p.name));
    assert_eq!(profiles.nearest("echalk-user"), Some("echalk-users"));
    assert_eq!(profiles.nearest("powerschool"), None);
}

#[test]
fn own_profiles_join_and_replace_the_builtin_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).expect("written");
    write("a-ours.toml", BASE.as_bytes());
    write("b-broken.toml", b"name = \"broken\"\nrows = 7\n");
    write("c-schools.toml", BASE.replace("\"ours\"", "\"schools\"").as_bytes());
    write("d-latin1.toml", b"name = \"x\"\ntitle = \"Jos\xe9\"\n");
    write("e-again.toml", BASE.as_bytes());
    write("f-huge.toml", &vec![b'#'; (1 << 20) + 1]);
    write("notes.txt", b"not a profile");
    fs::create_dir(folder.path().join("g-folder.toml")).expect("made");

    let profiles = Profiles::load(folder.path());
    let names: Vec<_> = profiles.all.iter().map(|p| p.name.as_str()).collect();
    let mut wanted: Vec<&str> = BUILTIN.iter().map(|b| b.0).chain(["ours"]).collect();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
    assert_eq!(profiles.get("schools").and_then(|p| p.path.clone()), Some(folder.path().join("c-schools.toml")));
    assert_eq!(profiles.notes.len(), 1);
    assert!(profiles.notes[0].ends_with("c-schools.toml replaces the built-in profile schools"), "{}", profiles.notes[0]);
    let problems: Vec<_> = profiles
        .problems
        .iter()
        .map(|p| (p.path.as_ref().and_then(|p| p.file_name()).and_then(|n| n.to_str()).unwrap_or(""), p.line, p.column))
        .collect();
    assert_eq!(
        problems,
        [("b-broken.toml", 2, 8), ("d-latin1.toml", 2, 13), ("e-again.toml", 1, 1), ("f-huge.toml", 1, 1), ("g-folder.toml", 1, 1)]
    );
    for (i, part) in
        ["must be a text", "byte 0xE9 is not UTF-8", "profile ours is already in", "more than", "cannot read"].iter().enumerate()
    {
        assert!(profiles.problems[i].message.contains(part), "{}", profiles.problems[i]);
    }

    assert_eq!(read(&folder.path().join("a-ours.toml")).expect("right").path, Some(folder.path().join("a-ours.toml")));
    let none = read(&folder.path().join("none.toml")).expect_err("not there");
    assert!(none.message.starts_with("cannot read the file"), "{none}");
}

#[test]
fn without_a_folder_there_are_the_builtin_profiles() {
    let folder = tempfile::tempdir().expect("a folder");
    let profiles = Profiles::load(&folder.path().join("none"));
    assert_eq!((profiles.all.len(), profiles.problems.len(), profiles.notes.len()), (BUILTIN.len(), 0, 0));
}

#[test]
fn the_example_is_right() {
    let example = right(describe::EXAMPLE);
    assert_eq!(example.name, "our-students");
    assert_eq!(example.columns.len(), 8);
}

/// Every TOML block of the page is a profile, or goes into one: columns at the end, other keys at the top.
#[test]
fn the_page_about_profiles_is_right() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/profiles.md")).expect("the page");
    let blocks: Vec<_> = page.split("```toml\n").skip(1).map(|b| b.split_once("```").expect("closed").0).collect();
    assert!(blocks.len() >= 5, "the page has examples");
    assert_eq!(blocks[0], describe::EXAMPLE, "the first is the example that the program prints");
    for block in blocks {
        if block.contains("\nname = ") && block.contains("rows = ") {
            right(block);
        } else if block.starts_with("[[") {
            right(&format!("{}\n{block}", BASE.replace("[[column]]\nname = \"mail\"\nto = \"email\"\nunique = \"people\"\n", "")));
        } else {
            right(&BASE.replace("key = [\"id\"]\n", &format!("key = [\"id\"]\n{block}")));
        }
    }
    // Every key that the reader knows is on the page, and every word.
    for key in "name title about rows main_kind key headers case order missing extra writes blank unique_over modes scope limits bytes \
                report key_column column to need when only_for accept default kind unique min max chars blank_code optional_header \
                at_least_one of"
        .split_whitespace()
    {
        assert!(page.contains(&format!("`{key}`")), "{key} is not on the page");
    }
    for field in Field::ALL.iter().map(|f| f.name()).chain(OrgField::ALL.iter().map(|f| f.name())) {
        assert!(page.contains(&format!("`{field}`")), "{field} is not on the page");
    }
}
