//! Every command of the table, carried out by its keys at least once, and what is seen then. Who adds a command adds a line: the test names
//! those that no line carries out.

use std::collections::HashSet;

use super::offered::Offered;
use super::{Fake, console, with};
use crate::tui::command::TABLE;

/// Keys from the start on, and what the screen shows then.
const LINES: &[(&str, &str)] = &[
    ("4 <Enter>", "› #48"),
    ("4 <Enter> <Esc>", "‣4 Syncs"),
    ("4 <Enter> h", "‣4 Syncs"),
    ("4 <Enter> q", "‣4 Syncs"),
    ("4 <Enter> <C-c>", "‣4 Syncs"),
    ("3 j", " 2/5 "),
    ("3 j j k", " 2/5 "),
    ("3 <C-d>", " 5/5 "),
    ("3 G <C-u>", " 1/5 "),
    ("3 <PgDn>", " 5/5 "),
    ("3 G <PgUp>", " 1/5 "),
    ("3 G g", " 1/5 "),
    ("3 G", " 5/5 "),
    ("4 >", "23 rows affected"),
    ("4 > <", "> causes"),
    ("3 ; 3 G", " 3/5 "),
    ("3 <Tab>", "[Students]"),
    ("3 <S-Tab>", "[All]"),
    ("4 1", "‣1 Overview"),
    ("2", "‣2 Schools"),
    ("3", "‣3 People"),
    ("4", "‣4 Syncs"),
    ("5", "‣5 Triage"),
    ("6", "› Feeds"),
    (": m a p s <Enter>", "› Mappings"),
    (": p r o f i l e s <Enter>", "› Profiles"),
    (": c o r r e c t i o n s <Enter>", "› corrections"),
    (": r u l e s <Enter>", "› rules"),
    ("4 <Enter> : a t t a c h <Enter>", "Attach"),
    ("4 <Enter> j j F v X <Enter> K", "mend last_name"),
    ("4 : c o m p a r e <Enter>", "ompare"),
    ("i", "› Import"),
    ("3 / z", "filter: z"),
    ("3 / g a r <Enter>", "filter: gar"),
    ("3 / <Down> <Enter>", " 2/5 "),
    ("3 / <Down> <Up> <Enter>", " 1/5 "),
    ("4 <Enter> j j <Enter> n", "‣     104"),
    ("4 <Enter> j j <Enter> n N", "‣       4"),
    ("f", "Find anyone, any school"),
    (":", "Commands"),
    ("?", "On this screen"),
    ("3 <Space>", "1 marked"),
    ("3 <Space> j v", "3 marked"),
    ("3 A", "5 marked"),
    ("3 s i", "by ID"),
    ("3 S", "reversed"),
    ("3 c", "space on/off"),
    ("3 e", "edit"),
    ("3 a", "Add"),
    ("6 D", "Remove the feed"),
    ("3 <Space> e d P u", "Took back: status of 1 person"),
    ("3 <Space> e d P u <C-r>", "Did again: status of 1 person"),
    ("3 y", "to the terminal's clipboard"),
    ("3 Y", "here to copy by hand"),
    ("3 o", "Export current data"),
    ("3 t", "List only"),
    ("2 j <Enter> V", "[Uploads: staff]"),
    ("4 <Enter> j j <Enter> r", "History"),
    ("4 <Enter> R", "Re-run #48?"),
    ("4 <Enter> j j F", "last_name in 14 rows"),
    ("4 <Enter> j j T", "3 rows mended"),
    ("4 <Enter> j j j F K <Enter> K", "[x] kept as a rule of the feed"),
    ("4 <Enter> U", "what undoing #48 would do"),
    ("5 z", "Why can it wait?"),
    ("4 j <Enter> P", "Nothing has been changed yet"),
    ("4 j <Enter> X", "Abandon #47?"),
    ("6 p", "Pick up"),
    (": a u d i t <Enter>", "what was refused to whom"),
    ("w", "Work in one school"),
    ("m", "hidden"),
    (": t h e m e <Enter>", "There are no colours to choose"),
    ("<C-z>", "‣1 Overview"),
    ("<C-l>", "‣1 Overview"),
    ("4 <Enter> j j <Enter> <Enter> O <Enter>", "row 2 of 3"),
    ("4 <Enter> j j <Enter> <Enter> O <C-s>", "Saved"),
    ("3 e <Tab>", "edit"),
    ("3 e <S-Tab>", "edit"),
    ("4 <Enter> j j <Enter> <Enter> <C-y>", "O'Brien"),
    ("4 <Enter> j j <Enter> <Enter> O <C-u>", "VAL-201"),
    ("4 <Enter> j j <Enter> <Enter> <F1>", "at most 64 characters"),
    ("i <Tab> <C-o>", "waits for SIS nightly"),
];

#[test]
fn every_command_is_carried_out_by_its_keys() {
    let (mut used, mut wrong) = (HashSet::new(), Vec::new());
    for (keys, seen) in LINES {
        let mut at = console((80, 24));
        at.press(keys);
        let screen = at.screen();
        if !screen.contains(seen) {
            wrong.push(format!("after {keys}: {seen:?} is not on the screen:\n{screen}"));
        }
        used.extend(at.app().used().iter().copied());
    }
    // Only a hold of a whole file has removals to leave out.
    let (mut at, _) = with((80, 24), Fake { offered: Offered { whole: true, ..Offered::default() }, ..Fake::default() });
    at.press("1 <Enter> W").see("without its removals?");
    used.extend(at.app().used().iter().copied());
    // Only where rows claim the same is there something to lay side by side.
    let (mut at, _) = with((80, 24), Fake { clash: true, ..Fake::default() });
    at.press("4 <Enter> j j <Enter> d").see("the same custom_id");
    used.extend(at.app().used().iter().copied());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let never: Vec<&str> = TABLE.iter().filter(|spec| !used.contains(&spec.command)).map(|spec| spec.name).collect();
    assert!(never.is_empty(), "no line carries out: {}", never.join(", "));
}

#[test]
fn a_command_that_is_off_does_not_count_as_carried_out() {
    let (mut at, _) = with((80, 24), Fake::default());
    at.press("5 j R").see("no row of this cause is mended yet");
    assert!(!at.app().used().contains(&crate::tui::command::Command::Rerun));
}
