//! The health and credit that one evaluation of a cart uses. A view never calls a provider or the database; it collects
//! the entries that should be read for the next time.

use std::cell::{OnceCell, RefCell};

use chrono::{DateTime, Utc};

use super::{
    cache::KnownCredit,
    entry::CreditKey,
    issue::{CreditIssue, CreditIssueCode, Effect},
    service::CreditService,
    verdict::{CreditVerdict, judge},
};
use crate::{
    cart::Cart,
    ids::IntegrationId,
    integrations::health::HealthState,
    payment_methods::{CreditCheck, CreditPolicy},
    pii::Email,
    privacy::EmailHash,
};

/// The issues of a method: at most one about its account and one about the buyer's credit.
type Issues = [Option<CreditIssue>; 2];

/// A source of health and credit without I/O.
pub trait CreditSource {
    /// How the account of an integration answers.
    fn health_of(&self, integration: IntegrationId) -> HealthState;

    /// The keyed hash that identifies a buyer.
    fn hash(&self, email: &Email) -> EmailHash;

    /// The entry of a buyer; `None` if the database has to be read.
    fn known(&self, key: &CreditKey) -> Option<KnownCredit>;
}

impl CreditSource for CreditService {
    fn health_of(&self, integration: IntegrationId) -> HealthState {
        match self.health().has_trouble() {
            true => self.health().of(integration).state,
            false => HealthState::Ok,
        }
    }

    fn hash(&self, email: &Email) -> EmailHash {
        CreditService::hash(self, email)
    }

    fn known(&self, key: &CreditKey) -> Option<KnownCredit> {
        self.cache().get(key)
    }
}

/// The view of one evaluation. Repeated questions about a method get the same answer, even if the source changes
/// meanwhile.
pub struct CreditView<'s> {
    source: &'s dyn CreditSource,
    now: DateTime<Utc>,
    /// Whether figures are shown.
    pub shows_figures: bool,
    /// The buyer, parsed and hashed at most once, when the first method needs credit.
    buyer: OnceCell<Option<(Email, EmailHash)>>,
    seen: RefCell<Vec<(IntegrationId, Issues)>>,
    wanted: RefCell<Vec<WantedCredit>>,
}

/// An entry that was missing or too old.
#[derive(Clone)]
pub struct WantedCredit {
    pub key: CreditKey,
    pub email: Email,
    /// Whether the database has not been asked yet.
    pub is_unread: bool,
}

impl<'s> CreditView<'s> {
    /// The view of an evaluation; `None` if it is not needed: every account is `ok` and no method uses credit.
    pub fn of(
        service: &'s CreditService,
        uses_credit: bool,
        now: DateTime<Utc>,
        shows_figures: bool,
    ) -> Option<Self> {
        (uses_credit || service.health().has_trouble())
            .then(|| CreditView::new(service, now, shows_figures))
    }

    /// A view of any source.
    pub fn new(source: &'s dyn CreditSource, now: DateTime<Utc>, shows_figures: bool) -> Self {
        CreditView {
            source,
            now,
            shows_figures,
            buyer: OnceCell::new(),
            seen: RefCell::default(),
            wanted: RefCell::default(),
        }
    }

    /// The entries that were missing or too old.
    pub fn into_wanted(self) -> Vec<WantedCredit> {
        self.wanted.into_inner()
    }

    /// The issues of a method for a cart.
    pub fn issues(
        &self,
        integration: IntegrationId,
        policy: &CreditPolicy,
        cart: &Cart<'_>,
    ) -> impl Iterator<Item = CreditIssue> + use<> {
        let known = self
            .seen
            .borrow()
            .iter()
            .find(|(id, _)| *id == integration)
            .copied();
        let (_, issues) = known.unwrap_or_else(|| {
            let seen = (integration, self.find_issues(integration, policy, cart));
            self.seen.borrow_mut().push(seen);
            seen
        });
        issues.into_iter().flatten()
    }

    fn find_issues(
        &self,
        integration: IntegrationId,
        policy: &CreditPolicy,
        cart: &Cart<'_>,
    ) -> Issues {
        let state = self.source.health_of(integration);
        if state == HealthState::Invalid {
            return [
                Some(CreditIssue::hiding(CreditIssueCode::CredentialsInvalid)),
                None,
            ];
        }
        let unreachable = || {
            let effect = Effect::of(policy.when_unreachable)?;
            Some(CreditIssue::new(
                CreditIssueCode::ProviderUnreachable,
                effect,
            ))
        };
        let is_down = state == HealthState::Down;
        let account = is_down.then(unreachable).flatten();
        if policy.check == CreditCheck::Off {
            return [account, None];
        }
        let credit = match self.verdict(integration, policy, cart) {
            CreditVerdict::Unknown if is_down => None,
            verdict => CreditIssue::of(verdict, policy),
        };
        [account, credit]
    }

    fn verdict(
        &self,
        integration: IntegrationId,
        policy: &CreditPolicy,
        cart: &Cart<'_>,
    ) -> CreditVerdict {
        let read = || {
            let email = cart.buyer_email()?;
            let hash = self.source.hash(&email);
            Some((email, hash))
        };
        let Some((email, hash)) = self.buyer.get_or_init(read) else {
            return CreditVerdict::Unknown;
        };
        let key = CreditKey {
            integration,
            email: hash.clone(),
        };
        let known = self.source.known(&key);
        let is_unread = known.is_none();
        if let Some(KnownCredit::Entry(entry)) = known
            && !entry.is_older_than(policy.max_age, self.now)
        {
            return judge(&entry, cart.currency(), cart.total());
        }
        self.wanted.borrow_mut().push(WantedCredit {
            key,
            email: email.clone(),
            is_unread,
        });
        CreditVerdict::Unknown
    }
}
