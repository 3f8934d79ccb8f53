//! The index as a whole, over small rosters that can be read.

use proptest::prelude::*;

use super::*;
use crate::roster::fold::fold;
use crate::roster::{Entity, Person, PersonNo, Role, Roster, Status, Text};

/// People as `family|given|middle|id|email|username|phone`; a leading `-` is a disabled one, an empty line nobody.
fn packed(line: &str) -> Vec<u8> {
    if line.is_empty() {
        return Vec::new();
    }
    let mut person = Person::new(Role::Student);
    let line = line.strip_prefix('-').inspect(|_| person.status = Status::Disabled).unwrap_or(line);
    let texts = [
        Text::FamilyName,
        Text::GivenName,
        Text::MiddleName,
        Text::SourcedId,
        Text::Email,
        Text::Username,
        Text::Phone,
        Text::PreferredName,
    ];
    for (text, value) in texts.into_iter().zip(line.split('|')) {
        person.set_text(text, value);
    }
    person.pack()
}

fn changed(roster: &Roster, position: u64, lines: &[(u32, String)]) -> Roster {
    let packed: Vec<(u32, Vec<u8>)> = lines.iter().map(|(slot, line)| (*slot, packed(line))).collect();
    roster.with(position, packed.iter().map(|(slot, bytes)| (Entity::from(PersonNo(*slot)), bytes.as_slice())))
}

fn roster(lines: &[&str]) -> Roster {
    changed(&Roster::default(), 1, &lines.iter().enumerate().map(|(i, l)| (i as u32, (*l).to_owned())).collect::<Vec<_>>())
}

const SCHOOL: &[&str] = &[
    "García|María|Elena|1001|maria.garcia@s.example||5105550123", // 0
    "Garcia|José|||jose@s.example",                               // 1
    "Gray|Martin||0077|mgray@s.example|mgray",                    // 2
    "-García|María|Elena|1002|mg2@s.example",                     // 3
    "O'Brien|Ana||B-12|Ana.OBrien@s.example",                     // 4
    "王|伟||3001|wei.wang@s.example",                             // 5
    "김|민준||3002|minjun@s.example",                             // 6
    "García-López|Mario||10010|mario@s.example",                  // 7
    "Joseph|Rosa||4001|rosé@s.example",                           // 8
    "",                                                           // 9
    "Smith|Robert||5001|bob@s.example|||Bobby",                   // 10
    "Moreno|Maria|G|10 20|moreno@garcia.example",                 // 11
];

fn found(roster: &Roster, query: &str) -> Vec<u32> {
    let matches = Index::build(roster).find(roster, query, 50, &|| false);
    assert_eq!(matches.total, matches.best.len() as u64, "{query}");
    matches.best.iter().map(|m| m.number.0).collect()
}

#[test]
fn queries_find_whom_they_mean() {
    let roster = roster(SCHOOL);
    for (query, first, others) in [
        ("garcia maria", &[0u32, 3] as &[u32], &[7u32] as &[u32]),
        ("maria garcia", &[0, 3], &[7]),
        ("García, María", &[0, 3], &[7]),
        ("garciamari", &[0], &[3, 7]),
        ("mariagarcia", &[0], &[3]),
        ("gracia", &[1], &[0, 3, 7]),
        ("jose", &[1], &[8]),
        ("JOSÉ", &[1], &[8]),
        ("1001", &[0], &[7]),
        ("100", &[0], &[3, 7]),
        ("0123", &[0], &[]),
        ("(510) 555-0123", &[0], &[]),
        ("10 20", &[11], &[]),
        ("b-12", &[4], &[]),
        ("B-1", &[4], &[]),
        ("ana.obrien@s.example", &[4], &[]),
        ("ANA.OB", &[4], &[]),
        ("obrien", &[4], &[]),
        ("o’brien ana", &[4], &[]),
        ("wei.w", &[5], &[]),
        ("王", &[5], &[]),
        ("王伟", &[5], &[]),
        ("伟 王", &[5], &[]),
        ("김민준", &[6], &[]),
        ("민", &[6], &[]),
        ("rose", &[8], &[1]),
        ("bobby", &[10], &[]),
        ("bob smith", &[10], &[]),
        ("mgray", &[2], &[]),
        ("zzzz", &[], &[]),
        ("s.example zzzz", &[], &[]),
    ] {
        let all = found(&roster, query);
        assert!(all.starts_with(first), "{query}: {all:?}");
        let mut rest: Vec<u32> = all[first.len()..].to_vec();
        rest.sort_unstable();
        assert_eq!(rest, others, "{query}: beside the first");
    }
}

#[test]
fn disabled_people_come_after_active_equals() {
    let roster = roster(&["-Diaz|Ana", "Diaz|Ana", "-Diaz|Ana", "Diaz|Ana"]);
    assert_eq!(found(&roster, "diaz"), [1, 3, 0, 2]);
}

#[test]
fn the_best_of_many_equals_are_the_first_by_name() {
    let lines: Vec<(u32, String)> = (0..9000).map(|i| (i, format!("Diaz|N{:05}", 9000 - i))).collect();
    let roster = changed(&Roster::default(), 1, &lines);
    let matches = Index::build(&roster).find(&roster, "diaz", 3, &|| false);
    assert_eq!(matches.total, 9000);
    assert_eq!(matches.best.iter().map(|m| m.number.0).collect::<Vec<_>>(), [8999, 8998, 8997]);
    let all = Index::build(&roster).find(&roster, "diaz", usize::MAX, &|| false);
    assert_eq!(all.best.len(), MOST_MATCHES);
}

#[test]
fn a_match_says_which_characters_matched() {
    let roster = roster(SCHOOL);
    let index = Index::build(&roster);
    let first = |query: &str| index.find(&roster, query, 1, &|| false).best.remove(0).matched;
    assert_eq!(shown_name(roster.person(PersonNo(0)).unwrap()), "García, María Elena");
    assert_eq!(first("mari garcia"), [0, 1, 2, 3, 4, 5, 8, 9, 10, 11]);
    assert_eq!(first("wei.wang"), [] as [u32; 0], "found by the e-mail");
}

#[test]
fn hostile_queries_are_bounded() {
    let roster = roster(SCHOOL);
    let index = Index::build(&roster);
    let many_words = "garcia maria ".repeat(200);
    for query in [&"x".repeat(10_240), &"é".repeat(10_240), &many_words, "", "   \t", "\u{0}\u{1b}[31m", "'", "@", "\u{301}", "ß", "%"] {
        let matches = index.find(&roster, query, 10, &|| false);
        assert!(matches.total <= 11);
        assert!(index.filter(&roster, query, &|| false).is_some());
    }
    assert_eq!(index.find(&roster, " \t\u{7} ", 10, &|| false), Matches::default());
    let empty = Roster::default();
    assert_eq!(Index::build(&empty).find(&empty, "garcia", 10, &|| false), Matches::default());
}

#[test]
fn a_cancelled_search_answers_nothing() {
    let roster = roster(SCHOOL);
    let index = Index::build(&roster);
    assert_eq!(index.find(&roster, "garcia", 10, &|| true), Matches::default());
    assert_eq!(index.filter(&roster, "garcia", &|| true), None);
}

#[test]
fn an_index_of_another_snapshot_does_no_harm() {
    let before = roster(SCHOOL);
    let after = changed(&before, 2, &[(0, String::new()), (70_000, "Garcia|Late".into())]);
    let (old, new) = (Index::build(&before), Index::build(&after));
    for query in ["garcia", "1001", "example", "m"] {
        old.find(&after, query, 10, &|| false);
        new.find(&before, query, 10, &|| false);
        old.filter(&after, query, &|| false);
        new.filter(&before, query, &|| false);
    }
}

#[test]
fn more_than_sixteen_bits_of_names_are_told_apart() {
    let lines: Vec<(u32, String)> = (0..70_000).map(|i| (i, format!("Fam{i}x|Giv{i}y"))).collect();
    let roster = changed(&Roster::default(), 1, &lines);
    let index = Index::build(&roster);
    for slot in [0u32, 4_464, 65_535, 65_536, 69_999] {
        let matches = index.find(&roster, &format!("fam{slot}x"), 1, &|| false);
        assert_eq!(matches.best[0].number.0, slot);
    }
}

#[test]
fn fields_of_any_length_are_searched() {
    let long = "a".repeat(70_000);
    let roster = roster(&[&format!("{long}end|Ana||7|{long}@s.example")]);
    let index = Index::build(&roster);
    assert_eq!(index.filter(&roster, "end", &|| false).unwrap().count(), 1);
    assert_eq!(index.find(&roster, "ana", 1, &|| false).total, 1);
    assert_eq!(index.find(&roster, "aaaa", 1, &|| false).total, 1);
}

/// One field of an invented person: short alphabets, so that things do match.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[abAB]{0,4}",
        2 => "[aáÁbßİ王김'\\- ]{0,4}",
        1 => "[0-9@.ab]{0,6}",
    ]
}

fn line() -> impl Strategy<Value = String> {
    (any::<bool>(), prop::collection::vec(field(), 8))
        .prop_map(|(disabled, fields)| format!("{}{}", if disabled { "-" } else { "" }, fields.join("|")))
}

fn query() -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof!["[abAB]{1,3}", "[aábßİ王김@.0-9]{1,3}", "[ab0-9@.]{1,6}"], 1..4).prop_map(|w| w.join(" "))
}

/// The people whose texts hold all words, looked at one by one.
fn slowly(roster: &Roster, query: &str, texts: &[Text]) -> Vec<u32> {
    let folded = fold(query);
    let words: Vec<&str> = folded.split_whitespace().collect();
    let holds = |person: crate::roster::PersonRef<'_>, word: &str| texts.iter().any(|t| fold(person.text(*t)).contains(word));
    roster.people().filter(|(_, p)| words.iter().all(|w| holds(*p, w))).map(|(n, _)| n.0).collect()
}

const FILTERED: [Text; 7] =
    [Text::FamilyName, Text::GivenName, Text::MiddleName, Text::PreferredName, Text::SourcedId, Text::Email, Text::Username];

fn name_key(roster: &Roster, slot: u32) -> [String; 3] {
    [Text::FamilyName, Text::GivenName, Text::MiddleName].map(|t| fold(roster.person(PersonNo(slot)).unwrap().text(t)).into_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_filter_holds_whoever_has_all_words(lines in prop::collection::vec(line(), 0..90), query in query()) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let roster = roster(&lines);
        let slots = Index::build(&roster).filter(&roster, &query, &|| false).unwrap();
        prop_assert_eq!(slots.iter().collect::<Vec<_>>(), slowly(&roster, &query, &FILTERED));
    }

    #[test]
    fn a_look_up_misses_nobody_whose_name_has_all_words(lines in prop::collection::vec(line(), 0..90), query in "[abá王]{1,3}( [abá]{1,3})?") {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let roster = roster(&lines);
        let matches = Index::build(&roster).find(&roster, &query, 1000, &|| false);
        let got: Vec<u32> = matches.best.iter().map(|m| m.number.0).collect();
        for slot in slowly(&roster, &query, &FILTERED[..4]) {
            prop_assert!(got.contains(&slot), "{} of {:?}", slot, got);
        }
        prop_assert_eq!(matches.total, got.len() as u64);
    }

    #[test]
    fn an_updated_index_answers_as_a_new_one(
        lines in prop::collection::vec(line(), 1..80),
        steps in prop::collection::vec(prop::collection::btree_map(0u32..100, prop_oneof![Just(String::new()), line()], 1..6), 1..4),
        query in query(),
    ) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut roster = roster(&lines);
        let mut index = Index::build(&roster);
        for (i, step) in steps.iter().enumerate() {
            let step: Vec<(u32, String)> = step.iter().map(|(s, l)| (*s, l.clone())).collect();
            roster = changed(&roster, 2 + i as u64, &step);
            index = index.updated(&roster, &step.iter().map(|(s, _)| PersonNo(*s)).collect::<Vec<_>>());
            let new = Index::build(&roster);
            prop_assert_eq!(index.by_name(), new.by_name());
            prop_assert_eq!(index.name_rank(), new.name_rank());
            prop_assert_eq!(index.filter(&roster, &query, &|| false), new.filter(&roster, &query, &|| false));
            prop_assert_eq!(index.find(&roster, &query, 100, &|| false), new.find(&roster, &query, 100, &|| false));
        }
        let mut order: Vec<u32> = roster.people().map(|(n, _)| n.0).collect();
        order.sort_by_key(|s| (name_key(&roster, *s), *s));
        prop_assert_eq!(index.by_name(), order.as_slice());
    }
}
