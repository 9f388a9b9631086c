//! The `source` of events.

use crate::{
    clock::Clock,
    settings::{self, installation},
    store::{Conn, Store, StoreError},
};

/// What the source is made of.
#[derive(Clone, Debug)]
pub struct EventSource {
    /// The source in the settings.
    named: Option<String>,
    /// The id of this installation, if it was created already.
    installation: Option<String>,
}

impl EventSource {
    /// Reads what is stored.
    pub fn read(conn: &mut Conn) -> Result<Self, StoreError> {
        Ok(EventSource {
            named: settings::store::load(conn)?.event_source,
            installation: installation::find(conn)?,
        })
    }

    /// The source from the settings, else one made of the id of the installation, which is created if there is none.
    pub async fn text(&self, store: &Store, clock: &Clock) -> Result<String, StoreError> {
        match (&self.named, &self.installation) {
            (Some(source), _) => Ok(source.clone()),
            (None, Some(id)) => Ok(format!("urn:onterms:{id}")),
            (None, None) => {
                let id = installation::id(store, clock).await?;
                Ok(format!("urn:onterms:{id}"))
            }
        }
    }
}
