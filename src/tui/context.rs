//! The context: the whole district, or one school chosen from a list. What is asked of the desk keeps to it, whichever screen asks.

use crate::desk::{Import, Listed, PeopleQuery, Request};
use crate::roster::OrgNo;

/// The school that the console keeps to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Its number.
    pub org: OrgNo,
    /// Its external ID.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Context {
    /// The same request, of this school where it was of the whole district. What names an organization itself is left as it is, and
    /// so is a file that comes through a feed: the feed says for whom it is.
    pub fn keep(&self, request: Request) -> Request {
        let id = || Some(self.id.clone());
        match request {
            Request::Listed(listed) => Request::Listed(Box::new(Listed { list: self.keep(listed.list), ..*listed })),
            Request::Overview => Request::OverviewOf(self.id.clone()),
            Request::Triage => Request::TriageOf(self.id.clone()),
            Request::Syncs { window, org: None, filter, of } => Request::Syncs { window, org: id(), filter, of },
            Request::People { query, window } if query.org.is_none() => {
                Request::People { query: PeopleQuery { org: Some(self.org), ..query }, window }
            }
            Request::Classes { org: None, filter, window } => Request::Classes { org: Some(self.org), filter, window },
            Request::Ties { table, org: None, window } => Request::Ties { table, org: Some(self.org), window },
            Request::Find { query, org: None, limit } => Request::Find { query, org: id(), limit },
            Request::Export { what, org: None, for_spreadsheet } => Request::Export { what, org: id(), for_spreadsheet },
            Request::Import(import) => Request::Import(self.import(import)),
            Request::ImportSet(imports) => Request::ImportSet(imports.into_iter().map(|i| self.import(i)).collect()),
            other => other,
        }
    }

    fn import(&self, import: Import) -> Import {
        let open = import.org.is_none() && import.feed.is_none();
        Import { org: if open { Some(self.id.clone()) } else { import.org }, ..import }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{SyncsOf, Window};

    fn adams() -> Context {
        Context { org: OrgNo(2), id: "104112".into(), name: "Adams Middle".into() }
    }

    #[test]
    fn what_is_of_the_whole_district_becomes_of_the_school_and_the_rest_stays() {
        let syncs = |org: Option<&str>| Request::Syncs {
            window: Window::ALL,
            org: org.map(str::to_owned),
            filter: String::new(),
            of: SyncsOf::default(),
        };
        assert_eq!(adams().keep(syncs(None)), syncs(Some("104112")));
        assert_eq!(adams().keep(syncs(Some("104521"))), syncs(Some("104521")));
        let people = |org| Request::People { query: PeopleQuery { org, ..PeopleQuery::default() }, window: Window::ALL };
        assert_eq!(adams().keep(people(None)), people(Some(OrgNo(2))));
        assert_eq!(adams().keep(people(Some(OrgNo(1)))), people(Some(OrgNo(1))));
        assert_eq!(adams().keep(Request::Triage), Request::TriageOf("104112".into()));
        assert_eq!(adams().keep(Request::Overview), Request::OverviewOf("104112".into()));
        assert_eq!(adams().keep(Request::Feeds), Request::Feeds);
    }

    #[test]
    fn a_file_is_for_the_school_unless_a_feed_says_for_whom_it_is() {
        let import = |org: Option<&str>, feed: Option<&str>| {
            Request::Import(Import { org: org.map(str::to_owned), feed: feed.map(str::to_owned), ..Import::default() })
        };
        assert_eq!(adams().keep(import(None, None)), import(Some("104112"), None));
        assert_eq!(adams().keep(import(None, Some("nightly"))), import(None, Some("nightly")));
        assert_eq!(adams().keep(import(Some("104521"), None)), import(Some("104521"), None));
    }
}
