//! The one pass over everybody: names by their codes, then IDs and e-mails in the packed records.

use crate::roster::{PAGE, PersonNo, PersonRef, Roster, Table};

use super::codes::Code;
use super::index::{ACTIVE, CHUNK, Chunk, FOLDED_CODES, Index, THERE};
use super::names::Names;
use super::query;
use super::word::{PREFIX, RUN_TOGETHER, RUN_TOGETHER_SHORT, Word, parts, squeeze};

/// Steps between two scores of [`super::word`], so that the column of a name can tell equals apart.
pub(crate) const STEP: u16 = 4;
/// What a family name has before a given name of the same score.
const FAMILY: u16 = 2;
/// What a middle name has less: an initial is a whole value, and says little.
const MIDDLE: u16 = 15 * STEP;

/// A set of slots: one bit for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slots {
    bits: Vec<u64>,
    slots: usize,
}

impl Slots {
    fn none(slots: usize) -> Self {
        Self { bits: vec![0; slots.div_ceil(64)], slots }
    }

    fn add(&mut self, slot: u32) {
        self.bits[slot as usize / 64] |= 1 << (slot % 64);
    }

    /// Whether the slot is in the set.
    pub fn contains(&self, slot: u32) -> bool {
        self.bits.get(slot as usize / 64).is_some_and(|b| b >> (slot % 64) & 1 == 1)
    }

    /// How many are in the set.
    pub fn count(&self) -> usize {
        self.bits.iter().map(|b| b.count_ones() as usize).sum()
    }

    /// Those in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.slots as u32).filter(|s| self.contains(*s))
    }
}

impl Index {
    /// Everybody whose names, ID, e-mail or username hold all words, case and accents ignored: what a list's
    /// filter shows. No words: everybody. `None` if cancelled; asked every few thousand people.
    pub fn filter(&self, roster: &Roster, words: &str, cancelled: &dyn Fn() -> bool) -> Option<Slots> {
        let mut slots = Slots::none(self.slots());
        let needs: Vec<Need> = query::words(words).iter().map(|w| Need::contained(w, &self.names)).collect();
        if needs.is_empty() {
            self.by_name().iter().for_each(|s| slots.add(*s));
            return Some(slots);
        }
        let fits = |code: &Code, person: PersonRef<'_>| u16::from(code.is_in(person));
        let pass = Pass { index: self, roster, needs: &needs, code: &fits, enough: 1 };
        pass.run(cancelled, |slot, _| slots.add(slot)).then_some(slots)
    }
}

/// One word with what it scores by each distinct name.
pub(crate) struct Need {
    names: Vec<u16>,
    run: Option<RunTogether>,
    pub(crate) code: Code,
    scan: Scan,
}

/// How IDs and e-mails are looked through for a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scan {
    /// Not at all.
    No,
    /// Person by person, for one too short to be searched for.
    Each,
    /// Searched for in whole pages.
    Pages,
}

/// Where a word can be cut so that its beginning is one name and the rest begins another: bit `i` = after
/// `i` characters.
struct RunTogether {
    left: Vec<u64>,
    right: Vec<u64>,
    /// The cuts that are hardly chance.
    strong: u64,
}

impl Need {
    /// A word of a look-up: typos and run-together names count.
    pub(crate) fn fuzzy(folded: &str, names: &Names) -> Self {
        let (word, code) = (Word::new(folded), Code::new(folded));
        let scan = match () {
            () if code.is_long() => Scan::Pages,
            () if code.has_digit() => Scan::Each,
            () => Scan::No,
        };
        let table = names.iter().map(|(text, signature)| word.score(text, signature) * STEP).collect();
        Self { names: table, run: RunTogether::of(&word, names), code, scan }
    }

    /// A word of a filter: contained or not.
    fn contained(folded: &str, names: &Names) -> Self {
        let finder = memchr::memmem::Finder::new(folded.as_bytes());
        let table = names.iter().map(|(text, _)| u16::from(finder.find(text.as_bytes()).is_some())).collect();
        Self { names: table, run: None, code: Code::new(folded), scan: Scan::Pages }
    }

    fn by_codes(&self, [family, given, middle]: [u32; 3]) -> u16 {
        let score = |code: u32| self.names[code as usize];
        let (family_score, given_score, middle_score) = (score(family), score(given), score(middle));
        let family_score = family_score + FAMILY * u16::from(family_score > 0);
        let middle_score = middle_score.saturating_sub(MIDDLE).max(u16::from(middle_score > 0));
        let best = family_score.max(given_score).max(middle_score);
        match &self.run {
            Some(run) if best < RUN_TOGETHER * STEP => best.max(run.score(family, given, middle)),
            _ => best,
        }
    }
}

impl RunTogether {
    fn of(word: &Word, names: &Names) -> Option<Self> {
        let text = word.text();
        let cuts: Vec<(usize, usize)> = text.char_indices().map(|(at, _)| at).enumerate().skip(1).take(63).collect();
        let wide = !text.is_ascii();
        if cuts.is_empty() || (!wide && cuts.len() < 2) || word.chars().len() > 64 {
            return None;
        }
        let least = if wide { 1 } else { 2 };
        let mut run = Self { left: vec![0; names.len()], right: vec![0; names.len()], strong: if wide { !0 } else { !0 << 3 } };
        let (mut any_left, mut any_right) = (false, false);
        for (code, (name, _)) in names.iter().enumerate() {
            let squeezed;
            let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
            let name = if plain {
                name
            } else {
                squeezed = squeeze(name);
                &squeezed
            };
            let (mut left, mut right) = (0, 0);
            let mut see = |name: &str| {
                let Some(first) = name.as_bytes().first() else { return };
                let is_left = text.starts_with(name);
                for (i, at) in &cuts {
                    left |= u64::from(is_left && name.len() == *at && *i >= least) << i;
                    right |= u64::from(text.as_bytes()[*at] == *first && name.starts_with(&text[*at..])) << i;
                }
            };
            see(name);
            if !plain {
                parts(names.get(code as u32)).for_each(&mut see);
            }
            any_left |= left != 0;
            any_right |= right != 0;
            (run.left[code], run.right[code]) = (left, right);
        }
        (any_left && any_right).then_some(run)
    }

    fn score(&self, family: u32, given: u32, middle: u32) -> u16 {
        let left = |code: u32| self.left[code as usize];
        let right = |code: u32| self.right[code as usize];
        let (family_left, given_left, middle_left) = (left(family), left(given), left(middle));
        if family_left | given_left | middle_left == 0 {
            return 0;
        }
        let (family, given, middle) = (right(family), right(given), right(middle));
        let cuts = family_left & (given | middle) | given_left & (family | middle) | middle_left & (family | given);
        match cuts {
            0 => 0,
            cuts if cuts & self.strong != 0 => RUN_TOGETHER * STEP,
            _ => RUN_TOGETHER_SHORT * STEP,
        }
    }
}

/// What looks at everybody once.
pub(crate) struct Pass<'a> {
    pub(crate) index: &'a Index,
    pub(crate) roster: &'a Roster,
    pub(crate) needs: &'a [Need],
    /// What a word scores by a person's ID, e-mail and the like.
    pub(crate) code: &'a dyn Fn(&Code, PersonRef<'_>) -> u16,
    /// The score by names from which codes need not be looked at.
    pub(crate) enough: u16,
}

/// The score by names from which a look-up does not ask whether the e-mail has the word too.
pub(crate) const ENOUGH: u16 = PREFIX * STEP;

impl Pass<'_> {
    /// Says every slot that fits all words, ascending, with its score: twice the sum over the words, and one
    /// more for the active. `false` if it was cancelled.
    pub(crate) fn run(&self, cancelled: &dyn Fn() -> bool, mut found: impl FnMut(u32, u16)) -> bool {
        // The longest word is looked for in all records, the others only where it was found.
        let rank = |n: usize| (self.needs[n].scan == Scan::Pages, self.needs[n].code.text().len(), self.needs[n].code.text());
        let Some(first) = (0..self.needs.len()).max_by(|a, b| rank(*a).cmp(&rank(*b))) else { return true };
        let mut scores = [0u16; CHUNK];
        let mut lower = Vec::new();
        for (c, chunk) in self.index.chunks.iter().enumerate() {
            if cancelled() {
                return false;
            }
            let need = &self.needs[first];
            for (score, codes) in scores.iter_mut().zip(&chunk.codes) {
                *score = need.by_codes(*codes);
            }
            for (at, code) in &chunk.preferred {
                let score = &mut scores[usize::from(*at)];
                *score = need.names[*code as usize].max(*score);
            }
            self.scan(need, c, chunk, &mut scores, &mut lower);
            for (at, flags) in chunk.flags.iter().enumerate().filter(|(at, flags)| scores[*at] > 0 && **flags & THERE != 0) {
                let slot = (c * CHUNK + at) as u32;
                if let Some(others) = self.others(first, chunk, at, slot) {
                    found(slot, 2 * (scores[at] + others) + u16::from(flags & ACTIVE != 0));
                }
            }
        }
        true
    }

    /// What the words but the first score together for one person; `None` where one does not fit.
    fn others(&self, first: usize, chunk: &Chunk, at: usize, slot: u32) -> Option<u16> {
        let mut sum = 0;
        for (_, need) in self.needs.iter().enumerate().filter(|(n, _)| *n != first) {
            let mut score = need.by_codes(chunk.codes[at]);
            if let Ok(place) = chunk.preferred.binary_search_by_key(&at, |p| usize::from(p.0)) {
                score = need.names[chunk.preferred[place].1 as usize].max(score);
            }
            if score == 0 && need.scan != Scan::No {
                score = self.roster.person(PersonNo(slot)).map_or(0, |p| (self.code)(&need.code, p));
            }
            if score == 0 {
                return None;
            }
            sum += score;
        }
        Some(sum)
    }

    /// Raises the scores of a chunk's people by their IDs, e-mails and the like.
    fn scan(&self, need: &Need, c: usize, chunk: &Chunk, scores: &mut [u16; CHUNK], lower: &mut Vec<u8>) {
        let mut look = |at: usize| {
            if at < chunk.codes.len() && scores[at] < self.enough {
                let person = self.roster.person(PersonNo((c * CHUNK + at) as u32));
                scores[at] = scores[at].max(person.map_or(0, |p| (self.code)(&need.code, p)));
            }
        };
        match need.scan {
            Scan::No => return,
            Scan::Each => return (0..chunk.codes.len()).for_each(look),
            Scan::Pages => {}
        }
        for (at, _) in chunk.flags.iter().enumerate().filter(|(_, f)| **f & FOLDED_CODES != 0) {
            look(at);
        }
        if !need.code.is_ascii() {
            return;
        }
        let pages = self.roster.table(Table::People).pages();
        let first = c * CHUNK / PAGE;
        for (p, page) in pages.iter().enumerate().skip(first).take(CHUNK / PAGE) {
            let (ends, bytes) = page.parts();
            let bytes = if need.code.has_letters() {
                lower.clear();
                lower.extend(bytes.iter().map(u8::to_ascii_lowercase));
                lower.as_slice()
            } else {
                bytes
            };
            let (mut at, mut from) = (0, 0);
            while let Some(hit) = need.code.finder().find(&bytes[from..]) {
                while ends[at] as usize <= from + hit {
                    at += 1;
                }
                look((p - first) * PAGE + at);
                from = ends[at] as usize;
            }
        }
    }
}
