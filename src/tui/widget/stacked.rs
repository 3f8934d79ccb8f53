//! What became of the rows of a sync as one line: a sign for each share, so that it can be read without colour.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ledger::Tally;
use crate::tui::look::{Look, number};
use crate::tui::theme::Role;

/// The outcomes in their order, with the sign and the role of each.
const PARTS: [(char, Role, &str); 5] = [
    ('+', Role::Ok, "new"),
    ('~', Role::Accent, "changed"),
    ('=', Role::Dim, "same"),
    ('-', Role::Held, "off"),
    ('!', Role::Error, "refused"),
];

fn numbers(t: &Tally) -> [u64; 5] {
    [t.created, t.updated, t.unchanged, t.disabled, t.errors]
}

/// How many of so many cells each number gets: at least one where it is not zero, all cells together.
pub fn shares(numbers: [u64; 5], cells: u16) -> [u16; 5] {
    let sum: u128 = numbers.iter().map(|n| u128::from(*n)).sum();
    let mut shares = [0u16; 5];
    if sum == 0 || cells == 0 {
        return shares;
    }
    for (share, n) in shares.iter_mut().zip(numbers) {
        *share = if n == 0 { 0 } else { ((u128::from(n) * u128::from(cells) / sum) as u16).max(1) };
    }
    // What rounding took or gave too much is the largest one's.
    let largest = (0..5).max_by_key(|i| numbers[*i]).unwrap_or(0);
    let others: u16 = (0..5).filter(|i| *i != largest).map(|i| shares[i]).sum();
    shares[largest] = cells.saturating_sub(others).max(1);
    let mut over = shares.iter().sum::<u16>().saturating_sub(cells);
    for share in shares.iter_mut().rev() {
        let less = over.min(*share);
        (*share, over) = (*share - less, over - less);
    }
    shares
}

/// Draws the line in so many cells.
pub fn stacked(buffer: &mut Buffer, (x, y): (u16, u16), cells: u16, tally: &Tally, look: &Look) {
    let area = Rect { x, y, width: cells, height: 1 }.intersection(buffer.area);
    let mut at = area.x;
    for ((sign, role, _), share) in PARTS.iter().zip(shares(numbers(tally), area.width)) {
        let text: String = std::iter::repeat_n(*sign, usize::from(share)).collect();
        if area.height > 0 {
            buffer.set_stringn(at, area.y, &text, usize::from(share), look.style(*role));
        }
        at += share;
    }
}

/// What the signs mean, with the numbers that there are: "+ 41 new  = 2,101 same  ! 34 refused".
pub fn legend(tally: &Tally) -> String {
    let parts = PARTS.iter().zip(numbers(tally)).filter(|(_, n)| *n > 0);
    parts.map(|((sign, _, word), n)| format!("{sign} {} {word}", number(n))).collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_share_that_is_there_is_seen_and_all_cells_are_used() {
        for (numbers, cells, expected) in [
            ([44, 128, 2283, 0, 38], 30, [1, 1, 27, 0, 1]),
            ([1, 0, 0, 0, 0], 10, [10, 0, 0, 0, 0]),
            ([0, 0, 0, 0, 0], 10, [0, 0, 0, 0, 0]),
            ([1, 1, 1, 1, 1], 3, [1, 1, 1, 0, 0]),
            ([u64::MAX, 1, u64::MAX, 0, 1], 12, [4, 1, 6, 0, 1]),
        ] {
            let got = shares(numbers, cells);
            assert_eq!(got.iter().sum::<u16>(), if numbers == [0; 5] { 0 } else { cells }, "{numbers:?}: {got:?}");
            if numbers[0] != u64::MAX {
                assert_eq!(got, expected, "{numbers:?}");
            }
        }
    }

    #[test]
    fn the_line_reads_without_colour() {
        let (mut buffer, look) = (Buffer::empty(Rect::new(0, 0, 20, 1)), Look::plain());
        let tally = Tally { created: 5, updated: 5, unchanged: 5, disabled: 3, errors: 2 };
        stacked(&mut buffer, (0, 0), 20, &tally, &look);
        let line: String = (0..20).map(|x| buffer[(x, 0)].symbol().to_owned()).collect();
        assert_eq!(line, "+++++~~~~~=====---!!");
        assert_eq!(legend(&Tally { created: 41, errors: 1204, ..Tally::default() }), "+ 41 new  ! 1,204 refused");
    }
}
