//! The same matching over short lists: organizations, and lines of text that were prepared.

use crate::roster::fold::fold;
use crate::roster::{OrgNo, Roster, Status};

use super::mark::Marker;
use super::query;
use super::word::{Word, signature};

/// An external ID as typed, and the beginning of one.
const EXTERNAL_ID: u16 = 120;
const EXTERNAL_ID_PREFIX: u16 = 75;

/// An organization found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgMatch {
    /// Which.
    pub number: OrgNo,
    /// How well; only good for comparing matches of one query.
    pub score: u32,
    /// Which characters of its name matched, by index, ascending.
    pub matched: Vec<u32>,
}

/// A line found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineMatch {
    /// Which of the lines.
    pub index: usize,
    /// How well; only good for comparing matches of one query.
    pub score: u32,
    /// Which characters of the line matched, by index, ascending.
    pub matched: Vec<u32>,
}

/// The organizations whose name or external ID fits all words of `query`, best first, active before disabled ones
/// that match as well, then by name.
pub fn find_orgs(roster: &Roster, query: &str, limit: usize) -> Vec<OrgMatch> {
    let Some(words) = Words::of(query) else { return Vec::new() };
    let mut found: Vec<_> = roster
        .orgs()
        .filter_map(|(number, org)| {
            let id = fold(&org.external_id);
            let by_id = |word: &str| match () {
                () if id == word => EXTERNAL_ID,
                () if id.starts_with(word) => EXTERNAL_ID_PREFIX,
                () => 0,
            };
            let score = 2 * words.score(&org.name, by_id)? + u32::from(org.status == Status::Active);
            Some((score, number, org.name.as_str()))
        })
        .collect();
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| fold(a.2).cmp(&fold(b.2))).then(a.1.cmp(&b.1)));
    found.truncate(limit);
    found.into_iter().map(|(score, number, name)| OrgMatch { number, score, matched: words.marker.mark(name).1 }).collect()
}

/// The lines that fit all words of `query`, best first, those equal in the order given. For some thousands of lines,
/// such as the refused rows of the latest uploads; IDs and e-mails in a line are matched as words of it.
pub fn find_lines(lines: &[String], query: &str, limit: usize) -> Vec<LineMatch> {
    let Some(words) = Words::of(query) else { return Vec::new() };
    let mut found: Vec<(u32, usize)> = lines.iter().enumerate().filter_map(|(i, line)| Some((words.score(line, |_| 0)?, i))).collect();
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    found.truncate(limit);
    found.into_iter().map(|(score, index)| LineMatch { index, score, matched: words.marker.mark(&lines[index]).1 }).collect()
}

/// The words of a query, prepared for short lists.
pub(super) struct Words {
    folded: Vec<String>,
    prepared: Vec<Word>,
    marker: Marker,
}

impl Words {
    /// `None` where nothing is looked for.
    pub(super) fn of(query: &str) -> Option<Self> {
        let folded = query::words(query);
        let prepared = folded.iter().map(|w| Word::new(w)).collect();
        let marker = Marker::new(&folded);
        (!folded.is_empty()).then_some(Self { folded, prepared, marker })
    }

    /// The sum over all words, of which each must fit the text or `otherwise`.
    fn score(&self, text: &str, otherwise: impl Fn(&str) -> u16) -> Option<u32> {
        let text = fold(text);
        self.score_folded(&text, signature(&text), otherwise)
    }

    /// Which characters of a text they match.
    pub(super) fn marks(&self, text: &str) -> Vec<u32> {
        self.marker.mark(text).1
    }

    /// As [`Words::score`], of a text that is folded already, with its signature.
    pub(super) fn score_folded(&self, text: &str, signature: u32, otherwise: impl Fn(&str) -> u16) -> Option<u32> {
        let mut sum = 0;
        for (folded, word) in self.folded.iter().zip(&self.prepared) {
            let score = word.score(text, signature).max(otherwise(folded));
            if score == 0 {
                return None;
            }
            sum += u32::from(score);
        }
        Some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{Entity, Org, pack};

    fn schools(rows: &[(&str, &str, Status)]) -> Roster {
        let packed: Vec<Vec<u8>> = rows
            .iter()
            .map(|(id, name, status)| pack(&Org { external_id: (*id).into(), name: (*name).into(), status: *status, ..Org::default() }))
            .collect();
        Roster::default().with(1, packed.iter().enumerate().map(|(i, p)| (Entity::from(OrgNo(i as u32)), p.as_slice())))
    }

    #[test]
    fn schools_are_found_by_name_and_id() {
        let roster = schools(&[
            ("100", "Lincoln High", Status::Disabled),
            ("1001", "Lincoln Elementary", Status::Active),
            ("200", "Escuela César Chávez", Status::Active),
        ]);
        let find = |query: &str| find_orgs(&roster, query, 9).iter().map(|m| m.number.0).collect::<Vec<_>>();
        assert_eq!(find("100"), [0, 1], "the exact ID first");
        assert_eq!(find("lincoln"), [1, 0], "active first");
        assert_eq!(find("chavez cesar"), [2]);
        assert_eq!(find("lincon hgih"), [0]);
        assert_eq!(find("lincoln chavez"), [] as [u32; 0]);
        assert_eq!(find("  "), [] as [u32; 0]);
        assert_eq!(find_orgs(&roster, "cha", 1)[0].matched, [14, 15, 16]);
    }

    #[test]
    fn lines_are_found_by_all_words() {
        let lines: Vec<String> = ["Diaz, Ana · S100 · ana.diaz at x.example", "Díaz, José · S1002", "Zidane, Ana"].map(String::from).into();
        let find = |query: &str| find_lines(&lines, query, 9).iter().map(|m| m.index).collect::<Vec<_>>();
        assert_eq!(find("ana diaz"), [0]);
        assert_eq!(find("s100"), [0, 1]);
        assert_eq!(find("daiz"), [0, 1]);
        assert_eq!(find(&"x ".repeat(5000)), [0]);
        assert_eq!(find("\u{0}\u{1b}"), [] as [usize; 0]);
    }
}
