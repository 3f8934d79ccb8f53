//! Every command of the console in ONE table: name, keys, doc, where it works. Keymap, palette, help and footer come from it.

use super::keys::Key;

/// Where a key means something: the same key may mean another thing in another place, never two in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A list or text that is read: letters are commands.
    List,
    /// Fields that are typed into.
    Form,
    /// The filter line of a list, while it is typed into.
    Filter,
}

/// Who carries a command out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The console itself: works everywhere.
    Console,
    /// A movement: every screen takes it, no footer names it.
    Movement,
    /// The screen, where it offers it.
    Screen,
}

impl Spec {
    /// Where its keys mean it: a command that has none of its own in the table may be given some for lists.
    pub fn places(&self) -> &'static [Place] {
        if self.places.is_empty() { &[Place::List] } else { self.places }
    }
}

/// One line of the table.
#[derive(Debug)]
pub struct Spec {
    /// The command.
    pub command: Command,
    /// Its name, as the palette and the config file have it.
    pub name: &'static str,
    /// Its keys, the one to show first.
    pub keys: &'static [&'static str],
    /// Where those keys mean it.
    pub places: &'static [Place],
    /// Who carries it out.
    pub scope: Scope,
    /// One or two words, for the footer.
    pub short: &'static str,
    /// One line, for help and palette.
    pub doc: &'static str,
}

macro_rules! commands {
    ($( $(#[doc = $doc:literal])+ $command:ident $name:literal $scope:ident [$($place:ident)*] [$($key:literal)*] $short:literal; )*) => {
        /// What can be commanded.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Command { $( $(#[doc = $doc])+ $command, )* }

        /// The table, in the order of help and palette.
        pub const TABLE: &[Spec] = &[$( Spec {
            command: Command::$command, name: $name, keys: &[$($key),*], places: &[$(Place::$place),*],
            scope: Scope::$scope, short: $short, doc: concat!($($doc),+),
        }, )*];
    };
}

commands! {
    /// Open what is selected
    Open "open" Screen [List] ["enter" "l" "right"] "open";
    /// Go back one level; clears a filter first
    Back "back" Console [List Form Filter] ["esc"] "back";
    /// Go back one level
    Left "left" Console [List] ["h" "left" "backspace"] "back";
    /// Back; at the root, quit
    Quit "quit" Console [List] ["q"] "back";
    /// Cancel the running job; without one, as quit
    Cancel "cancel" Console [List Form Filter] ["ctrl-c"] "cancel";

    /// One down
    Down "down" Movement [List] ["j" "down"] "";
    /// One up
    Up "up" Movement [List] ["k" "up"] "";
    /// Half a page down
    HalfDown "half-page-down" Movement [List] ["ctrl-d"] "";
    /// Half a page up
    HalfUp "half-page-up" Movement [List] ["ctrl-u"] "";
    /// A page down
    PageDown "page-down" Movement [List] ["pgdn" "ctrl-f"] "";
    /// A page up
    PageUp "page-up" Movement [List] ["pgup" "ctrl-b"] "";
    /// To the first
    First "first" Movement [List] ["g" "home"] "";
    /// To the last
    Last "last" Movement [List] ["G" "end"] "";
    /// Columns further left
    ScrollLeft "scroll-left" Movement [List] ["<" "shift-left"] "";
    /// Columns further right
    ScrollRight "scroll-right" Movement [List] [">" "shift-right"] "";
    /// A number before a movement: ;10j ten down, ;5G or ;5 enter to row 5, ;3 ctrl-d; before space it marks so many
    Count "count" Console [List] [";" "'"] "number";
    /// Next pane, tab or view
    NextPane "next-pane" Screen [List] ["tab"] "view";
    /// Previous pane, tab or view
    PreviousPane "previous-pane" Screen [List] ["shift-tab"] "view";

    /// What waits for someone, and every feed
    Overview "overview" Console [List] ["1"] "overview";
    /// Schools
    Schools "schools" Console [List] ["2"] "schools";
    /// People
    People "people" Console [List] ["3"] "people";
    /// The log of syncs
    Syncs "syncs" Console [List] ["4"] "syncs";
    /// Open causes, the one that clears most rows first
    Triage "triage" Console [List] ["5"] "triage";
    /// Import a file
    Import "import" Console [List] ["i"] "import";

    /// The feeds: folders, profiles, limits
    Feeds "feeds" Console [List] ["6"] "feeds";
    /// The mappings: which header of a file is which column
    Maps "maps" Console [] [] "maps";

    /// The corrections: which stand for later files, which the source has resolved
    Corrections "corrections" Console [] [] "corrections";
    /// The value rules: what a feed's files mean by a value
    Rules "rules" Console [] [] "rules";

    /// Filter this list as you type
    Filter "filter" Screen [List] ["/"] "filter";
    /// Next match or error
    Next "next" Screen [List] ["n"] "next";
    /// Previous match or error
    Previous "previous" Screen [List] ["N"] "previous";
    /// Find anyone or any school, from anywhere
    Find "find" Console [List] ["f"] "find";
    /// Every command by name; also `:school 123`, `:48` a sync, `:1204` a row
    Palette "palette" Console [List Form] [":" "ctrl-p"] "palette";
    /// What works here, and why the rest does not
    Help "help" Console [List] ["?" "f1"] "help";

    /// Mark or unmark what is selected
    Mark "mark" Screen [List] ["space"] "mark";
    /// Mark from the last mark to here
    MarkRange "mark-range" Screen [List] ["v"] "range";
    /// Mark all that is filtered; again, unmark
    MarkAll "mark-all" Screen [List] ["A"] "mark all";
    /// Sort by; a letter follows
    Sort "sort" Screen [List] ["s"] "sort";
    /// Sort from the other end
    Reverse "reverse" Screen [List] ["S"] "reverse";
    /// Choose columns
    Columns "columns" Screen [List] ["c"] "columns";

    /// Mend or edit
    Edit "edit" Screen [List] ["e"] "edit";
    /// Add one by hand: a person, school, class, course, enrollment, guardian link, feed or mapping
    Add "add" Screen [List] ["a"] "add";
    /// Take away what is selected
    Remove "remove" Screen [List] ["D"] "remove";
    /// Undo the last edit
    UndoEdit "undo-edit" Screen [List] ["u"] "undo edit";
    /// Redo the edit undone last
    RedoEdit "redo-edit" Screen [List] ["ctrl-r"] "redo edit";
    /// Copy the cell to the terminal's clipboard
    Copy "copy" Screen [List] ["y"] "copy";
    /// Copy the row, and show its text
    CopyRow "copy-row" Screen [List] ["Y"] "copy row";
    /// The report or export of what is shown
    Output "output" Screen [List] ["o"] "output";

    /// Only some of this list: a type of import, a role, those without an ID; a letter follows
    Narrow "narrow" Screen [List] ["t"] "only";
    /// The last uploads for this school and kind: file, status, completion, report
    Uploads "upload-status" Screen [List] ["V"] "upload status";
    /// Go to the person on the roster whom the row is about
    Person "person" Screen [List Form] ["r" "ctrl-t"] "person";

    /// Re-run the sync with its corrections, after a preview
    Rerun "rerun" Screen [List] ["R"] "re-run";
    /// Mend every row of the cause the same way, after a preview
    MendAll "mend-all" Screen [List] ["F"] "mend all";
    /// Put back what the sync changed, after a preview
    Undo "undo" Screen [List] ["U"] "undo";
    /// Take the nearest match, for all rows of the cause
    TakeNearest "take-nearest" Screen [List] ["T"] "nearest";
    /// Apply the plan, or approve the hold
    Apply "apply" Screen [List] ["P"] "apply";
    /// Apply the plan, or approve the hold, but disable nobody
    ApplyWithout "apply-without-removals" Screen [List] ["W"] "without removals";
    /// Import the files that wait in the feed's folder, after a preview
    PickUp "pick-up" Screen [List] ["p"] "pick up";
    /// Lay a report from the vendor's portal over the upload: its errors become causes here
    Attach "attach" Screen [] [] "attach";
    /// Keep the repair as a value rule of the feed too, or not
    KeepRule "keep-rule" Screen [List] ["K"] "keep rule";
    /// Discard the plan or the hold
    Abandon "abandon" Screen [List] ["X"] "abandon";
    /// Two syncs side by side: the two that are marked, or this one and the one before it; also `:compare 46 48`
    Compare "compare" Screen [List] ["="] "compare";

    /// Work in one school, or the whole district
    Context "context" Console [List] ["w"] "context";
    /// Hide or show personal data
    Mask "mask" Console [List] ["m"] "hide";
    /// The profiles: columns, needs, accepted values
    Profiles "profiles" Console [] [] "profiles";
    /// Choose the colours; each is shown while it is selected
    Theme "theme" Console [] [] "theme";
    /// Suspend; `fg` comes back
    Suspend "suspend" Console [List Form Filter] ["ctrl-z"] "suspend";
    /// Draw the whole screen again
    Redraw "redraw" Console [List Form Filter] ["ctrl-l"] "redraw";

    /// Save, and go on to the next error
    Save "save" Screen [Form] ["enter"] "save, next";
    /// Save, and stay
    SaveStay "save-stay" Screen [Form] ["ctrl-s"] "save";
    /// Next field
    NextField "next-field" Movement [Form] ["tab" "down"] "";
    /// Previous field
    PreviousField "previous-field" Movement [Form] ["shift-tab" "up"] "";
    /// Take the suggestion (also: right at the end of the text)
    Take "take" Screen [Form] ["ctrl-y"] "take";
    /// Choose from a list of what fits here
    Choose "choose" Screen [Form] ["ctrl-o"] "list";
    /// Put back what was there
    PutBack "put-back" Screen [Form] ["ctrl-u"] "put back";
    /// The rule of this field
    Rule "rule" Screen [Form] ["f1" "ctrl-g"] "rule";

    /// Keep the filter and go back to the list
    FilterKeep "filter-keep" Screen [Filter] ["enter"] "keep";
    /// One down while filtering
    FilterDown "filter-down" Movement [Filter] ["down"] "";
    /// One up while filtering
    FilterUp "filter-up" Movement [Filter] ["up"] "";
}

impl Command {
    /// Its line of the table.
    pub fn spec(self) -> &'static Spec {
        // The macro writes enum and table from one list: the discriminant is the index.
        &TABLE[self as usize]
    }

    /// The command of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|spec| spec.name == name).map(|spec| spec.command)
    }
}

/// Which key means which command where.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<(Place, Key, Command)>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::of(TABLE.iter().map(|spec| (spec, spec.keys.iter().filter_map(|text| text.parse().ok()).collect())))
    }
}

impl Keymap {
    /// Commands with all their keys, the one to show first. In a form or filter what types a character types it.
    pub fn of(commands: impl IntoIterator<Item = (&'static Spec, Vec<Key>)>) -> Self {
        let mut bindings: Vec<(Place, Key, Command)> = Vec::new();
        for (spec, keys) in commands {
            for place in spec.places() {
                let here = keys.iter().filter(|key| *place == Place::List || key.typed().is_none());
                for key in here {
                    // The same key written twice is one.
                    if !bindings.contains(&(*place, *key, spec.command)) {
                        bindings.push((*place, *key, spec.command));
                    }
                }
            }
        }
        Self { bindings }
    }

    /// What a key means in a place.
    pub fn command(&self, place: Place, key: Key) -> Option<Command> {
        self.meanings(place, key).next()
    }

    /// All that a key means in a place: more than one command is a mistake.
    pub fn meanings(&self, place: Place, key: Key) -> impl Iterator<Item = Command> {
        self.bindings.iter().filter(move |(p, k, _)| *p == place && *k == key).map(|(_, _, command)| *command)
    }

    /// The first key of a command in a place.
    pub fn key(&self, place: Place, command: Command) -> Option<Key> {
        self.of_command(command).find(|(p, _)| *p == place).map(|(_, key)| key)
    }

    /// Every key of a command, with the place in which it means it.
    pub fn of_command(&self, command: Command) -> impl Iterator<Item = (Place, Key)> {
        self.bindings.iter().filter(move |(_, _, c)| *c == command).map(|(place, key, _)| (*place, *key))
    }

    /// Every key of a command once, as it is written: for help.
    pub fn keys(&self, command: Command) -> Vec<String> {
        let mut keys = Vec::new();
        for (_, key) in self.of_command(command) {
            let key = key.to_string();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// The key to name for a command in a sentence: in lists, else where it has one; without any key the palette's `:name`.
    pub fn hint(&self, command: Command) -> String {
        let first = self.key(Place::List, command).or_else(|| self.of_command(command).next().map(|(_, key)| key));
        first.map_or_else(|| format!(":{}", command.spec().name), |key| key.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_in_the_table_can_be_read() {
        for spec in TABLE {
            for key in spec.keys {
                assert!(key.parse::<Key>().is_ok(), "{}: {key}", spec.name);
            }
        }
    }

    #[test]
    fn no_key_has_two_meanings_in_one_place() {
        let keymap = Keymap::default();
        for (place, key, command) in &keymap.bindings {
            assert_eq!(keymap.meanings(*place, *key).collect::<Vec<_>>(), [*command], "{key} in {place:?}");
        }
    }

    #[test]
    fn names_are_unique_and_lead_back() {
        for spec in TABLE {
            assert_eq!(Command::from_name(spec.name), Some(spec.command));
            assert_eq!(spec.command.spec().name, spec.name);
        }
    }

    #[test]
    fn brackets_mean_nothing_because_a_slow_line_splits_escape_sequences() {
        let keymap = Keymap::default();
        for c in ['[', 'O'] {
            assert_eq!(keymap.command(Place::List, Key::char(c)), None);
        }
    }

    #[test]
    fn enter_never_applies() {
        let keymap = Keymap::default();
        let enter = "enter".parse().unwrap();
        assert_eq!(keymap.command(Place::List, enter), Some(Command::Open));
    }
}
