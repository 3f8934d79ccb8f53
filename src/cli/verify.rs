//! `verify`: reads everything and checks every checksum and reference.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::paint::Paint;
use super::table::{Cell, Column, number};
use crate::desk::Request;
use crate::roster::Kind;

/// Read everything in the database and check every checksum and reference
#[derive(clap::Args)]
pub(super) struct Args {
    /// Also rebuild the roster from the journal and compare
    #[arg(long)]
    deep: bool,
}

#[derive(Serialize)]
struct Json<'a> {
    ok: bool,
    #[serde(serialize_with = "by_name")]
    read: &'a [(String, u64)],
    damage: &'a [String],
    #[serde(serialize_with = "by_kind")]
    totals: &'a [(Kind, u64)],
}

fn by_name<S: Serializer>(read: &&[(String, u64)], s: S) -> Result<S::Ok, S::Error> {
    let mut map = s.serialize_map(Some(read.len()))?;
    read.iter().try_for_each(|(name, n)| map.serialize_entry(name, n))?;
    map.end()
}

fn by_kind<S: Serializer>(totals: &&[(Kind, u64)], s: S) -> Result<S::Ok, S::Error> {
    let mut map = s.serialize_map(Some(totals.len()))?;
    totals.iter().try_for_each(|(kind, n)| map.serialize_entry(kind.name(), n))?;
    map.end()
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let seen = ask!(cx, Request::Verify { deep: self.deep } => Verified);
        let ok = seen.damage.is_empty();
        if cx.json {
            cx.print_json(&Json { ok, read: &seen.read, damage: &seen.damage, totals: &seen.totals })?;
        } else {
            let totals = seen.totals.iter().map(|(kind, n)| (kind.name(), *n));
            let rows: Vec<Vec<Cell>> = seen
                .read
                .iter()
                .map(|(name, n)| (name.as_str(), *n))
                .chain(totals)
                .map(|(name, n)| vec![name.into(), number(n).into()])
                .collect();
            cx.table(&[Column::Whole("read"), Column::Number("")], &rows)?;
            seen.damage.iter().try_for_each(|d| cx.say_in(Paint::Bad, &format!("damaged: {d}")))?;
            if ok {
                cx.say_in(Paint::Good, "Everything is whole.")?;
            }
        }
        Ok(if ok { Exit::Done } else { Exit::Store })
    }
}
