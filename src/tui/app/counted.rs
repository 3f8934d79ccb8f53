//! Numbers before movements: `;` begins one, so that the digits alone stay the screens. `;10 j` goes ten down, `;5 G` (or `;5` enter) to the
//! fifth row, `;3 ctrl-d` three half pages; before `space` it marks so many. The bottom line shows the number while it is typed.

use crossterm::event::KeyCode;

use super::App;
use crate::tui::command::{Command, Scope};
use crate::tui::keys::Key;
use crate::tui::screen::{Msg, Tone};

/// Digits of a number: no list is longer.
const DIGITS: usize = 9;

/// As often as that a movement is repeated on a screen that does not count.
const REPEATED: u64 = 1000;

impl App {
    /// Begins a number.
    pub(super) fn begin_count(&mut self) {
        self.count = Some(String::new());
    }

    /// A key while a number is typed; `false` where none is.
    pub(super) fn count_key(&mut self, key: Key, command: Option<Command>) -> bool {
        let Some(mut digits) = self.count.take() else { return false };
        if let Some(digit) = key.typed().filter(char::is_ascii_digit) {
            if digits.len() < DIGITS {
                digits.push(digit);
            }
            self.count = Some(digits);
            return true;
        }
        if key.code == KeyCode::Backspace && digits.pop().is_some() {
            self.count = Some(digits);
            return true;
        }
        match (command, digits.parse::<u64>()) {
            (None | Some(Command::Back | Command::Count), _) => {}
            (Some(_), Err(_)) => self.say(Tone::Plain, "; begins a number: digits, then a movement"),
            (Some(Command::Open), Ok(n)) => self.counted(Command::First, n),
            (Some(command), Ok(n)) => self.counted(command, n),
        }
        true
    }

    /// Carries a command out so many times, or goes to that row.
    pub(super) fn counted(&mut self, command: Command, count: u64) {
        let is_mark = matches!(command, Command::Mark | Command::Next | Command::Previous);
        if command.spec().scope != Scope::Movement && !is_mark {
            let name = command.spec().name;
            return self.say(Tone::Plain, format!("{name} takes no number before it; nothing was done"));
        }
        if is_mark && !self.offers().iter().any(|o| o.command == command && o.off.is_none()) {
            return self.command(command);
        }
        let counts = self.stack.top().counts() && !matches!(command, Command::Next | Command::Previous);
        match command {
            _ if counts => self.update_top(Msg::Counted { command, count }),
            Command::First | Command::Last => {
                self.command(Command::First);
                (1..count.min(REPEATED)).for_each(|_| self.command(Command::Down));
            }
            _ => (0..count.min(REPEATED)).for_each(|_| self.command(command)),
        }
    }
}
