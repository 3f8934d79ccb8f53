//! Keys as people write them: `j`, `G`, `enter`, `ctrl-d`, `shift-tab`, `f1`; also `<Enter>`, `<C-d>`, `<S-Tab>`.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key with its modifiers. A letter's case is in the letter; shift is kept only where it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// With what held down.
    pub modifiers: KeyModifiers,
}

/// Keys with names, the name to print first.
const NAMED: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("bs", KeyCode::Backspace),
    ("del", KeyCode::Delete),
    ("ins", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
];

impl Key {
    /// A key without modifiers.
    pub fn plain(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::NONE }
    }

    /// A letter, digit or sign.
    pub fn char(c: char) -> Self {
        Self::plain(KeyCode::Char(c))
    }

    /// The character it types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.modifiers.is_empty() => Some(c),
            _ => None,
        }
    }

    /// Whether it is that letter with ctrl.
    pub fn is_ctrl(self, letter: char) -> bool {
        self.modifiers == KeyModifiers::CONTROL && self.code == KeyCode::Char(letter)
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        let mut modifiers = event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let code = match event.code {
            KeyCode::BackTab => {
                modifiers |= KeyModifiers::SHIFT;
                KeyCode::Tab
            }
            KeyCode::Char(c) if modifiers.contains(KeyModifiers::CONTROL) => {
                modifiers -= KeyModifiers::SHIFT;
                // Terminals send ctrl-h for Backspace or the other way round; both mean Backspace here.
                if c == 'h' && modifiers == KeyModifiers::CONTROL {
                    modifiers = KeyModifiers::NONE;
                    KeyCode::Backspace
                } else {
                    KeyCode::Char(c.to_ascii_lowercase())
                }
            }
            KeyCode::Char(c) => {
                modifiers -= KeyModifiers::SHIFT;
                KeyCode::Char(c)
            }
            other => other,
        };
        Self { code, modifiers }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.modifiers.contains(KeyModifiers::CONTROL) {
            f.write_str("ctrl-")?;
        }
        if self.modifiers.contains(KeyModifiers::ALT) {
            f.write_str("alt-")?;
        }
        if self.modifiers.contains(KeyModifiers::SHIFT) {
            f.write_str("shift-")?;
        }
        if let Some((name, _)) = NAMED.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(n) => write!(f, "f{n}"),
            other => write!(f, "{other}"),
        }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bare = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')).filter(|t| !t.is_empty()).unwrap_or(text);
        let mut rest = bare;
        let mut modifiers = KeyModifiers::NONE;
        'prefixes: while rest.chars().count() > 1 {
            for (prefix, modifier) in [
                ("ctrl-", KeyModifiers::CONTROL),
                ("alt-", KeyModifiers::ALT),
                ("shift-", KeyModifiers::SHIFT),
                ("c-", KeyModifiers::CONTROL),
                ("a-", KeyModifiers::ALT),
                ("s-", KeyModifiers::SHIFT),
            ] {
                if rest.get(..prefix.len()).is_some_and(|p| p.eq_ignore_ascii_case(prefix)) && rest.len() > prefix.len() {
                    modifiers |= modifier;
                    rest = &rest[prefix.len()..];
                    continue 'prefixes;
                }
            }
            break;
        }
        let mut chars = rest.chars();
        let code = if let (Some(c), None) = (chars.next(), chars.next()) {
            KeyCode::Char(c)
        } else {
            let lower = rest.to_ascii_lowercase();
            let named = NAMED.iter().find(|(name, _)| *name == lower).map(|(_, code)| *code);
            let function = lower.strip_prefix('f').and_then(|n| n.parse().ok()).filter(|n| (1..=12).contains(n)).map(KeyCode::F);
            named.or(function).ok_or_else(|| format!("no such key: {text}"))?
        };
        Ok(Self { code, modifiers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        text.parse().unwrap()
    }

    #[test]
    fn keys_print_as_they_are_written() {
        for text in ["j", "G", "?", "enter", "ctrl-d", "shift-tab", "f1", "f12", "space", "pgdn", "alt-x", "-", "<", ">", "ctrl-right"] {
            assert_eq!(key(text).to_string(), text);
        }
    }

    #[test]
    fn angle_brackets_mean_the_same() {
        assert_eq!(key("<Enter>"), key("enter"));
        assert_eq!(key("<C-d>"), key("ctrl-d"));
        assert_eq!(key("<S-Tab>"), key("shift-tab"));
    }

    #[test]
    fn an_unknown_key_is_named() {
        assert_eq!("ctrl-quux".parse::<Key>(), Err("no such key: ctrl-quux".to_owned()));
        assert!("".parse::<Key>().is_err());
        assert!("f13".parse::<Key>().is_err());
    }

    #[test]
    fn what_terminals_send_becomes_one_form() {
        let event = |code, modifiers| Key::from(KeyEvent::new(code, modifiers));
        assert_eq!(event(KeyCode::Char('G'), KeyModifiers::SHIFT), key("G"));
        assert_eq!(event(KeyCode::BackTab, KeyModifiers::SHIFT), key("shift-tab"));
        assert_eq!(event(KeyCode::BackTab, KeyModifiers::NONE), key("shift-tab"));
        assert_eq!(event(KeyCode::Char('h'), KeyModifiers::CONTROL), key("backspace"));
    }
}
