//! An organization: the district or a school.

use serde::{Deserialize, Serialize};

use super::value::{Status, named};
use super::{FeedNo, OrgNo};

/// What an organization is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgKind {
    /// The whole; schools are its children.
    District,
    /// One school or other building.
    #[default]
    School,
}
named!(OrgKind { District = "district", School = "school" });

/// A district or a school.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Org {
    /// Unique over all organizations, often the building ID of the student system. Text, compared exactly.
    pub external_id: String,
    /// Name as people say it.
    pub name: String,
    /// District or school.
    pub kind: OrgKind,
    /// Active or disabled.
    pub status: Status,
    /// The organization it belongs to.
    pub parent: Option<OrgNo>,
    /// Postal address, free text.
    pub address: String,
    /// The feeds that bring it, sorted; [`FeedNo::HAND`] if made by hand.
    pub feeds: Vec<FeedNo>,
}

/// Anything about an organization that can be read, edited, compared and journalled, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgField {
    /// The unique ID.
    ExternalId,
    /// Name.
    Name,
    /// District or school.
    Type,
    /// The external ID of the parent.
    Parent,
    /// Address.
    Address,
    /// Active or disabled.
    Status,
}
named!(OrgField {
    ExternalId = "external_id", Name = "name", Type = "type", Parent = "parent_external_id",
    Address = "address", Status = "status",
});
