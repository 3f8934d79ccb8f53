//! A mapping: which header of a file is which column of a profile, and which of its values mean what. Saved by name.

use serde::{Deserialize, Serialize};

/// File headers to profile columns, and file values to accepted values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// Its name: `a-z 0-9 - _ .`
    pub name: String,
    /// The profile whose columns it maps to.
    pub profile: String,
    /// Lines before the header.
    #[serde(default)]
    pub skip_lines: u32,
    /// Pairs of the file's header and the profile's column. A header that is not named here goes by its own name.
    #[serde(default, with = "pairs")]
    pub headers: Vec<(String, String)>,
    /// Columns that the file does not have, with the value that every row gets.
    #[serde(default, with = "pairs")]
    pub constants: Vec<(String, String)>,
    /// By profile column: pairs of the file's value and the value taken instead.
    #[serde(default)]
    pub values: std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>>,
}

/// Pairs are a table in TOML and a sequence elsewhere.
mod pairs {
    use serde::de::{MapAccess, SeqAccess, Visitor};
    use serde::{Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(pairs: &[(String, String)], s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_map(pairs.iter().map(|(a, b)| (a, b))) } else { pairs.serialize(s) }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<(String, String)>, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Vec<(String, String)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a table of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = seq.next_element()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }
        if d.is_human_readable() { d.deserialize_map(Pairs) } else { d.deserialize_seq(Pairs) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_in_toml_and_packed() {
        let map = Map {
            name: "m".into(),
            profile: "echalk-users".into(),
            skip_lines: 1,
            headers: vec![("Staff First".into(), "first_name".into())],
            constants: vec![("status".into(), "Active".into())],
            values: [("user_type".into(), [("TCHR".into(), "Teacher".into())].into())].into(),
        };
        let packed = postcard::to_stdvec(&map).unwrap();
        assert_eq!(postcard::from_bytes::<Map>(&packed).unwrap(), map);
        let text = toml::to_string(&map).unwrap();
        assert_eq!(toml::from_str::<Map>(&text).unwrap(), map, "{text}");
    }
}
