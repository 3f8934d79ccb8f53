//! Keys, pastes and sizes, read on a thread of their own. A slow line may split an escape sequence behind its ESC:
//! what follows a lone Esc within 50 ms is put together again.

use std::io;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyCode, KeyModifiers};
use ratatui::layout::Size;

use super::Happening;
use super::keys::Key;

/// What a person did.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input {
    /// Pressed a key.
    Key(Key),
    /// Pasted.
    Paste(String),
    /// Made the terminal another size.
    Resize(Size),
}

/// How long the rest of a split sequence may take.
const SPLIT: Duration = Duration::from_millis(50);
/// How long between the letters of a paste whose beginning was split.
const PASTE: Duration = Duration::from_millis(200);

/// Reads until the other end has gone or the terminal has.
pub(super) fn start(to: Sender<Happening>) {
    std::thread::spawn(move || {
        let ended = read(&to);
        let _ = to.send(Happening::InputEnded(ended.err().map(|e| e.to_string())));
    });
}

fn read(to: &Sender<Happening>) -> io::Result<()> {
    let started = Instant::now();
    let mut splits = Splits::default();
    loop {
        let quiet = match splits.due() {
            Some(due) => !event::poll(due.saturating_sub(started.elapsed()))?,
            None => false,
        };
        let inputs = if quiet { splits.quiet() } else { splits.event(event::read()?, started.elapsed()) };
        for input in inputs {
            if to.send(Happening::Input(input)).is_err() {
                return Ok(());
            }
        }
    }
}

/// Puts split sequences together. Times are since any fixed moment.
#[derive(Default)]
struct Splits {
    held: Held,
    due: Duration,
}

#[derive(Default)]
enum Held {
    #[default]
    Nothing,
    /// An Esc that may be the beginning of something.
    Esc,
    /// Esc, `[` or `O`, and what came since.
    Sequence(String),
    /// A paste whose beginning was split.
    Paste(String),
    /// A terminal's answer to what another program asked before us: it ends with BEL or ST, and none of it is a key.
    Answer,
}

impl Splits {
    /// Until when more may come; `None` where nothing is held.
    fn due(&self) -> Option<Duration> {
        (!matches!(self.held, Held::Nothing)).then_some(self.due)
    }

    /// Nothing more came in time: what is held is what it is.
    fn quiet(&mut self) -> Vec<Input> {
        match std::mem::take(&mut self.held) {
            Held::Nothing | Held::Answer => Vec::new(),
            // Of half a sequence only the Esc: typing its letters could command something.
            Held::Esc | Held::Sequence(_) => vec![esc()],
            Held::Paste(text) => vec![Input::Paste(text)],
        }
    }

    fn event(&mut self, event: Event, now: Duration) -> Vec<Input> {
        let key = match event {
            Event::Key(key) if key.is_press() || key.is_repeat() => Key::from(key),
            Event::Paste(text) => return self.after(Input::Paste(text)),
            Event::Resize(width, height) => {
                return vec![Input::Resize(Size { width, height })];
            }
            _ => return Vec::new(),
        };
        let typed = key.typed();
        self.due = now + SPLIT;
        match (&mut self.held, typed) {
            (Held::Nothing, _) if key == Key::plain(KeyCode::Esc) => {
                self.held = Held::Esc;
                Vec::new()
            }
            (Held::Nothing, _) if begins_answer(key) => {
                self.held = Held::Answer;
                Vec::new()
            }
            (Held::Answer, _) => {
                if key.is_ctrl('g') || (key.modifiers == KeyModifiers::ALT && key.code == KeyCode::Char('\\')) {
                    self.held = Held::Nothing;
                }
                Vec::new()
            }
            (Held::Nothing, _) => vec![Input::Key(key)],
            (Held::Esc, Some(c @ ('[' | 'O'))) => {
                self.held = Held::Sequence(c.to_string());
                Vec::new()
            }
            (Held::Sequence(text), Some(c)) => {
                text.push(c);
                let first_is_letter = text.starts_with('O') || ('\x40'..='\x7e').contains(&c);
                if !first_is_letter {
                    return Vec::new();
                }
                if text == "[200~" {
                    self.held = Held::Paste(String::new());
                    self.due = now + PASTE;
                    return Vec::new();
                }
                let key = sequence(text);
                self.held = Held::Nothing;
                key.into_iter().map(Input::Key).collect()
            }
            (Held::Paste(text), _) if key.code != KeyCode::Esc => {
                match key.code {
                    KeyCode::Char(c) if key.modifiers.is_empty() => text.push(c),
                    KeyCode::Enter | KeyCode::Tab => text.push(' '),
                    _ => {}
                }
                self.due = now + PASTE;
                Vec::new()
            }
            _ => self.after(Input::Key(key)),
        }
    }

    /// What was held, then this; an Esc is held anew.
    fn after(&mut self, input: Input) -> Vec<Input> {
        let mut inputs = self.quiet();
        if input == esc() {
            self.held = Held::Esc;
        } else {
            inputs.push(input);
        }
        inputs
    }
}

/// Whether a key is the beginning of an answer: `ESC ]`, `ESC P` and `ESC _` come as these letters with alt, which mean nothing.
fn begins_answer(key: Key) -> bool {
    key.modifiers == KeyModifiers::ALT && matches!(key.code, KeyCode::Char(']' | 'P' | '_'))
}

fn esc() -> Input {
    Input::Key(Key::plain(KeyCode::Esc))
}

/// The key of a sequence without its ESC; `None` for one that is no key of ours.
fn sequence(text: &str) -> Option<Key> {
    let (rest, last) = text.split_at(text.len() - text.chars().next_back()?.len_utf8());
    let numbers: Vec<u8> = rest[1..].split(';').map(|n| n.parse().unwrap_or(1)).collect();
    let code = match (rest.starts_with('O'), last, numbers[0]) {
        (_, "A", _) => KeyCode::Up,
        (_, "B", _) => KeyCode::Down,
        (_, "C", _) => KeyCode::Right,
        (_, "D", _) => KeyCode::Left,
        (_, "H", _) | (false, "~", 1 | 7) => KeyCode::Home,
        (_, "F", _) | (false, "~", 4 | 8) => KeyCode::End,
        (false, "~", 2) => KeyCode::Insert,
        (false, "~", 3) => KeyCode::Delete,
        (false, "~", 5) => KeyCode::PageUp,
        (false, "~", 6) => KeyCode::PageDown,
        (false, "Z", _) => return Some(Key { code: KeyCode::Tab, modifiers: KeyModifiers::SHIFT }),
        (_, "P", _) | (false, "~", 11) => KeyCode::F(1),
        _ => return None,
    };
    let held = numbers.get(1).map_or(0, |m| m.saturating_sub(1));
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL)] {
        if held & bit != 0 {
            modifiers |= modifier;
        }
    }
    Some(Key { code, modifiers })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyEvent;

    /// What comes of keys, all within the time, and then quiet.
    fn typed(keys: &str) -> Vec<String> {
        let mut splits = Splits::default();
        let mut inputs = Vec::new();
        for key in keys.split(' ') {
            let key: Key = key.parse().unwrap();
            inputs.extend(splits.event(Event::Key(KeyEvent::new(key.code, key.modifiers)), Duration::ZERO));
        }
        inputs.extend(splits.quiet());
        inputs.iter().map(|i| if let Input::Key(key) = i { key.to_string() } else { format!("{i:?}") }).collect()
    }

    #[test]
    fn a_split_arrow_is_an_arrow() {
        assert_eq!(typed("<Esc> [ B"), ["down"]);
        assert_eq!(typed("<Esc> O A j"), ["up", "j"]);
        assert_eq!(typed("<Esc> [ 5 ~"), ["pgup"]);
        assert_eq!(typed("<Esc> [ 1 ; 5 C"), ["ctrl-right"]);
        assert_eq!(typed("<Esc> [ Z"), ["shift-tab"]);
    }

    #[test]
    fn an_escape_alone_is_an_escape() {
        assert_eq!(typed("<Esc>"), ["esc"]);
        assert_eq!(typed("<Esc> j"), ["esc", "j"]);
        assert_eq!(typed("<Esc> <Esc>"), ["esc", "esc"]);
        assert_eq!(typed("<Esc> ["), ["esc"]);
    }

    #[test]
    fn an_answer_to_what_another_program_asked_presses_no_key() {
        let colour = "alt-] 1 1 ; r g b : f f f f / q q q q";
        assert_eq!(typed(&format!("{colour} ctrl-g j")), ["j"]);
        assert_eq!(typed(&format!("j {colour} alt-\\ k")), ["j", "k"]);
        assert_eq!(typed("alt-P 1 + r q alt-\\ k"), ["k"]);
        // Its end never comes: what follows after a while is keys again.
        assert!(typed(colour).is_empty());
    }

    #[test]
    fn an_unknown_sequence_types_nothing() {
        assert_eq!(typed("<Esc> [ 9 9 q j"), ["j"]);
    }

    #[test]
    fn a_paste_whose_beginning_was_split_stays_a_paste() {
        assert_eq!(typed("<Esc> [ 2 0 0 ~ P <Enter> q"), ["Paste(\"P q\")"]);
    }
}
