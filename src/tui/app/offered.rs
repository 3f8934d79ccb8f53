//! What can be done here: the screen's offers, and every command as it stands, for palette and help.

use super::{App, changes};
use crate::tui::command::{Command, Place, Scope, TABLE};
use crate::tui::layer::palette::Choice;
use crate::tui::screen::Offer;

impl App {
    /// What the topmost screen offers, and what is off because nothing may be changed.
    pub(super) fn offers(&self) -> Vec<Offer> {
        let mut offers = self.stack.top().offers();
        if self.setup.readonly {
            for offer in &mut offers {
                if changes(offer.command) {
                    offer.off = Some("this console was opened read-only".to_owned());
                }
            }
        }
        offers
    }

    /// Every command as it stands here, for palette and help.
    pub(super) fn choices(&self) -> Vec<Choice> {
        let offers = self.offers();
        let place = self.stack.top().place();
        TABLE
            .iter()
            .filter(|spec| spec.scope != Scope::Movement && !matches!(spec.command, Command::Palette | Command::FilterKeep))
            .map(|spec| {
                let off = match spec.scope {
                    Scope::Screen => match offers.iter().find(|o| o.command == spec.command) {
                        Some(offer) => offer.off.clone(),
                        None => Some("not on this screen".to_owned()),
                    },
                    _ if spec.command == Command::Import && self.setup.readonly => Some("this console was opened read-only".to_owned()),
                    _ => None,
                };
                let keys = &self.setup.look.keys;
                let key = keys.key(place, spec.command).or_else(|| keys.key(Place::List, spec.command));
                Choice { command: spec.command, key: key.map(|k| k.to_string()).unwrap_or_default(), off }
            })
            .collect()
    }
}
