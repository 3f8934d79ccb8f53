//! What a first line seems to be: a header, data, a secret's column. Before it is held against one profile.

use crate::feed::Profile;

use super::header::judge;
use super::hidden::{clean, trim_str};
use super::spelling::skeleton;

/// Cells of a first line that are looked at to see whether it is a header.
const MOST_CELLS: usize = 1000;

/// Whether a column holds secrets by its name, whatever the profile knows of it: its values must not be shown or kept.
pub fn is_secret(header: &str) -> bool {
    let name = skeleton(&clean(header));
    name == "pin" || ["password", "passwd", "passcode", "passphrase", "pwd"].iter().any(|word| name.contains(word))
}

/// How many cells of a header are columns of the one of the profiles that knows most of them. Capitals, blanks,
/// underscores and slips do not matter here.
pub(super) fn known(header: &[String], wanted: &[&Profile]) -> usize {
    // A first line that is all of a large file is cut into millions of cells; no header has so many.
    let begin = &header[..header.len().min(MOST_CELLS)];
    let count = |profile: &&Profile| judge(begin, 1, profile).0.at.iter().flatten().count();
    wanted.iter().map(count).max().unwrap_or_default()
}

/// Whether a first row of which no cell is a known column looks like data: an e-mail address in it, a number, a date, or
/// a value that a wanted profile accepts. Without a profile to go by, half of it must.
pub(super) fn looks_like_data(header: &[String], wanted: &[&Profile]) -> bool {
    let cells: Vec<&str> = header.iter().map(|cell| trim_str(cell)).filter(|cell| !cell.is_empty()).collect();
    let accepted = |cell: &str| wanted.iter().flat_map(|p| &p.columns).flat_map(|c| &c.accept).any(|(value, _)| value == cell);
    let data = cells.iter().filter(|cell| is_email(cell) || is_number_or_date(cell) || accepted(cell)).count();
    let email = cells.iter().any(|cell| is_email(cell));
    email || if wanted.is_empty() { data > 0 && 2 * data >= cells.len() } else { data > 0 }
}

fn is_email(cell: &str) -> bool {
    cell.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !cell.contains(char::is_whitespace))
}

fn is_number_or_date(cell: &str) -> bool {
    cell.bytes().any(|b| b.is_ascii_digit()) && cell.bytes().all(|b| b.is_ascii_digit() || b"+-./: ".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::super::header::tests::{USERS, header, profile};
    use super::*;

    #[test]
    fn columns_of_secrets_are_known_by_name() {
        for name in ["password", "Initial Password", "pass_word", "PIN", "user pwd", "\u{FEFF}passwd"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["email", "shipping", "passport", ""] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn a_first_row_of_data_is_known_from_its_cells() {
        let users = profile("users", USERS);
        for (names, with, without) in [
            ("Ana,Diaz,ana@lincoln.example,1001", true, true),
            ("Ana,Diaz,,Active", true, false),
            ("1,2,3", true, true),
            ("2026-11-22,a", true, true),
            ("year,2025,a,b", true, false),
            ("Ana,Diaz", false, false),
            ("vorname,nachname", false, false),
        ] {
            assert_eq!(looks_like_data(&header(names), &[&users]), with, "{names}");
            assert_eq!(looks_like_data(&header(names), &[]), without, "{names}");
        }
    }
}
