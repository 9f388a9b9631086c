//! Judges whether a buyer's credit covers a cart.

use super::entry::{CreditAccount, CreditEntry};
use crate::money::{Currency, Money};

/// The verdict of an entry on a cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditVerdict {
    Covered,
    /// No account has enough credit; with the largest amount that is left.
    Insufficient(Money),
    /// No account of the buyer may order.
    Hold,
    /// The provider's data does not decide it, such as figures in another currency.
    Unknown,
    NoAccount,
}

/// Judges an entry for a cart; without a total, only whether the buyer may order. The buyer picks the account, so the
/// best verdict of all accounts counts. An account that cannot be judged ranks above one with insufficient credit.
pub fn judge(entry: &CreditEntry, currency: Currency, total: Option<Money>) -> CreditVerdict {
    let verdicts = entry
        .accounts
        .iter()
        .map(|it| of_account(it, currency, total));
    verdicts.fold(CreditVerdict::NoAccount, better)
}

fn of_account(account: &CreditAccount, currency: Currency, total: Option<Money>) -> CreditVerdict {
    if account.is_on_hold() {
        return CreditVerdict::Hold;
    }
    let available = account.available().filter(|it| it.currency() == currency);
    match (available, total) {
        (Some(available), Some(total)) if available.minor() < total.minor() => {
            CreditVerdict::Insufficient(available)
        }
        (Some(_), _) => CreditVerdict::Covered,
        (None, _) => CreditVerdict::Unknown,
    }
}

/// The more favorable of two verdicts.
fn better(one: CreditVerdict, other: CreditVerdict) -> CreditVerdict {
    use CreditVerdict::{Covered, Hold, Insufficient, NoAccount, Unknown};
    let rank = |verdict| match verdict {
        NoAccount => (0, 0),
        Hold => (1, 0),
        Insufficient(left) => (2, left.minor()),
        Unknown => (3, 0),
        Covered => (4, 0),
    };
    if rank(other) > rank(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("a currency")
    }

    fn account(code: &str, available: Option<i64>) -> CreditAccount {
        CreditAccount {
            id: "c1".into(),
            name: None,
            status: None,
            disabled_at: None,
            terms: None,
            currency: Currency::parse(code),
            limit: None,
            used: None,
            available,
        }
    }

    fn held(status: Option<&str>, disabled: bool) -> CreditAccount {
        CreditAccount {
            status: status.map(str::to_owned),
            disabled_at: disabled.then_some(DateTime::UNIX_EPOCH),
            ..account("USD", Some(1_000_000))
        }
    }

    fn verdict(accounts: Vec<CreditAccount>, total: Option<i64>) -> CreditVerdict {
        let entry = CreditEntry {
            accounts,
            read_at: DateTime::UNIX_EPOCH,
            number: 1,
        };
        let usd = currency("USD");
        judge(
            &entry,
            usd,
            total.map(|minor| Money::from_minor(minor, usd)),
        )
    }

    #[test]
    fn one_account_covers_what_it_has_left_and_not_a_minor_unit_more() {
        let left = |minor| CreditVerdict::Insufficient(Money::from_minor(minor, currency("USD")));
        for (available, total, expected) in [
            (Some(10_000), Some(9_999), CreditVerdict::Covered),
            (Some(10_000), Some(10_000), CreditVerdict::Covered),
            (Some(10_000), Some(10_001), left(10_000)),
            (Some(0), Some(1), left(0)),
            (Some(-500), Some(1), left(-500)),
            (Some(0), None, CreditVerdict::Covered),
            (None, Some(1), CreditVerdict::Unknown),
            (None, None, CreditVerdict::Unknown),
        ] {
            let found = verdict(vec![account("USD", available)], total);
            assert_eq!(found, expected, "{available:?} {total:?}");
        }
    }

    #[test]
    fn figures_in_another_currency_say_nothing() {
        for code in ["EUR", "JPY", "no currency"] {
            let found = verdict(vec![account(code, Some(1_000_000))], Some(1));
            assert_eq!(found, CreditVerdict::Unknown, "{code}");
        }
    }

    #[test]
    fn only_some_words_and_the_day_of_disabling_are_a_hold() {
        for (status, disabled, expected) in [
            (Some("suspended"), false, CreditVerdict::Hold),
            (Some("Denied"), false, CreditVerdict::Hold),
            (Some(" DISABLED "), false, CreditVerdict::Hold),
            (None, true, CreditVerdict::Hold),
            (Some("approved"), true, CreditVerdict::Hold),
            (Some("approved"), false, CreditVerdict::Covered),
            (Some("applied"), false, CreditVerdict::Covered),
            (Some("reactivated"), false, CreditVerdict::Covered),
            (Some(""), false, CreditVerdict::Covered),
            (None, false, CreditVerdict::Covered),
        ] {
            let found = verdict(vec![held(status, disabled)], Some(1));
            assert_eq!(found, expected, "{status:?} {disabled}");
        }
    }

    #[test]
    fn of_several_accounts_the_one_that_lets_most_through_counts() {
        let hold = || held(Some("suspended"), false);
        let left = |minor| CreditVerdict::Insufficient(Money::from_minor(minor, currency("USD")));
        assert_eq!(verdict(vec![], Some(1)), CreditVerdict::NoAccount);
        for (accounts, expected) in [
            (vec![hold(), hold()], CreditVerdict::Hold),
            (vec![hold(), account("USD", Some(10))], left(10)),
            (
                vec![account("USD", Some(30)), account("USD", Some(10))],
                left(30),
            ),
            (
                vec![account("USD", Some(10)), account("EUR", Some(10))],
                CreditVerdict::Unknown,
            ),
            (
                vec![hold(), account("USD", Some(10)), account("USD", Some(100))],
                CreditVerdict::Covered,
            ),
        ] {
            assert_eq!(
                verdict(accounts.clone(), Some(100)),
                expected,
                "{accounts:?}"
            );
        }
    }
}
