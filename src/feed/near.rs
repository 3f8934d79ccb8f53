//! Did you mean: the known word that is closest to a mistaken one.

/// The candidate that `word` was probably meant to be: closest by edits (insert, delete, replace, swap of neighbours),
/// capitals, blanks, `_` and `-` not counted; `None` where nothing is close. Of equally close ones the first.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = plain(word);
    // One edit in three letters: "nmae" is name, "age" is not name.
    let most = word.len().div_ceil(3).min(4);
    candidates
        .into_iter()
        .map(|c| (edits(&word, &plain(c)), c))
        .filter(|(edits, c)| *edits <= most && *edits < plain(c).len())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, c)| c)
}

/// Lower case without what people leave out or mix up between words. Cut, as the work is quadratic.
fn plain(word: &str) -> Vec<char> {
    word.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).flat_map(char::to_lowercase).take(64).collect()
}

/// Edits from one word to the other (optimal string alignment).
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_understood_and_other_words_are_not() {
        let check = |word: &str, expected: Option<&str>| {
            assert_eq!(nearest(word, ["first_name", "last_name", "email", "need", "name", "K"]), expected, "{word}");
        };
        check("frist_name", Some("first_name"));
        check("FirstName", Some("first_name"));
        check("e-mail", Some("email"));
        check("neeed", Some("need"));
        check("nmae", Some("name"));
        check("k", Some("K"));
        check("grade", None);
        check("x", None);
        check("", None);
        check(&"x".repeat(100_000), None);
    }
}
