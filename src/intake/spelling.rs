//! How near one header is to another.

/// A name as near misses compare it: lower case, without blanks, underscores, hyphens and dots.
pub(super) fn skeleton(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '.' | '\u{2010}'..='\u{2015}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Slips (a letter wrong, missing, too many, or two swapped) that turn one name's skeleton into the other's, if they
/// are few enough for a likely misspelling: none in 3 letters, one in 5, two in 9, else three.
pub(super) fn slips(a: &str, b: &str) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (skeleton(a).chars().collect(), skeleton(b).chars().collect());
    let most = match a.len().min(b.len()) {
        0..=3 => 0,
        4..=5 => 1,
        6..=9 => 2,
        _ => 3,
    };
    if a.is_empty() || a.len().abs_diff(b.len()) > most {
        return None;
    }
    Some(distance(&a, &b)).filter(|slips| *slips <= most)
}

/// Optimal string alignment distance, three rows at a time.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut two_up = vec![0; b.len() + 1];
    let mut up: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let differ = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (up[j] + 1).min(row[j - 1] + 1).min(up[j - 1] + differ);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(two_up[j - 2] + 1);
            }
        }
        two_up = std::mem::replace(&mut up, row);
    }
    up[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_near_and_others_are_not() {
        for (a, b, expected) in [
            ("First Name", "first_name", Some(0)),
            ("fist_name", "first_name", Some(1)),
            ("frist_name", "first_name", Some(1)),
            ("lastname", "last_name", Some(0)),
            ("e-mail", "email", Some(0)),
            ("emial", "email", Some(1)),
            ("grades", "grade", Some(1)),
            ("user_typ", "user_type", Some(1)),
            ("school_external_id", "school_district_external_id", None),
            ("last_name", "first_name", None),
            ("id", "ip", None),
            ("name", "role", None),
            ("", "a", None),
        ] {
            assert_eq!(slips(a, b), expected, "{a} {b}");
            assert_eq!(slips(b, a), expected, "{b} {a}");
        }
    }
}
