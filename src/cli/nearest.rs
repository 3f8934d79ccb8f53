//! Did you mean: the name that is nearest to one that was mistyped.

/// The nearest of `names` to `word`, if one is near enough to be meant.
pub(super) fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let plain = |s: &str| -> Vec<char> { s.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect() };
    let word = plain(word);
    names
        .into_iter()
        .map(|name| (distance(&word, &plain(name)), name))
        .filter(|(d, name)| *d <= (word.len().min(name.chars().count()) / 3).max(1))
        .min_by_key(|(d, _)| *d)
        .map(|(_, name)| name)
}

/// `; did you mean X?`, or nothing.
pub(super) fn did_you_mean<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(word, names).map(|n| format!("; did you mean {n}?")).unwrap_or_default()
}

/// How many letters must be added, taken away, replaced or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_what_was_meant() {
        let columns = ["first_name", "last_name", "email", "grade"];
        for (word, meant) in [
            ("emial", Some("email")),
            ("E-Mail", Some("email")),
            ("firstname", Some("first_name")),
            ("lst_name", Some("last_name")),
            ("grad", Some("grade")),
            ("password", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, columns), meant, "{word}");
        }
        assert_eq!(nearest("VAL210", ["VAL-201", "VAL-210"]), Some("VAL-210"));
    }
}
