//! `add`: makes a record on the roster by hand.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

use super::context::{Context, ask, assignment};
use super::exit::{Exit, Stop};
use crate::desk::{AddWhat, Named, Request};

/// Make a person, school, course, class, enrollment or guardian link by hand; no file takes it away
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// What to make
    #[arg(value_name = "WHAT", value_parser = whats())]
    what: AddWhat,
    /// Field and value; all are taken, or nothing is made
    #[arg(required = true, value_name = "FIELD=VALUE", value_parser = assignment)]
    fields: Vec<(String, String)>,
}

const EXAMPLES: &str = "Examples:
  homeroom add person role=teacher first_name=Ana last_name=Ode sourced_id=1001 email=ana@vale.example orgs=S1
  homeroom add school external_id=S1 name='Vale High' parent_external_id=D1
  homeroom add course id=ALG title=Algebra
  homeroom add class id=ALG-1 title='Algebra, period 1' course=ALG org=S1 grade=09
  homeroom add enrollment person=staff:1001 class=ALG-1 role=teacher primary=true
  homeroom add link guardian=guardian:G1 student=student:2001 relation=parent";

fn whats() -> impl TypedValueParser<Value = AddWhat> {
    PossibleValuesParser::new(AddWhat::ALL.iter().map(|w| w.name())).try_map(|name| AddWhat::from_name(&name).ok_or("no such kind"))
}

#[derive(Serialize)]
struct Made<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    title: &'a str,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let named = ask!(cx, Request::Add { what: self.what, fields: self.fields } => Added);
        print(cx, &named)?;
        Ok(Exit::Done)
    }
}

/// A record by reference and title.
pub(super) fn print(cx: &mut Context<'_>, named: &Named) -> Result<(), Stop> {
    if cx.json {
        return cx.print_json(&Made { reference: &named.reference, title: &named.title });
    }
    cx.say(&format!("{}  {}", named.reference, named.title))
}
