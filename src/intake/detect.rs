//! Which profile a header is for, when none was named.

use crate::feed::Profile;
use crate::ledger::{Code, Finding};

use super::header::{judge, must_have};
use super::hidden::clean;

/// How well a header fits a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The profile's name.
    pub profile: String,
    /// Columns that the header must have and has, misspelled ones counted.
    pub have: u32,
    /// Columns that it must have.
    pub need: u32,
}

/// The name of the profile that a header is for. A header that lacks little (three of four needed columns are there) is
/// recognised too: the verdict on it then says what is missing, which helps more than "fits no profile".
///
/// The error has all profiles, the best first, and FIL-017: none fits, or it is not sure which. Its `p`, `k`, `n` name the
/// best and `q`, `l`, `m` the one after it, as far as any column of theirs is there; `tie` those that fit equally well.
pub fn recognise(header: &[String], profiles: &[Profile]) -> Result<String, (Vec<Fit>, Finding)> {
    let mut fits: Vec<(Rank, Fit)> = profiles.iter().map(|profile| fit(header, profile)).collect();
    fits.sort_by(|(a, _), (b, _)| b.cmp(a));
    let rivals: Vec<&str> = match fits.split_first() {
        Some(((best, fit), rest)) if best.near => {
            let rivals: Vec<&str> = rest.iter().filter(|(rank, _)| best.rivalled(rank)).map(|(_, fit)| fit.profile.as_str()).collect();
            if rivals.is_empty() {
                return Ok(fit.profile.clone());
            }
            [fit.profile.as_str()].into_iter().chain(rivals).collect()
        }
        _ => Vec::new(),
    };
    let mut finding = Finding::of_file(Code::FIL_017);
    if rivals.is_empty() {
        for ((_, fit), [p, k, n]) in fits.iter().filter(|(_, fit)| fit.have > 0).zip([["p", "k", "n"], ["q", "l", "m"]]) {
            finding = finding.with(p, &fit.profile).with(k, fit.have).with(n, fit.need);
        }
    } else {
        finding = finding.with("tie", rivals.join(" and "));
    }
    let fits: Vec<Fit> = fits.into_iter().map(|(_, fit)| fit).collect();
    Err((fits, finding))
}

/// How profiles are compared, the weightiest first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Every needed column is there.
    full: bool,
    /// Nearly every one is.
    near: bool,
    /// Columns of the profile, needed or not, that are there.
    known: usize,
    /// Those whose name is right to the letter.
    exact: usize,
    /// Fewer needed columns are missing.
    lacks: std::cmp::Reverse<usize>,
}

impl Rank {
    /// Whether it is not sure that this, the best, is meant, and not the other: they fit equally well, or the other knows more
    /// of the header and lacks little.
    fn rivalled(&self, other: &Self) -> bool {
        self == other || other.near && other.known > self.known
    }
}

/// How many of a profile's needed columns a header has.
pub fn needed(header: &[String], profile: &Profile) -> Fit {
    fit(header, profile).1
}

fn fit(header: &[String], profile: &Profile) -> (Rank, Fit) {
    let (columns, _) = judge(header, 1, profile);
    let known = columns.at.iter().flatten().count();
    let to_the_letter = |(number, at): (usize, &Option<usize>)| {
        at.and_then(|cell| header.get(cell)).is_some_and(|name| clean(name) == profile.columns[number].name)
    };
    let exact = columns.at.iter().enumerate().filter(|c| to_the_letter(*c)).count();
    let must: Vec<bool> = profile.columns.iter().map(|column| must_have(profile, column)).collect();
    // A profile that needs nothing is judged by all it has.
    let counts = |number: usize| must[number] || !must.contains(&true);
    let need = (0..must.len()).filter(|n| counts(*n)).count();
    let have = columns.at.iter().enumerate().filter(|(n, at)| at.is_some() && counts(*n)).count();
    let near = have > 0 && 4 * have >= 3 * need;
    let rank = Rank { full: have > 0 && have == need, near, known, exact, lacks: std::cmp::Reverse(need - have) };
    (rank, Fit { profile: profile.name.clone(), have: have as u32, need: need as u32 })
}

#[cfg(test)]
mod tests {
    use super::super::header::tests::{header, profile};
    use super::*;

    fn profiles() -> Vec<Profile> {
        vec![profile("users", "first_name*,last_name*,email*,custom_id*,status"), profile("schools", "external_id*,name*,type")]
    }

    #[test]
    fn the_profile_is_known_by_its_header() {
        for (names, found) in [
            ("first_name,last_name,email,custom_id", Ok("users")),
            ("custom_id,email,lastname,First_Name,shoe", Ok("users")),
            ("first_name,last_name,email", Ok("users")),
            ("name,external_id", Ok("schools")),
            ("first_name,last_name", Err("users 2 4, - - -")),
            ("name", Err("schools 1 2, - - -")),
            ("email,name,last_name", Err("users 2 4, schools 1 2")),
            ("a,b,c", Err("- - -, - - -")),
            ("", Err("- - -, - - -")),
        ] {
            let said = recognise(&header(names), &profiles()).map_err(|(fits, finding)| {
                assert_eq!((fits.len(), finding.code), (2, Code::FIL_017));
                let args = |names: [&str; 3]| names.map(|arg| finding.arg(arg).unwrap_or("-").to_owned()).join(" ");
                format!("{}, {}", args(["p", "k", "n"]), args(["q", "l", "m"]))
            });
            assert_eq!(said.as_deref().map_err(String::as_str), found, "{names}");
        }
    }

    #[test]
    fn the_profile_that_knows_more_columns_wins_and_a_tie_is_for_people() {
        let mut all = profiles();
        all.push(profile("small", "first_name*,last_name*"));
        assert_eq!(recognise(&header("first_name,last_name,email,custom_id"), &all).as_deref().ok(), Some("users"));
        assert_eq!(recognise(&header("first_name,last_name"), &all).as_deref().ok(), Some("small"));
        all.push(profile("twin", "first_name*,last_name*"));
        let (fits, tie) = recognise(&header("first_name,last_name"), &all).unwrap_err();
        assert_eq!((tie.arg("tie"), fits[0].have), (Some("small and twin"), 2));
        assert!(recognise(&header("a"), &[]).is_err());
    }

    #[test]
    fn a_profile_that_needs_little_does_not_win_from_one_that_knows_more_and_lacks_little() {
        let mut all = profiles();
        all.push(profile("small", "first_name*,last_name*"));
        let (_, finding) = recognise(&header("first_name,last_name,email"), &all).unwrap_err();
        assert_eq!(finding.arg("tie"), Some("small and users"));
        all.push(profile("spelled", "First Name*,Last Name*"));
        assert_eq!(recognise(&header("First Name,Last Name"), &all).as_deref().ok(), Some("spelled"));
    }
}
