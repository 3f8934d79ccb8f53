//! Any sequence of commits, checkpoints and closes gives what a plain map gives.

use std::collections::BTreeMap;

use homeroom::store::Store;
use proptest::prelude::*;

use crate::common::*;

#[derive(Clone, Debug)]
enum Step {
    /// Changes some slots; the flag says with findings.
    Commit(BTreeMap<u32, Option<u16>>, bool),
    /// Changes a run of slots: a large change set.
    Large(u32, u32, u16),
    Checkpoint,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let commit = (prop::collection::btree_map(0..150u32, prop::option::weighted(0.8, any::<u16>()), 1..20), any::<bool>());
    let step = prop_oneof![
        5 => commit.prop_map(|(changes, findings)| Step::Commit(changes, findings)),
        2 => (0..50u32, 100..200u32, any::<u16>()).prop_map(|(from, n, tag)| Step::Large(from, n, tag)),
        1 => Just(Step::Checkpoint),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..14)
}

/// One change: slot, before, after.
type Told = (u32, Option<Vec<u8>>, Option<Vec<u8>>);

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_store_is_what_was_committed(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let open = || Store::open_with(dir.path(), &opening(), small()).unwrap().0;
        let mut store = Some(open());
        let mut roster = load(store.as_ref().unwrap());
        let mut model: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        // For every entry what it changed: before and after.
        let mut journal: Vec<Vec<Told>> = Vec::new();
        for step in steps.into_iter().chain([Step::Reopen]) {
            let changes: Vec<(u32, Vec<u8>)> = match step {
                Step::Commit(changes, findings) => {
                    let changes: Vec<_> = changes.into_iter().map(|(s, tag)| (s, tag.map_or_else(Vec::new, |t| person(s, &format!("n{t}"))))).collect();
                    let s = store.as_ref().unwrap();
                    roster = if findings { import(s, &roster, &changes, 300).unwrap().1 } else { edit(s, &roster, &changes).unwrap() };
                    changes
                }
                Step::Large(from, n, tag) => {
                    let changes = named(from..from + n, &format!("n{tag}"));
                    roster = edit(store.as_ref().unwrap(), &roster, &changes).unwrap();
                    changes
                }
                Step::Checkpoint => {
                    store.as_ref().unwrap().checkpoint_if_due(&roster).unwrap();
                    continue;
                }
                Step::Reopen => {
                    drop(store.take());
                    store = Some(open());
                    roster = load(store.as_ref().unwrap());
                    prop_assert_eq!(&people(&roster), &model);
                    continue;
                }
            };
            journal.push(
                changes
                    .into_iter()
                    .map(|(slot, record)| {
                        let after = (!record.is_empty()).then_some(record);
                        let before = match &after {
                            Some(record) => model.insert(slot, record.clone()),
                            None => model.remove(&slot),
                        };
                        (slot, before, after)
                    })
                    .collect(),
            );
            prop_assert_eq!(&people(&roster), &model);
        }
        let store = store.unwrap();
        prop_assert_eq!(store.position(), journal.len() as u64);
        for (position, told) in (1..).zip(&journal) {
            let mut read = Vec::new();
            store.changes(position, &mut |c| (read.push((c.entity.slot, c.before, c.after)), true).1).unwrap();
            prop_assert_eq!(&read, told);
        }
        for slot in [0, 60, 149] {
            let told: Vec<_> = journal.iter().flatten().filter(|c| c.0 == slot).cloned().collect();
            let read: Vec<_> = store.history(at(slot)).unwrap().into_iter().map(|(_, c)| (c.entity.slot, c.before, c.after)).collect();
            prop_assert_eq!(read, told);
        }
        prop_assert_eq!(store.verify(true, &|_, _| {}).unwrap().damage, [""; 0]);
    }
}
