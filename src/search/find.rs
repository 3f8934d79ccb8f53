//! Looking somebody up: the best of all who fit.

use crate::roster::{PersonNo, PersonRef, Roster, Text};

use super::codes::{Code, EXACT};
use super::index::Index;
use super::mark::Marker;
use super::pass::{ENOUGH, Need, Pass, STEP};
use super::query;

/// Most matches that are handed out, whatever was asked for.
pub const MOST_MATCHES: usize = 1000;

/// Candidates that are ordered at least, so that the best of many equals come first.
const POOL: usize = 200;

/// What a look-up found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// How many people match in all.
    pub total: u64,
    /// The best of them, best first.
    pub best: Vec<Match>,
}

/// Somebody found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Who.
    pub number: PersonNo,
    /// How well; only good for comparing matches of one query.
    pub score: u32,
    /// Which characters of [`shown_name`] matched, by index, ascending; empty where it was something else than the name.
    pub matched: Vec<u32>,
}

/// "Family, Given Middle": the text to which [`Match::matched`] refers.
pub fn shown_name(person: PersonRef<'_>) -> String {
    let (family, given, middle) = (person.text(Text::FamilyName), person.text(Text::GivenName), person.text(Text::MiddleName));
    let mut name = family.to_owned();
    for (text, before) in [(given, ", "), (middle, if given.is_empty() { ", " } else { " " })] {
        if !text.is_empty() {
            if !name.is_empty() {
                name.push_str(before);
            }
            name.push_str(text);
        }
    }
    name
}

impl Index {
    /// Everybody who fits all words of `query` by name, ID, e-mail, username or the end of a phone number; the
    /// best `limit` (at most [`MOST_MATCHES`]), active people before disabled ones who match as well.
    ///
    /// `roster` is the snapshot of this index. When `cancelled` says so, which is asked every few thousand people,
    /// the answer is empty.
    pub fn find(&self, roster: &Roster, query: &str, limit: usize, cancelled: &dyn Fn() -> bool) -> Matches {
        self.find_among(roster, query, limit, cancelled, &|_| true)
    }

    /// The same among those people that `wanted` names: it is asked of those that fit.
    pub fn find_among(
        &self,
        roster: &Roster,
        query: &str,
        limit: usize,
        cancelled: &dyn Fn() -> bool,
        wanted: &dyn Fn(PersonNo) -> bool,
    ) -> Matches {
        let words = query::words(query);
        if words.is_empty() {
            return Matches::default();
        }
        let needs: Vec<Need> = words.iter().map(|w| Need::fuzzy(w, &self.names)).collect();
        let by_code = |code: &Code, person: PersonRef<'_>| code.score(person) * STEP;
        let pass = Pass { index: self, roster, needs: &needs, code: &by_code, enough: ENOUGH };
        let mut scores = vec![0u16; self.slots()];
        let mut counts = vec![0u32; highest(words.len()) + 1];
        let mut total = 0;
        let done = pass.run(cancelled, |slot, score| {
            if !wanted(PersonNo(slot)) {
                return;
            }
            scores[slot as usize] = score;
            counts[usize::from(score)] += 1;
            total += 1;
        });
        if !done {
            return Matches::default();
        }
        // An ID that is several words to us is still that ID.
        if words.len() > 1 {
            for number in roster.people_by_id(query.trim()).filter(|n| wanted(*n)) {
                if let Some(score) = scores.get_mut(number.0 as usize) {
                    total += u64::from(*score == 0);
                    counts[usize::from(*score)] = counts[usize::from(*score)].saturating_sub(1);
                    *score = highest(words.len()) as u16;
                    counts[usize::from(*score)] += 1;
                }
            }
        }
        let limit = limit.min(MOST_MATCHES);
        let candidates = self.best(&scores, &counts, limit.max(POOL));
        let marker = Marker::new(&words);
        let mut best: Vec<(i64, Match)> = candidates
            .into_iter()
            .filter_map(|slot| {
                let number = PersonNo(slot);
                let name = shown_name(roster.person(number)?);
                let (nearness, matched) = marker.mark(&name);
                Some((nearness, Match { number, score: u32::from(scores[slot as usize]), matched }))
            })
            .collect();
        // Stable: those equal in both stay in order of name.
        best.sort_by_key(|(nearness, m)| std::cmp::Reverse((m.score, *nearness)));
        best.truncate(limit);
        Matches { total, best: best.into_iter().map(|(_, m)| m).collect() }
    }

    /// The slots of the best `most` scores, in order of name; of those equal at the end, the first by name.
    fn best(&self, scores: &[u16], counts: &[u32], most: usize) -> Vec<u32> {
        // Everything from `least` fits; of the score below it only some do.
        let (mut least, mut wanted) = (counts.len(), 0usize);
        while least > 1 && wanted + counts[least - 1] as usize <= most {
            least -= 1;
            wanted += counts[least] as usize;
        }
        let mut equals = if least > 1 { most - wanted } else { 0 };
        let mut best = Vec::with_capacity(wanted + equals);
        for slot in self.by_name() {
            let score = usize::from(scores[*slot as usize]);
            if score >= least {
                wanted -= 1;
                best.push(*slot);
            } else if score + 1 == least && equals > 0 {
                equals -= 1;
                best.push(*slot);
            }
            if wanted == 0 && equals == 0 {
                break;
            }
        }
        best
    }
}

/// The highest score of that many words.
fn highest(words: usize) -> usize {
    words * usize::from(EXACT * STEP) * 2 + 1
}
