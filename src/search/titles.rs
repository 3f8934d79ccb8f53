//! Classes and courses by title and ID: a few bytes each, looked through from the first to the last.

use crate::roster::fold::fold;
use crate::roster::{Class, ClassNo, Course, CourseNo, OrgNo, Roster, Status, Table, unpack};

use super::lines::Words;
use super::word::signature;

/// An ID as typed, the beginning of one, and a part of one.
const ID: u16 = 120;
const ID_PREFIX: u16 = 75;
const ID_PART: u16 = 40;

/// Letters from which a word is looked for within an ID.
const PART_FROM: usize = 3;

/// Titles looked at between two questions whether the answer is still wanted.
const AT_A_TIME: usize = 8192;

/// A class or a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Titled {
    /// A class.
    Class(ClassNo),
    /// A course.
    Course(CourseNo),
}

/// A class or course found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitleMatch {
    /// Which.
    pub what: Titled,
    /// How well; only good for comparing matches of one query.
    pub score: u32,
    /// Which characters of its title matched, by index, ascending; empty where it was the ID.
    pub matched: Vec<u32>,
}

/// What was found: how many in all, and the best of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TitleMatches {
    /// How many match.
    pub total: u64,
    /// The best, best first.
    pub best: Vec<TitleMatch>,
}

/// Titles and IDs of a snapshot's classes and courses, folded. Never changes.
#[derive(Debug, Default)]
pub struct Titles {
    text: String,
    all: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    what: Titled,
    org: Option<OrgNo>,
    active: bool,
    signature: u32,
    /// Where in the text its title ends, and its ID; it begins where the one before ends.
    title: u32,
    id: u32,
}

impl Titles {
    /// Those of a snapshot.
    pub fn build(roster: &Roster) -> Self {
        let mut titles = Self::default();
        for (slot, record) in roster.table(Table::Courses).iter() {
            if let Some(c) = unpack::<Course>(record) {
                titles.add(Titled::Course(CourseNo(slot)), &c.title, &[&c.sourced_id, &c.code], c.org, c.status);
            }
        }
        for (slot, record) in roster.table(Table::Classes).iter() {
            if let Some(c) = unpack::<Class>(record) {
                titles.add(Titled::Class(ClassNo(slot)), &c.title, &[&c.sourced_id], c.org, c.status);
            }
        }
        titles.text.shrink_to_fit();
        titles.all.shrink_to_fit();
        titles
    }

    fn add(&mut self, what: Titled, title: &str, ids: &[&str], org: Option<OrgNo>, status: Status) {
        let folded = fold(title);
        let signature = signature(&folded);
        self.text.push_str(&folded);
        let title = self.text.len() as u32;
        // Codes beside the ID are told apart by a character that no word has.
        for id in ids.iter().filter(|i| !i.is_empty()) {
            self.text.push_str(&fold(id));
            self.text.push('\n');
        }
        self.all.push(Entry { what, org, active: status == Status::Active, signature, title, id: self.text.len() as u32 });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The classes and courses (at an organization, where one is given) that fit all words of `query` by title or ID: the best `limit`,
    /// active before disabled ones that match as well. When `cancelled` says so, the answer is empty.
    pub fn find(&self, roster: &Roster, query: &str, org: Option<OrgNo>, limit: usize, cancelled: &dyn Fn() -> bool) -> TitleMatches {
        let Some(words) = Words::of(query) else { return TitleMatches::default() };
        let mut found: Vec<(u32, usize)> = Vec::new();
        let mut from = 0;
        for (n, entry) in self.all.iter().enumerate() {
            if n.is_multiple_of(AT_A_TIME) && cancelled() {
                return TitleMatches::default();
            }
            let (title, ids) = (&self.text[from..entry.title as usize], &self.text[entry.title as usize..entry.id as usize]);
            from = entry.id as usize;
            if org.is_some() && entry.org != org {
                continue;
            }
            let by_id = |word: &str| ids.split('\n').filter(|id| !id.is_empty()).map(|id| by_id(id, word)).max().unwrap_or(0);
            if let Some(score) = words.score_folded(title, entry.signature, by_id) {
                found.push((2 * score + u32::from(entry.active), n));
            }
        }
        let total = found.len() as u64;
        // Equal ones in the order of the roster, courses first: the sort is stable.
        found.sort_by_key(|f| std::cmp::Reverse(f.0));
        found.truncate(limit);
        let matched = |what| match what {
            Titled::Class(n) => roster.class(n).map(|c| words.marks(&c.title)),
            Titled::Course(n) => roster.course(n).map(|c| words.marks(&c.title)),
        };
        let best = found.into_iter().map(|(score, n)| {
            let what = self.all[n].what;
            TitleMatch { what, score, matched: matched(what).unwrap_or_default() }
        });
        TitleMatches { total, best: best.collect() }
    }
}

fn by_id(id: &str, word: &str) -> u16 {
    match id.find(word) {
        Some(0) if id.len() == word.len() => ID,
        Some(0) => ID_PREFIX,
        Some(_) if word.len() >= PART_FROM => ID_PART,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{Entity, pack};

    #[test]
    fn classes_and_courses_are_found_by_title_and_id_with_typos() {
        let class = |id: &str, title: &str, org: u32, status| {
            pack(&Class { sourced_id: id.into(), title: title.into(), org: Some(OrgNo(org)), status, ..Class::default() })
        };
        let course = pack(&Course { sourced_id: "MATH-9".into(), title: "Álgebra".into(), code: "0441".into(), ..Course::default() });
        let records = [
            (Entity::from(CourseNo(0)), course),
            (ClassNo(0).into(), class("ALG-1", "Algebra 1", 1, Status::Disabled)),
            (ClassNo(1).into(), class("ALG-2", "Algebra 2, Period 4", 2, Status::Active)),
            (ClassNo(2).into(), class("", "Art", 1, Status::Active)),
        ];
        let roster = Roster::default().with(1, records.iter().map(|(e, r)| (*e, r.as_slice())));
        let titles = Titles::build(&roster);
        let find = |query: &str, org: Option<u32>| -> Vec<String> {
            let found = titles.find(&roster, query, org.map(OrgNo), 9, &|| false);
            assert_eq!(found.total, found.best.len() as u64, "{query}");
            found.best.iter().map(|m| format!("{:?}", m.what)).collect()
        };
        let (a, b, c) = ("Class(ClassNo(0))", "Class(ClassNo(1))", "Course(CourseNo(0))");
        assert_eq!(find("algebra", None), [c, b, a], "the whole title first, the disabled class last");
        assert_eq!(find("algbera", None).len(), 3, "with a typo");
        assert_eq!(find("period 4 algebra", None), [b], "words in any order");
        assert_eq!(find("alg-1", None), [a]);
        assert_eq!(find("0441", None), [c], "by the catalogue's code");
        assert_eq!(find("algebra", Some(1)), [a]);
        assert_eq!(find("zzzz", None), [""; 0]);
        let best = titles.find(&roster, "art", None, 9, &|| false).best;
        assert_eq!(best[0].matched, [0, 1, 2]);
        assert_eq!(titles.find(&roster, "art", None, 9, &|| true), TitleMatches::default(), "overtaken");
    }
}
