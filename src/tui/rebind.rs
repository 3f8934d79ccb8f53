//! Keys by one's own choice: what `[keys]` of the settings says, laid over the table of commands. What would be dangerous, could
//! never be pressed, or would mean two things in one place is refused.

use crossterm::event::{KeyCode, KeyModifiers};

use super::command::{Command, Keymap, Place, Spec, TABLE};
use super::keys::Key;
use super::widget::line_edit::LineEdit;
use crate::feed::near::nearest;

/// One line of `[keys]`: a command, and all the keys that it is to have from now on; none unbinds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    /// The command's name, as it is written there.
    pub command: String,
    /// The keys, as they are written there; the first is the one that is shown.
    pub keys: Vec<String>,
}

/// Why a line is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which of the bindings, counted from 0.
    pub index: usize,
    /// What is wrong: names the command and the key.
    pub why: String,
}

/// Commands without which there would be no way out.
const NEEDED: [Command; 3] = [Command::Back, Command::Quit, Command::Cancel];

/// Commands that Enter must never mean, as one may be waiting behind another key on a slow line: they change or discard something.
const NEVER_ENTER: [Command; 12] = [
    Command::Apply,
    Command::ApplyWithout,
    Command::Abandon,
    Command::Undo,
    Command::Rerun,
    Command::MendAll,
    Command::TakeNearest,
    Command::PickUp,
    Command::Remove,
    Command::UndoEdit,
    Command::RedoEdit,
    Command::Quit,
];

/// The keys of the table with those bindings laid over them. The first binding that is refused, and why.
pub fn rebound(bindings: &[Binding]) -> Result<Keymap, Refused> {
    let mut keys: Vec<(&Spec, Option<usize>, Vec<Key>)> =
        TABLE.iter().map(|spec| (spec, None, spec.keys.iter().filter_map(|key| key.parse().ok()).collect())).collect();
    for (index, binding) in bindings.iter().enumerate() {
        let refuse = |why: String| Refused { index, why };
        let spec = command(&binding.command).map_err(refuse)?;
        let own = binding.keys.iter().map(|text| key(spec, text)).collect::<Result<Vec<Key>, String>>().map_err(refuse)?;
        enough(spec, &own).map_err(refuse)?;
        let Some(line) = keys.iter_mut().find(|(of, ..)| of.command == spec.command) else { continue };
        (line.1, line.2) = (Some(index), own);
    }
    let keymap = Keymap::of(keys.iter().map(|(spec, _, keys)| (*spec, keys.clone())));
    for (spec, by, _) in keys.iter().filter(|(_, by, _)| by.is_some()) {
        let Some(index) = *by else { continue };
        for (place, key) in keymap.of_command(spec.command) {
            let Some(other) = keymap.meanings(place, key).find(|c| *c != spec.command).map(Command::spec) else { continue };
            let why = format!(
                "{}: {key} is {}'s key {}, and can mean only one of the two; give {} another key, or another to {}",
                spec.name,
                other.name,
                within(place),
                spec.name,
                other.name
            );
            return Err(Refused { index, why });
        }
    }
    Ok(keymap)
}

fn within(place: Place) -> &'static str {
    match place {
        Place::List => "in lists",
        Place::Form => "in forms",
        Place::Filter => "while filtering",
    }
}

fn command(name: &str) -> Result<&'static Spec, String> {
    TABLE.iter().find(|spec| spec.name == name).ok_or_else(|| {
        let near = nearest(name, TABLE.iter().map(|spec| spec.name)).map(|near| format!("; did you mean `{near}`?"));
        format!("{name}: no command is called so{}", near.unwrap_or_else(|| "; `:` in the console lists all of them".to_owned()))
    })
}

/// A key that the command may have.
fn key(spec: &Spec, text: &str) -> Result<Key, String> {
    let refuse = |why: String| Err(format!("{}: {why}", spec.name));
    let Ok(key) = text.parse::<Key>() else {
        return refuse(format!("there is no key `{text}`; write it as x, X, ctrl-x, alt-x, shift-tab, enter, space, pgdn or f5"));
    };
    let key = arrives(key);
    let name = key.to_string();
    if let (KeyCode::Char(c), KeyModifiers::CONTROL) = (key.code, key.modifiers) {
        let same = [('[', "esc"), ('i', "tab"), ('m', "enter"), ('h', "backspace")].into_iter().find(|(letter, _)| *letter == c);
        if let Some((_, same)) = same {
            return refuse(format!("terminals send {name} as {same}, they cannot be told apart; write {same}"));
        }
        if !(c.is_ascii_lowercase() || c == ' ') {
            return refuse(format!("terminals do not send {name}; with ctrl- there are letters, space and the keys with names"));
        }
    }
    if matches!(key.code, KeyCode::Char('[' | 'O')) {
        return refuse(format!("{name} cannot have a meaning: on a slow line arrows come in pieces, and begin with it"));
    }
    if key.modifiers == KeyModifiers::ALT && matches!(key.code, KeyCode::Char(']' | 'P' | '_')) {
        return refuse(format!("{name} cannot have a meaning: answers of the terminal begin with it"));
    }
    if key.code == KeyCode::Esc && spec.command != Command::Back {
        return refuse("esc always goes back, and can do nothing else".to_owned());
    }
    if key.code == KeyCode::Enter && NEVER_ENTER.contains(&spec.command) {
        return refuse("never enter: one that waits behind another key would act unseen".to_owned());
    }
    if key.is_ctrl('c') && !matches!(spec.command, Command::Cancel | Command::Quit) {
        return refuse("ctrl-c cancels or quits, and can do nothing else".to_owned());
    }
    if !spec.places().contains(&Place::List) && key.typed().is_some() {
        return refuse(format!("{name} types a character where the command works; use a key with ctrl-, alt- or a name"));
    }
    if spec.places().iter().any(|place| *place != Place::List) && key.typed().is_none() && LineEdit::takes(key) {
        return refuse(format!("{name} edits the text where the command works; use another key"));
    }
    Ok(key)
}

/// The key as a terminal sends it: shift is in the letter, ctrl knows no capitals.
fn arrives(key: Key) -> Key {
    match key.code {
        KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::CONTROL) => {
            Key { code: KeyCode::Char(c.to_ascii_lowercase()), modifiers: key.modifiers - KeyModifiers::SHIFT }
        }
        KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::SHIFT) => {
            Key { code: KeyCode::Char(c.to_uppercase().next().unwrap_or(c)), modifiers: key.modifiers - KeyModifiers::SHIFT }
        }
        _ => key,
    }
}

/// Whether a command that is needed still has a key wherever it is needed.
fn enough(spec: &Spec, keys: &[Key]) -> Result<(), String> {
    if !NEEDED.contains(&spec.command) {
        return Ok(());
    }
    if keys.is_empty() {
        return Err(format!("{}: it needs a key, else there is no way out", spec.name));
    }
    let types = keys.iter().all(|key| key.typed().is_some());
    if types && spec.places().iter().any(|place| *place != Place::List) {
        return Err(format!("{}: its keys type characters in forms; add one that does not, such as {}", spec.name, spec.keys[0]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(command: &str, keys: &[&str]) -> Binding {
        Binding { command: command.to_owned(), keys: keys.iter().map(|key| (*key).to_owned()).collect() }
    }

    fn bound(bindings: &[(&str, &[&str])]) -> Result<Keymap, Refused> {
        rebound(&bindings.iter().map(|(command, keys)| binding(command, keys)).collect::<Vec<_>>())
    }

    #[track_caller]
    fn refused(bindings: &[(&str, &[&str])], part: &str) {
        let refused = bound(bindings).unwrap_err();
        assert!(refused.why.contains(part), "{refused:?}");
    }

    fn key(text: &str) -> Key {
        text.parse().unwrap()
    }

    #[test]
    fn without_bindings_the_table_holds_and_no_key_has_two_meanings() {
        let keymap = rebound(&[]).unwrap();
        for spec in TABLE {
            for (place, key) in keymap.of_command(spec.command) {
                assert_eq!(keymap.meanings(place, key).collect::<Vec<_>>(), [spec.command], "{key} {}", within(place));
            }
        }
    }

    #[test]
    fn a_command_has_its_new_keys_and_no_longer_the_old_ones() {
        let keymap = bound(&[("quit", &["ctrl-q", "Z"]), ("palette", &["!", "ctrl-p"])]).unwrap();
        assert_eq!(keymap.command(Place::List, key("ctrl-q")), Some(Command::Quit));
        assert_eq!(keymap.command(Place::List, key("q")), None);
        assert_eq!(keymap.command(Place::List, key("!")), Some(Command::Palette));
        assert_eq!(keymap.command(Place::Form, key("!")), None, "it types");
        assert_eq!(keymap.command(Place::Form, key("ctrl-p")), Some(Command::Palette));
        assert_eq!(keymap.keys(Command::Quit), ["ctrl-q", "Z"]);
    }

    #[test]
    fn no_key_unbinds_and_frees_it_for_another_command() {
        let keymap = bound(&[("mask", &[]), ("maps", &["m"])]).unwrap();
        assert_eq!(keymap.command(Place::List, key("m")), Some(Command::Maps));
        assert_eq!(keymap.key(Place::List, Command::Mask), None);
    }

    #[test]
    fn two_commands_may_change_their_keys() {
        let keymap = bound(&[("next", &["N"]), ("previous", &["n"])]).unwrap();
        assert_eq!(keymap.command(Place::List, key("n")), Some(Command::Previous));
    }

    #[test]
    fn a_conflict_names_both_commands_the_key_and_the_place() {
        let error = bound(&[("theme", &["ctrl-t"]), ("quit", &["x", "f"])]).unwrap_err();
        assert_eq!(error.index, 1);
        assert!(error.why.starts_with("quit: f is find's key in lists"), "{}", error.why);
        refused(&[("take", &["ctrl-s"])], "take: ctrl-s is save-stay's key in forms");
        refused(&[("theme", &["ctrl-q"]), ("maps", &["ctrl-q"])], "maps: ctrl-q is theme's key in lists");
        // The same key in two places is no conflict.
        assert!(bound(&[("sort", &["ctrl-y"])]).is_ok());
    }

    #[test]
    fn what_is_misspelt_is_named_with_what_was_meant() {
        refused(&[("quitt", &["x"])], "quitt: no command is called so; did you mean `quit`?");
        refused(&[("zzzzzzzz", &["x"])], "`:` in the console lists all of them");
        refused(&[("quit", &["ctrl-quux"])], "quit: there is no key `ctrl-quux`");
    }

    #[test]
    fn what_would_be_dangerous_or_could_not_be_pressed_is_refused() {
        for command in NEVER_ENTER {
            refused(&[(command.spec().name, &["enter"])], "never enter");
            refused(&[(command.spec().name, &["<CR>", "enter"])], command.spec().name);
        }
        refused(&[("abandon", &["esc"])], "esc always goes back");
        refused(&[("mark", &["ctrl-c"])], "ctrl-c cancels or quits");
        for split in ["[", "O", "alt-[", "alt-O", "shift-o"] {
            refused(&[("theme", &[split])], "arrows come in pieces");
        }
        refused(&[("theme", &["ctrl-i"])], "write tab");
        refused(&[("theme", &["ctrl-M"])], "write enter");
        refused(&[("theme", &["ctrl-1"])], "do not send ctrl-1");
        refused(&[("save", &["s"])], "types a character");
        refused(&[("filter-keep", &["space"])], "types a character");
        refused(&[("take", &["ctrl-w"])], "edits the text");
        refused(&[("save", &["backspace"])], "edits the text");
        for command in NEEDED {
            refused(&[(command.spec().name, &[])], "no way out");
        }
        refused(&[("back", &["b"])], "add one that does not, such as esc");
        assert!(bound(&[("back", &["b", "esc"])]).is_ok());
    }

    #[test]
    fn a_key_is_taken_as_terminals_send_it() {
        let keymap = bound(&[("theme", &["shift-z"]), ("maps", &["ctrl-X"])]).unwrap();
        assert_eq!(keymap.command(Place::List, key("Z")), Some(Command::Theme));
        assert_eq!(keymap.command(Place::List, key("ctrl-x")), Some(Command::Maps));
    }

    proptest::proptest! {
        /// Whatever is written there, what is taken has one meaning for each key in each place, and there is a way out.
        #[test]
        fn any_bindings_leave_one_meaning_for_each_key_or_are_refused(
            wanted in proptest::collection::vec((0..TABLE.len(), proptest::collection::vec("[a-z;ZOF\\[]|ctrl-[a-z]|f[1-9]|enter|esc|space|tab|up", 0..3)), 0..4)
        ) {
            let wanted: Vec<Binding> = wanted.into_iter().map(|(n, keys)| Binding { command: TABLE[n].name.to_owned(), keys }).collect();
            if let Ok(keymap) = rebound(&wanted) {
                for spec in TABLE {
                    for (place, key) in keymap.of_command(spec.command) {
                        assert_eq!(keymap.meanings(place, key).count(), 1, "{key}");
                        assert!(place == Place::List || key.typed().is_none(), "{key} types");
                    }
                }
                for place in [Place::List, Place::Form, Place::Filter] {
                    assert!(keymap.key(place, Command::Back).is_some());
                }
                let enter = keymap.command(Place::List, Key::plain(KeyCode::Enter));
                assert!(!enter.is_some_and(|c| NEVER_ENTER.contains(&c)));
            }
        }
    }
}
