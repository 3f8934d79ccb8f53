//! Any size, any keys.

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_size_and_any_keys_are_survived(
        sizes in prop::collection::vec((1u16..=500, 1u16..=200), 1..4),
        keys in prop::collection::vec(0usize..30, 0..25),
    ) {
        let names = [
            "j", "k", "G", "g", "<PgDn>", "<C-d>", "<Enter>", "<Esc>", "/", "f", ":", "?", "<Space>", "v", "A", "s", "U", "R",
            "y", "o", "m", "3", "a", "1", "<Tab>", "<BS>", "<C-z>", "<C-l>", "x", "<Right>",
        ];
        let folder = tempfile::tempdir().unwrap();
        let mut at = Harness::with(Setup { folder: folder.path().into(), ..setup(factory) }, (80, 24), |ask, _| desk(ask));
        for (width, height) in sizes {
            at.resize(width, height);
            for key in &keys {
                if at.ended().is_none() {
                    at.press(names[*key]);
                }
            }
        }
    }
}
