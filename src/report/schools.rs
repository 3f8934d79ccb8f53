//! The export of organizations: the columns of the `schools` profile, then the status.

use std::io::{self, Write};

use super::cells::{Form, Lines};
use crate::roster::{Org, OrgField};

/// The columns, by the roster's own field names.
pub const COLUMNS: &[OrgField] = OrgField::ALL;

/// The export, being written.
pub struct Schools<'w> {
    lines: Lines<'w>,
}

impl<'w> Schools<'w> {
    /// Begins the export.
    pub fn begin(out: &'w mut dyn Write, form: impl Into<Form>) -> io::Result<Self> {
        Ok(Self { lines: Lines::begin(out, form, COLUMNS.iter().map(|f| f.name()))? })
    }

    /// Adds an organization; `parent` is its parent's external ID, empty if it has none.
    pub fn org(&mut self, org: &Org, parent: &str) -> io::Result<()> {
        self.lines.line([org.external_id.as_str(), &org.name, org.kind.name(), parent, &org.address, org.status.name()])
    }

    /// Ends the export. The number of organizations in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Escape;

    #[test]
    fn every_column_in_its_place() {
        let mut out = Vec::new();
        let mut export = Schools::begin(&mut out, Escape::No).unwrap();
        let org = Org { external_id: "007".into(), name: "Lincoln".into(), address: "1 Main St, Lincoln".into(), ..Org::default() };
        export.org(&org, "D1").unwrap();
        assert_eq!(export.finish().unwrap(), 1);
        let expected = "external_id,name,type,parent_external_id,address,status\n007,Lincoln,school,D1,\"1 Main St, Lincoln\",active\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
