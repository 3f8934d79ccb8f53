//! `edit`: changes the roster itself by hand.

use super::add;
use super::context::{Context, ask, assignment};
use super::exit::{Exit, Stop};
use super::nearest::did_you_mean;
use super::show::{self, the_one};
use crate::desk::{HitWhat, Reply, Request};
use crate::roster::{Field, OrgField};

/// Change a person, school, class, enrollment or guardian link on the roster itself; the next file may overwrite it
#[derive(clap::Args)]
pub(super) struct Args {
    /// An ID, or staff:1001, student:1001, guardian:G1, school:S1, class:ALG-1, @handle
    #[arg(value_name = "REF")]
    reference: String,
    /// Field and new value; nothing after the sign clears it. All fields are changed or none
    #[arg(required = true, value_name = "FIELD=VALUE", value_parser = assignment)]
    fields: Vec<(String, String)>,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let named = the_one(cx, &self.reference)?;
        match named.what {
            HitWhat::Person(person) => {
                self.check(&Field::ALL.iter().map(|f| f.name()).collect::<Vec<_>>())?;
                let detail = ask!(cx, Request::EditPerson { person, fields: self.fields } => Person);
                show::person(cx, &named.reference, &detail)?;
            }
            HitWhat::Org(org) => {
                self.check(&OrgField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>())?;
                let detail = ask!(cx, Request::EditOrg { org, fields: self.fields } => School);
                show::school(cx, &format!("school:{}", detail.row.org.external_id), &detail)?;
            }
            HitWhat::Class(_) | HitWhat::Course(_) | HitWhat::Enrollment(_) | HitWhat::Link(_) => {
                if let Some(entity) = named.what.entity() {
                    cx.ask(Request::Edit { entity, fields: self.fields })?;
                    // Its name may be another now; and if its ID is, the old one finds nothing.
                    let now = match cx.ask(Request::Resolve(named.reference.clone())) {
                        Ok(Reply::Resolved(mut all)) if all.len() == 1 => all.remove(0),
                        _ => named,
                    };
                    add::print(cx, &now)?;
                }
            }
            HitWhat::Refused { sync, record } => {
                return Err(Stop::usage(
                    format!("{} was refused and is not on the roster", named.title),
                    format!("Look at it with `homeroom row {} --record {record}` and mend it with `homeroom fix`.", sync.0),
                ));
            }
        }
        Ok(Exit::Done)
    }

    fn check(&self, known: &[&str]) -> Result<(), Stop> {
        match self.fields.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => {
                let meant = did_you_mean(name, known.iter().copied());
                Err(Stop::usage(format!("There is no field {name}{meant}"), format!("Fields: {}.", known.join(", "))))
            }
            None => Ok(()),
        }
    }
}
