//! A frame in fewer bytes, for a slow line: the same picture, without what the terminal knows already.
//!
//! ratatui and crossterm write each change of style as two or three sequences, colours in their longest form, every move with row
//! and column, and the end of a frame as four resets. Here runs of style changes become the one that is needed, and moves within a
//! row say the column only, and a row of blanks is erased. Nothing that is not understood is touched.

/// What a terminal knows of us. All as it was at the beginning: a frame ends as it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wire {
    /// As the terminal draws now.
    drawn: Pen,
    /// As it is to draw what comes next.
    wanted: Pen,
    /// The row that the cursor was last moved to, within this frame.
    row: Option<u16>,
    /// Whether the cursor is hidden, where that is known.
    hidden: Option<bool>,
}

/// Colours and attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Pen {
    /// The numbers that set them, as short as they can be; none is the terminal's own.
    colors: [Option<String>; 3],
    /// Bold, dim, italic, underlined, slow and fast blink, reversed, hidden, crossed out: 1 to 9.
    attributes: [bool; 9],
}

/// So many blanks are longer than the sequence that erases them.
const BLANKS: usize = 6;

/// The numbers that end each of the colours and of the attributes.
const OWN_COLOR: [&str; 3] = ["39", "49", "59"];
const OFF: [&str; 9] = ["22", "22", "23", "24", "25", "25", "27", "28", "29"];

impl Wire {
    /// The frame, shorter.
    pub fn shortened(&mut self, frame: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(frame.len());
        self.row = None;
        let mut rest = frame;
        while let Some(at) = rest.iter().position(|b| *b == 0x1b) {
            let (text, from) = rest.split_at(at);
            self.text(text, from, &mut out);
            let length = sequence(from);
            let (sequence, after) = from.split_at(length);
            self.sequence(sequence, &mut out);
            rest = after;
        }
        self.text(rest, &[], &mut out);
        out
    }

    /// Writes text, behind which that follows. Blanks at its end are erased where the cursor goes elsewhere after them.
    fn text(&mut self, text: &[u8], then: &[u8], out: &mut Vec<u8>) {
        let blanks = text.iter().rev().take_while(|b| **b == b' ').count();
        let erased = blanks >= BLANKS && self.wanted.leaves_no_trace() && goes_elsewhere(then);
        let (seen, blanks) = text.split_at(if erased { text.len() - blanks } else { text.len() });
        if !seen.is_empty() {
            self.dip(out);
            out.extend_from_slice(seen);
        }
        if !blanks.is_empty() {
            // What is erased takes the background; the rest of the pen does not matter.
            if !self.drawn.leaves_no_trace() {
                self.dip(out);
            }
            out.extend_from_slice(format!("\x1b[{}X", blanks.len()).as_bytes());
        }
    }

    fn sequence(&mut self, sequence: &[u8], out: &mut Vec<u8>) {
        let arguments = std::str::from_utf8(sequence).ok().and_then(|s| s.strip_prefix("\x1b["));
        let Some((last, arguments)) = arguments.and_then(|a| Some((a.chars().next_back()?, &a[..a.len() - 1]))) else {
            self.dip(out);
            return out.extend_from_slice(sequence);
        };
        match (last, arguments) {
            ('m', _) if self.wanted.set(arguments) => {}
            ('H', _) => self.go(arguments, sequence, out),
            ('l' | 'h', "?25") => {
                if self.hidden.replace(last == 'l') != Some(last == 'l') {
                    out.extend_from_slice(sequence);
                }
            }
            // The end: nothing is drawn after it, so the terminal must be left as it was found.
            ('l', "?2026") => {
                self.dip(out);
                out.extend_from_slice(sequence);
            }
            ('h', "?2026") => out.extend_from_slice(sequence),
            _ => {
                // The whole screen is drawn anew, perhaps after others have used the terminal.
                if last == 'J' {
                    (self.hidden, self.row) = (None, None);
                }
                self.dip(out);
                out.extend_from_slice(sequence);
            }
        }
    }

    /// Moves the cursor. The pen can wait: it matters only where something is drawn.
    fn go(&mut self, arguments: &str, sequence: &[u8], out: &mut Vec<u8>) {
        let place = arguments.split_once(';').and_then(|(row, column)| Some((row.parse::<u16>().ok()?, column.parse::<u16>().ok()?)));
        let Some((row, column)) = place else { return out.extend_from_slice(sequence) };
        let short = match (self.row == Some(row), row, column) {
            (true, _, 1) => String::from("\r"),
            (true, ..) => format!("\x1b[{column}G"),
            (false, 1, 1) => String::from("\x1b[H"),
            (false, _, 1) => format!("\x1b[{row}H"),
            (false, ..) => format!("\x1b[{row};{column}H"),
        };
        self.row = Some(row);
        out.extend_from_slice(short.as_bytes());
    }

    /// Makes the terminal draw as is wanted.
    fn dip(&mut self, out: &mut Vec<u8>) {
        if self.drawn == self.wanted {
            return;
        }
        let (from, to) = (&self.drawn, &self.wanted);
        let all: Vec<String> = std::iter::once(String::new()).chain(to.numbers()).collect();
        let mut change: Vec<String> = Vec::new();
        // Bold and dim end together.
        let dulls = (0..2).any(|n| from.attributes[n] && !to.attributes[n]);
        for (n, off) in OFF.iter().enumerate() {
            if from.attributes[n] && !to.attributes[n] && !change.iter().any(|c| c == off) {
                change.push((*off).to_owned());
            }
        }
        for n in 0..9 {
            if to.attributes[n] && (!from.attributes[n] || (n < 2 && dulls)) {
                change.push((n + 1).to_string());
            }
        }
        for (n, own) in OWN_COLOR.iter().enumerate() {
            if from.colors[n] != to.colors[n] {
                change.push(to.colors[n].clone().unwrap_or_else(|| (*own).to_owned()));
            }
        }
        let (all, change) = (all.join(";"), change.join(";"));
        let numbers = if all.len() < change.len() { all } else { change };
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(numbers.as_bytes());
        out.push(b'm');
        self.drawn = self.wanted.clone();
    }
}

impl Pen {
    /// Whether a blank that it draws looks like one that was erased: no background, nothing below, across or reversed.
    fn leaves_no_trace(&self) -> bool {
        self.colors[1].is_none() && ![3, 4, 5, 6, 8].iter().any(|n| self.attributes[*n])
    }

    /// Takes the numbers of one sequence; `false`, and nothing taken, where one of them is not known.
    fn set(&mut self, numbers: &str) -> bool {
        let mut pen = self.clone();
        let mut rest = numbers.split(';');
        while let Some(number) = rest.next() {
            match (number, number.parse::<u8>().unwrap_or(0)) {
                ("" | "0", _) => pen = Self::default(),
                ("39" | "49" | "59", n) => pen.colors[usize::from(n / 10 - 3)] = None,
                ("38" | "48" | "58", n) => {
                    let Some(color) = color(n, &mut rest) else { return false };
                    pen.colors[usize::from(n / 10 - 3)] = Some(color);
                }
                (_, 30..=37 | 90..=97) => pen.colors[0] = Some(number.to_owned()),
                (_, 40..=47 | 100..=107) => pen.colors[1] = Some(number.to_owned()),
                (_, n @ 1..=9) => pen.attributes[usize::from(n) - 1] = true,
                (_, 22) => (pen.attributes[0], pen.attributes[1]) = (false, false),
                (_, 25) => (pen.attributes[4], pen.attributes[5]) = (false, false),
                (_, n @ (23 | 24 | 27 | 28 | 29)) => pen.attributes[usize::from(n) - 21] = false,
                _ => return false,
            }
        }
        *self = pen;
        true
    }

    /// All that sets it, from the terminal's own.
    fn numbers(&self) -> impl Iterator<Item = String> {
        let attributes = (0..9).filter(|n| self.attributes[*n]).map(|n| (n + 1).to_string());
        attributes.chain(self.colors.iter().flatten().cloned())
    }
}

/// A colour behind 38, 48 or 58, as short as it can be.
fn color<'a>(of: u8, rest: &mut impl Iterator<Item = &'a str>) -> Option<String> {
    let mut number = || rest.next()?.parse::<u8>().ok();
    match number()? {
        5 => Some(match (of, number()?) {
            // The sixteen have names of their own.
            (38 | 48, n @ 0..8) => (of - 8 + n).to_string(),
            (38 | 48, n @ 8..16) => (u16::from(of) + 52 + u16::from(n - 8)).to_string(),
            (_, n) => format!("{of};5;{n}"),
        }),
        2 => Some(format!("{of};2;{};{};{}", number()?, number()?, number()?)),
        _ => None,
    }
}

/// Whether the cursor is moved, or the frame ends, before anything else is drawn.
fn goes_elsewhere(mut then: &[u8]) -> bool {
    while then.first() == Some(&0x1b) {
        let (sequence, after) = then.split_at(sequence(then));
        match sequence {
            [.., b'm'] => then = after,
            b"\x1b[?25l" | b"\x1b[?2026l" => return true,
            _ => return sequence.ends_with(b"H"),
        }
    }
    false
}

/// How long the sequence is that begins here: `ESC [` to its letter; of others only the ESC, what follows is passed on as it is.
fn sequence(from: &[u8]) -> usize {
    match from.get(1) {
        Some(b'[') => from.iter().skip(2).position(|b| (0x40..=0x7e).contains(b)).map_or(from.len(), |at| at + 3),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::backend::{Backend, CrosstermBackend};
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Modifier, Style};

    fn check(frame: &str, expected: &str) {
        let shortened = Wire::default().shortened(frame.as_bytes());
        assert_eq!(String::from_utf8_lossy(&shortened), expected);
    }

    #[test]
    fn style_changes_become_the_one_that_is_needed() {
        check("\x1b[1m\x1b[38;5;6;49mHome\x1b[22m\x1b[39;49m room", "\x1b[1;36mHome\x1b[m room");
        check("\x1b[38;5;14ma\x1b[48;5;9mb\x1b[38;5;200mc", "\x1b[96ma\x1b[101mb\x1b[38;5;200mc");
        check("\x1b[38;2;1;2;3ma\x1b[38;2;1;2;3mb", "\x1b[38;2;1;2;3mab");
        check("\x1b[1m\x1b[2ma\x1b[22m\x1b[2mb", "\x1b[1;2ma\x1b[;2mb");
        check("\x1b[7m\x1b[39;49ma\x1b[27mb", "\x1b[7ma\x1b[mb");
        check("a\x1b[39m\x1b[49m\x1b[59m\x1b[0m\x1b[?25l\x1b[?2026l", "a\x1b[?25l\x1b[?2026l");
    }

    #[test]
    fn a_frame_leaves_the_terminal_as_it_was_found() {
        let mut wire = Wire::default();
        assert_eq!(wire.shortened(b"\x1b[31ma\x1b[0m\x1b[?25l\x1b[?2026l"), b"\x1b[31ma\x1b[?25l\x1b[m\x1b[?2026l");
        assert_eq!(wire.shortened(b"a\x1b[0m\x1b[?25l\x1b[?2026l"), b"a\x1b[?2026l", "the cursor is hidden already");
        assert_eq!(wire.shortened(b"\x1b[2Ja\x1b[?25l"), b"\x1b[2Ja\x1b[?25l", "others may have shown it");
    }

    #[test]
    fn moves_within_a_row_say_the_column_only() {
        check("\x1b[3;5Ha\x1b[3;20Hb\x1b[4;1Hc\x1b[4;1Hd\x1b[1;1He", "\x1b[3;5Ha\x1b[20Gb\x1b[4Hc\rd\x1b[He");
    }

    #[test]
    fn blanks_are_erased_where_the_cursor_goes_elsewhere_after_them() {
        check("a          \x1b[2;3Hb", "a\x1b[10X\x1b[2;3Hb");
        check("          \x1b[39m\x1b[0m\x1b[?25l\x1b[?2026l", "\x1b[10X\x1b[?25l\x1b[?2026l");
        check("\x1b[31m          \x1b[2;3Hb", "\x1b[10X\x1b[2;3H\x1b[31mb");
        // Something is drawn right behind them, or they can be seen.
        check("a          \x1b[1mb", "a          \x1b[1mb");
        check("\x1b[7m          \x1b[2;3Hb", "\x1b[7m          \x1b[2;3Hb");
        check("\x1b[44m          \x1b[2;3Hb", "\x1b[44m          \x1b[2;3Hb");
        check("\x1b[44ma\x1b[0m          \x1b[2;3Hb", "\x1b[44ma\x1b[m\x1b[10X\x1b[2;3Hb");
    }

    #[test]
    fn what_is_not_understood_is_not_touched() {
        for text in ["\x1b]52;c;YWI=\x1b\\", "\x1b[31;77mx", "\x1b[?1049h", "\x1b[38;7;1mx", "\x1bc", "\x1b[", "\x1b", "é中"] {
            check(text, text);
        }
    }

    const COLORS: [Color; 8] = [
        Color::Reset,
        Color::Red,
        Color::LightCyan,
        Color::Indexed(3),
        Color::Indexed(12),
        Color::Indexed(240),
        Color::Rgb(1, 2, 3),
        Color::Blue,
    ];

    /// What can be seen of a screen: of a blank only what is behind, below and around it.
    fn seen(screen: &vt100::Screen) -> Vec<String> {
        let cell = |y, x| {
            let cell = screen.cell(y, x).unwrap();
            let text = cell.contents().trim();
            let of_text = (cell.fgcolor(), cell.bold(), cell.dim(), cell.italic());
            let inverse = (cell.inverse() || !text.is_empty()).then_some(of_text);
            format!("{text:?} {inverse:?} {:?} {} {} {}", cell.bgcolor(), cell.underline(), cell.inverse(), cell.is_wide())
        };
        (0..8).flat_map(|y| (0..40).map(move |x| cell(y, x))).collect()
    }

    /// Cells of some text in some style, here and there.
    fn parts() -> impl Strategy<Value = Vec<(u16, u16, String, usize, usize, u16)>> {
        prop::collection::vec((0u16..40, 0u16..8, "[a-z é中]{1,9}", 0..COLORS.len(), 0..COLORS.len(), 0u16..512), 0..12)
    }

    proptest! {
        #[test]
        fn the_picture_is_the_same(frames in prop::collection::vec(parts(), 1..6)) {
            crossterm::style::force_color_output(true);
            let area = Rect::new(0, 0, 40, 8);
            let mut wire = Wire::default();
            let (rows, columns) = (std::num::NonZero::new(8).unwrap(), std::num::NonZero::new(40).unwrap());
            let (mut long, mut short) = (vt100::Parser::new(rows, columns, 0), vt100::Parser::new(rows, columns, 0));
            let mut before = Buffer::empty(area);
            for frame in frames {
                let mut after = before.clone();
                for (x, y, text, fg, bg, attributes) in frame {
                    let mut style = Style { add_modifier: Modifier::from_bits_truncate(attributes), ..Style::new() };
                    // The terminal of the test knows bold or dim, not both.
                    if style.add_modifier.contains(Modifier::BOLD) {
                        style.add_modifier -= Modifier::DIM;
                    }
                    style.sub_modifier = Modifier::all() - style.add_modifier;
                    let text = if fg == 0 { " ".repeat(text.len() * 3) } else { text };
                    after.set_string(x, y, &text, style.fg(COLORS[fg]).bg(COLORS[bg]));
                }
                let mut bytes = Vec::new();
                let mut backend = CrosstermBackend::new(&mut bytes);
                backend.draw(before.diff(&after).into_iter()).unwrap();
                backend.hide_cursor().unwrap();
                bytes.extend(b"\x1b[?2026l");
                let fewer = wire.shortened(&bytes);
                prop_assert!(fewer.len() <= bytes.len());
                long.process(&bytes);
                short.process(&fewer);
                prop_assert_eq!(seen(long.screen()), seen(short.screen()));
                before = after;
            }
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(prop_oneof![Just(0x1b), Just(b'['), Just(b';'), Just(b'm'), Just(b'H'), any::<u8>()], 0..60)) {
            Wire::default().shortened(&bytes);
        }
    }
}
