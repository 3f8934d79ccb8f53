//! Which profile a header is for, when none was named.

use crate::feed::Profile;
use crate::ledger::{Code, Finding};

use super::header::{judge, must_have};

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
/// The error has all profiles, the best first, and FIL-017 (`p`, `k`, `n`): none fits, or two fit equally well.
pub fn recognise(header: &[String], profiles: &[Profile]) -> Result<String, (Vec<Fit>, Finding)> {
    let mut fits: Vec<(Rank, Fit)> = profiles.iter().map(|profile| fit(header, profile)).collect();
    fits.sort_by(|(a, _), (b, _)| b.cmp(a));
    let tied = fits.len() > 1 && fits[0].0 == fits[1].0;
    if let Some((rank, best)) = fits.first() {
        if rank.near && !tied {
            return Ok(best.profile.clone());
        }
    }
    let fits: Vec<Fit> = fits.into_iter().map(|(_, fit)| fit).collect();
    let (best, have, need) = fits.first().map_or(("-", 0, 0), |f| (f.profile.as_str(), f.have, f.need));
    let finding = Finding::of_file(Code::FIL_017).with("p", best).with("k", have).with("n", need);
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
    /// Fewer needed columns are missing.
    lacks: std::cmp::Reverse<usize>,
}

fn fit(header: &[String], profile: &Profile) -> (Rank, Fit) {
    let (columns, _) = judge(header, 1, profile);
    let known = columns.at.iter().flatten().count();
    let must: Vec<bool> = profile.columns.iter().map(|column| must_have(profile, column)).collect();
    // A profile that needs nothing is judged by all it has.
    let counts = |number: usize| must[number] || !must.contains(&true);
    let need = (0..must.len()).filter(|n| counts(*n)).count();
    let have = columns.at.iter().enumerate().filter(|(n, at)| at.is_some() && counts(*n)).count();
    let near = have > 0 && 4 * have >= 3 * need;
    let rank = Rank { full: have > 0 && have == need, near, known, lacks: std::cmp::Reverse(need - have) };
    (rank, Fit { profile: profile.name.clone(), have: have as u32, need: need as u32 })
}
