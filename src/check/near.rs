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

/// IDs that are one slip away from `given`, the likeliest slips first: zeros in front lost or added, other capitals, two characters
/// exchanged, one wrong, one missing, one too many. For looking up among many known IDs, where going through all of them for each wrong
/// one would take too long. Long IDs are left alone.
pub fn slips(given: &str) -> impl Iterator<Item = String> + '_ {
    let chars: Vec<char> = given.chars().take(21).collect();
    let chars = if chars.len() > 20 { Vec::new() } else { chars };
    let bare = given.trim_start_matches('0').to_owned();
    let zeros = (1..=6).map(move |n| format!("{}{given}", "0".repeat(n)));
    let capitals = [bare, given.to_ascii_uppercase(), given.to_ascii_lowercase()];
    let digits = chars.iter().all(char::is_ascii_digit);
    let letters: Vec<char> =
        if digits { ('0'..='9').collect() } else { ('0'..='9').chain('A'..='Z').chain('a'..='z').chain(['-']).collect() };
    let n = chars.len();
    let mut all: Vec<String> = Vec::new();
    let mut put = |chars: &[char]| all.push(chars.iter().collect());
    for i in 1..n {
        let mut c = chars.clone();
        c.swap(i - 1, i);
        put(&c);
    }
    for i in 0..n {
        for letter in &letters {
            let mut c = chars.clone();
            c[i] = *letter;
            put(&c);
        }
    }
    for i in 0..=n {
        for letter in &letters {
            let mut c = chars.clone();
            c.insert(i, *letter);
            put(&c);
        }
    }
    for i in 0..n {
        let mut c = chars.clone();
        c.remove(i);
        put(&c);
    }
    zeros.chain(capitals).chain(all).filter(move |s| s != given && !s.is_empty())
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
    fn slips_are_one_step_away() {
        let of = |given: &str| slips(given).collect::<Vec<_>>();
        for slip in ["01204", "2104", "1205", "12045", "120", "001204"] {
            assert!(of("1204").contains(&slip.to_owned()), "{slip}");
        }
        assert!(!of("1204").contains(&"1204".to_owned()) && !of("1204").contains(&"4021".to_owned()));
        assert!(of("t9").contains(&"T9".to_owned()) && of("007").contains(&"7".to_owned()));
    }

    #[test]
    fn the_nearest_come_first() {
        let schools = ["104521", "104112", "200000", "104513"];
        assert_eq!(near("104512", schools.into_iter(), 2), ["104521", "104112"]);
        assert_eq!(near("teacher", ["Teacher", "Staff"].into_iter(), 3), ["Teacher"]);
        assert_eq!(near("Kinder", ["K", "1", "Unspecified"].into_iter(), 3), Vec::<&str>::new());
        assert!(near(&"x".repeat(10_000), ["x"].into_iter(), 3).is_empty());
    }
}
