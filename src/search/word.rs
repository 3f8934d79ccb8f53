//! How well one word of a query fits one folded text: whole, word, prefix, substring, typo.

use memchr::memmem::Finder;

/// What a whole value scores; all else is less. Scores of different words can be added.
pub(crate) const WHOLE: u16 = 100;
/// What the prefix of a value scores at least.
pub(crate) const PREFIX: u16 = 70;
/// A run-together part of at least three letters with the rest in another name.
pub(crate) const RUN_TOGETHER: u16 = 64;
/// The same with a part of one or two letters, more often chance.
pub(crate) const RUN_TOGETHER_SHORT: u16 = 36;

const WORD: u16 = 90;
const LATER_PREFIX: u16 = 65;
const TYPO: [u16; 3] = [0, 62, 52];
const SUBSTRING: u16 = 45;
const PREFIX_TYPO: [u16; 3] = [0, 40, 34];

/// Longest text, in characters, in which typos are looked for.
const TYPO_LONGEST: usize = 48;

/// The bit of a [`signature`] that says the text has something other than letters and digits.
const PUNCTUATED: u32 = 1 << 31;

/// Which letters a folded text has: a text cannot contain a word whose letters it lacks. Bits 0 to 25 the
/// letters, 26 any digit, 27 to 30 what is not ASCII, 31 punctuation or blanks.
pub(crate) fn signature(folded: &str) -> u32 {
    folded.chars().fold(0, |bits, c| {
        bits | match c {
            'a'..='z' => 1 << (c as u32 - 'a' as u32),
            '0'..='9' => 1 << 26,
            c if !c.is_alphanumeric() => PUNCTUATED,
            c => 1 << (27 + c as u32 % 4),
        }
    })
}

/// A text without what is neither letter nor digit: `o'brien` as `obrien`.
pub(crate) fn squeeze(folded: &str) -> String {
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The words within a folded text.
pub(crate) fn parts(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty())
}

/// One word of a query, prepared to be measured against many texts.
#[derive(Debug)]
pub(crate) struct Word {
    squeezed: String,
    chars: Vec<char>,
    signature: u32,
    /// Edits that still count as a typo.
    edits: usize,
    finder: Finder<'static>,
}

impl Word {
    /// The word of that folded text. One without any letter or digit fits nothing.
    pub(crate) fn new(folded: &str) -> Self {
        let squeezed = squeeze(folded);
        let chars: Vec<char> = squeezed.chars().collect();
        let edits = match chars.len() {
            _ if squeezed.bytes().all(|b| b.is_ascii_digit()) => 0,
            0..=3 => 0,
            4..=7 => 1,
            8..=TYPO_LONGEST => 2,
            _ => 0,
        };
        let signature = signature(&squeezed);
        let finder = Finder::new(squeezed.as_bytes()).into_owned();
        Self { squeezed, chars, signature, edits, finder }
    }

    /// The letters and digits looked for.
    pub(crate) fn text(&self) -> &str {
        &self.squeezed
    }

    /// Characters of [`Word::text`].
    pub(crate) fn chars(&self) -> &[char] {
        &self.chars
    }

    /// Edits that still count as a typo of this word.
    pub(crate) fn edits(&self) -> usize {
        self.edits
    }

    /// How well the word fits a folded text of that [`signature`]; 0 = not at all.
    pub(crate) fn score(&self, text: &str, signature: u32) -> u16 {
        if self.squeezed.is_empty() || (self.signature & !signature).count_ones() as usize > self.edits {
            return 0;
        }
        if signature & PUNCTUATED == 0 {
            return self.score_run(text);
        }
        let whole = self.score_run(&squeeze(text));
        let of_parts = parts(text).enumerate().map(|(i, part)| match self.score_run(part) {
            WHOLE => WORD,
            prefix if prefix >= PREFIX && i > 0 => prefix - PREFIX + LATER_PREFIX,
            // A typo in a part is a little less than one in the whole.
            score => score.saturating_sub(1),
        });
        of_parts.fold(whole, u16::max)
    }

    /// Against a text of letters and digits only.
    fn score_run(&self, run: &str) -> u16 {
        let near = |most: u16| (usize::from(most) * self.squeezed.len() / run.len().max(1)) as u16;
        if run.starts_with(&self.squeezed) {
            return if run.len() == self.squeezed.len() { WHOLE } else { PREFIX + near(15) };
        }
        if self.finder.find(run.as_bytes()).is_some() {
            return SUBSTRING + near(5);
        }
        if self.edits == 0 {
            return 0;
        }
        let mut buffer = ['\0'; TYPO_LONGEST];
        let mut len = 0;
        for c in run.chars() {
            if len == TYPO_LONGEST {
                break;
            }
            buffer[len] = c;
            len += 1;
        }
        let run = &buffer[..len];
        let (q, edits) = (&self.chars, self.edits);
        if len + edits < q.len() {
            return 0;
        }
        // As a prefix only from five letters, with its first one or the first two swapped: else too much is near.
        let first_fits = run.first() == q.first() || (run.len() > 1 && run[0] == q[1] && run[1] == q[0]);
        let as_prefix = q.len() > 4 && first_fits;
        if len > q.len() + edits && !as_prefix {
            return 0;
        }
        let (whole, prefix) = distances(q, &run[..len.min(q.len() + edits + 1)], edits);
        if whole <= edits {
            TYPO[whole.min(2)]
        } else if as_prefix && prefix <= edits {
            PREFIX_TYPO[prefix.min(2)]
        } else {
            0
        }
    }
}

/// Edits (insert, delete, replace, swap neighbours) from `a` to `b`, and from `a` to the nearest beginning of `b`;
/// more than `most` where it is more. Neither is longer than twice [`TYPO_LONGEST`].
pub(crate) fn distances(a: &[char], b: &[char], most: usize) -> (usize, usize) {
    const ROW: usize = TYPO_LONGEST + 4;
    let far = (most + 1, most + 1);
    if a.len() >= ROW || b.len() >= ROW {
        return far;
    }
    let (mut before, mut last, mut row) = ([0u8; ROW], [0u8; ROW], [0u8; ROW]);
    for (j, cell) in last.iter_mut().enumerate() {
        *cell = j as u8;
    }
    for (i, x) in a.iter().enumerate() {
        row[0] = i as u8 + 1;
        let mut least = row[0];
        for (j, y) in b.iter().enumerate() {
            let mut cell = (last[j] + u8::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cell = cell.min(before[j - 1] + 1);
            }
            row[j + 1] = cell;
            least = least.min(cell);
        }
        if usize::from(least) > most {
            return far;
        }
        (before, last, row) = (last, row, before);
    }
    let prefix = last[..=b.len()].iter().min().copied().unwrap_or(u8::MAX);
    (usize::from(last[b.len()]), usize::from(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(word: &str, text: &str) -> u16 {
        Word::new(word).score(text, signature(text))
    }

    #[test]
    fn the_better_fit_scores_more() {
        let ladder = [
            ("garcia", "garcia"),
            ("garcia", "lopez garcia"),
            ("garci", "garcia"),
            ("garci", "lopez garcia"),
            ("gracia", "garcia"),
            ("arci", "garcia"),
            ("gracia", "garcialopez"),
        ];
        for pair in ladder.windows(2) {
            let (better, worse) = (score(pair[0].0, pair[0].1), score(pair[1].0, pair[1].1));
            assert!(better > worse && worse > 0, "{:?} {better}, {:?} {worse}", pair[0], pair[1]);
        }
    }

    #[test]
    fn punctuation_in_names_does_not_matter() {
        for (word, text) in [("obrien", "o'brien"), ("o’brien", "o'brien"), ("smithjones", "smith-jones"), ("mary-k", "mary-kate")] {
            assert!(score(word, text) >= PREFIX, "{word} {text}");
        }
        assert_eq!(score("'", "o'brien"), 0);
    }

    #[test]
    fn typos_are_counted_as_people_make_them() {
        for (a, b, edits) in [
            ("gracia", "garcia", 1),
            ("smtih", "smith", 1),
            ("jon", "john", 1),
            ("katherine", "catharine", 2),
            ("abc", "abc", 0),
            ("ab", "cdef", 4),
        ] {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            assert_eq!(distances(&a, &b, 9).0, edits);
        }
        assert_eq!(score("jos", "joa"), 0, "three letters must be right");
        assert_eq!(score("1001", "1002"), 0, "digits must be right");
        assert!(score("smtih", "smith") > 0);
        assert_eq!(score("smixh", "smith"), TYPO[1]);
        assert_eq!(score("sxtxh", "smith"), 0, "two edits only from eight letters");
        assert_eq!(score("katherine", "catharine"), TYPO[2]);
    }

    #[test]
    fn other_scripts_match_by_their_characters() {
        let fold = crate::roster::fold::fold;
        assert_eq!(score("王", "王"), WHOLE);
        assert!(score(&fold("김"), &fold("김민준")) >= PREFIX);
        assert!(score("太", "佐藤太郎") > 0);
        assert_eq!(score("李", "王"), 0);
    }
}
