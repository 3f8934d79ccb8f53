//! Near matches: what was probably meant.

/// At most `limit` of `known` that are near `given`: nearest first, by edit distance (a transposition is one edit) with
/// case ignored, no farther than a third of the length. Long texts are not compared.
pub fn near<'a>(given: &str, known: impl Iterator<Item = &'a str>, limit: usize) -> Vec<&'a str> {
    let wanted: Vec<char> = given.to_lowercase().chars().collect();
    if wanted.is_empty() || wanted.len() > 40 {
        return Vec::new();
    }
    // Of two characters nothing is near but the same in other capitals: "13" is not "1".
    let most = (wanted.len() / 3).min(3);
    let mut best: Vec<(usize, &str)> = Vec::new();
    for k in known {
        let chars: Vec<char> = k.to_lowercase().chars().collect();
        let starts = wanted.len() >= 3 && (chars.starts_with(&wanted) || (chars.len() >= 3 && wanted.starts_with(&chars)));
        let d = if starts { 1.min(most) } else { distance(&wanted, &chars, most) };
        if d <= most {
            best.push((d, k));
        }
    }
    best.sort_by_key(|b| b.0);
    best.truncate(limit);
    best.into_iter().map(|b| b.1).collect()
}

/// Edits from one text to the other; anything over `most` may come back as `most + 1`.
pub fn distance(a: &[char], b: &[char], most: usize) -> usize {
    if a.len().abs_diff(b.len()) > most {
        return most + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = last;
        last = row;
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_come_first() {
        let schools = ["104521", "104112", "200000", "104513"];
        assert_eq!(near("104512", schools.into_iter(), 2), ["104521", "104112"]);
        assert_eq!(near("teacher", ["Teacher", "Staff"].into_iter(), 3), ["Teacher"]);
        assert_eq!(near("Kinder", ["K", "1", "Unspecified"].into_iter(), 3), Vec::<&str>::new());
        assert!(near(&"x".repeat(10_000), ["x"].into_iter(), 3).is_empty());
    }
}
