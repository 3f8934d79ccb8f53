//! Which characters of a shown name matched, and how near each other they are.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use crate::roster::fold::fold;

use super::word::{Word, distances};

/// Longest text, in characters, that is marked: the matcher's work grows with text times word.
const LONGEST: usize = 240;

/// Marks the words of one query in many texts.
pub(crate) struct Marker {
    matcher: SkimMatcherV2,
    words: Vec<Word>,
}

impl Marker {
    /// For those folded words.
    pub(crate) fn new(words: &[String]) -> Self {
        Self { matcher: SkimMatcherV2::default().ignore_case(), words: words.iter().map(|w| Word::new(w)).collect() }
    }

    /// How near to the words a text is (more is nearer) and the indices of its characters that they match, ascending.
    pub(crate) fn mark(&self, text: &str) -> (i64, Vec<u32>) {
        let mut marks = Vec::new();
        let mut nearness = 0;
        let folded = Folded::new(text);
        for word in self.words.iter().filter(|w| !w.text().is_empty()) {
            if let Some((score, indices)) = self.matcher.fuzzy_indices(&folded.text, word.text()).filter(|(_, i)| folded.is_plain(i)) {
                nearness += score;
                marks.extend(indices.iter().filter_map(|i| folded.origin.get(*i)));
            } else if let Some(range) = folded.nearest(word) {
                marks.extend_from_slice(&folded.origin[range]);
            }
        }
        marks.sort_unstable();
        marks.dedup();
        (nearness, marks)
    }
}

/// A text folded, with the index of the original character that each of its characters came from.
struct Folded {
    text: String,
    chars: Vec<char>,
    origin: Vec<u32>,
}

impl Folded {
    fn new(text: &str) -> Self {
        let (mut folded, mut chars, mut origin) = (String::with_capacity(text.len()), Vec::new(), Vec::new());
        for (i, c) in text.chars().take(LONGEST).enumerate() {
            for c in fold(c.encode_utf8(&mut [0; 4])).chars() {
                folded.push(c);
                chars.push(c);
                origin.push(i as u32);
            }
        }
        Self { text: folded, chars, origin }
    }

    fn starts_part(&self, at: usize) -> bool {
        at == 0 || !self.chars[at - 1].is_alphanumeric()
    }

    /// Whether those characters are what a person would call a match: one run, or runs that each begin a part
    /// of the name (`garciamari` in `garcia, maria`). Scattered letters are chance.
    fn is_plain(&self, indices: &[usize]) -> bool {
        let breaks = indices.windows(2).filter(|w| w[1] != w[0] + 1);
        breaks.clone().count() == 0 || (self.starts_part(indices[0]) && breaks.clone().all(|w| self.starts_part(w[1])))
    }

    /// The part that the word is a typo of.
    fn nearest(&self, word: &Word) -> Option<std::ops::Range<usize>> {
        let edits = word.edits();
        if edits == 0 {
            return None;
        }
        let mut best: Option<(usize, std::ops::Range<usize>)> = None;
        let mut start = 0;
        for part in self.chars.split(|c| !c.is_alphanumeric()) {
            let reach = part.len().min(word.chars().len() + edits);
            let (whole, prefix) = distances(word.chars(), &part[..reach], edits);
            let (far, end) = if whole <= edits { (whole, reach) } else { (prefix, reach.min(word.chars().len())) };
            if far <= edits && best.as_ref().is_none_or(|(b, _)| far < *b) {
                best = Some((far, start..start + end));
            }
            start += part.len() + 1;
        }
        best.map(|(_, range)| range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matched_is_marked() {
        for (query, name, shown) in [
            (&["mar"] as &[&str], "García, María", "García, [Mar]ía"),
            (&["garcia", "maria"], "García, María", "[García], [María]"),
            (&["garciamari"], "García, María", "[García], [Marí]a"),
            (&["gracia"], "García, María", "[García], María"),
            (&["obrien"], "O'Brien, Ana", "[O]'[Brien], Ana"),
            (&["strasse"], "Straße, Ana", "[Straße], Ana"),
            (&["rci"], "García, María", "Ga[rcí]a, María"),
            (&["mgar"], "Moreno, Greta Ann", "Moreno, Greta Ann"),
            (&["王"], "王, 伟", "[王], 伟"),
        ] {
            let words: Vec<String> = query.iter().map(|w| (*w).to_owned()).collect();
            let (_, marks) = Marker::new(&words).mark(name);
            let mut out = String::new();
            for (i, c) in name.chars().enumerate() {
                let is = |i: usize| marks.contains(&(i as u32));
                if is(i) && (i == 0 || !is(i - 1)) {
                    out.push('[');
                }
                out.push(c);
                if is(i) && !is(i + 1) {
                    out.push(']');
                }
            }
            assert_eq!(out, shown, "{query:?}");
        }
    }
}
