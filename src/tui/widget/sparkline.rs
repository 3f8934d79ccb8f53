//! A few numbers as a row of bars, one cell each: `▁▂▅█`, or `._-=#` in ASCII.

const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const ASCII: [&str; 8] = [".", "_", "_", "-", "-", "=", "=", "#"];

/// One bar for each number, the largest full height. All zero gives the lowest bars.
pub fn sparkline(numbers: &[u64], ascii: bool) -> String {
    let bars = if ascii { ASCII } else { BARS };
    let most = numbers.iter().copied().max().unwrap_or(0).max(1);
    numbers
        .iter()
        .map(|n| {
            // Anything above zero stands above the floor: one error must not look like none.
            let step = if *n == 0 { 0 } else { (u128::from(*n) * 7).div_ceil(u128::from(most)).clamp(1, 7) };
            bars[step as usize]
        })
        .collect()
}

/// A bar of at most `cells` cells for `part` of `whole`.
pub fn bar(part: u64, whole: u64, cells: u16, ascii: bool) -> String {
    if whole == 0 || part == 0 {
        return String::new();
    }
    let filled = (u128::from(part) * u128::from(cells)).div_ceil(u128::from(whole)).min(u128::from(cells));
    (if ascii { "#" } else { "█" }).repeat(filled as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_is_full_and_one_is_more_than_none() {
        assert_eq!(sparkline(&[0, 1, 500, 1000], false), "▁▂▅█");
        assert_eq!(sparkline(&[0, 0], false), "▁▁");
        assert_eq!(sparkline(&[], false), "");
        assert_eq!(sparkline(&[0, 7], true), ".#");
        assert_eq!(sparkline(&[u64::MAX, 1], false), "█▂");
    }

    #[test]
    fn a_bar_is_never_longer_than_its_room() {
        assert_eq!(bar(1, 2, 10, true), "#####");
        assert_eq!(bar(5, 2, 4, true), "####");
        assert_eq!(bar(1, 1_000_000, 10, true), "#");
        assert_eq!(bar(0, 9, 10, true), "");
        assert_eq!(bar(1, 0, 10, true), "");
    }
}
