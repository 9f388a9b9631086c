//! Environment variables that look like a setting but are not read, for example with one underscore instead of two.

use ::config::{Config, File, FileFormat};

use super::DEFAULTS;

/// The minimum length of a key's last segment that identifies the key by itself, as in `ONTERMS_MASTER_KEY`.
const TELLING: usize = 8;
/// The maximum number of wrong letters in a longer name.
const TYPOS: usize = 2;

/// A variable that is not read, and the correct spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misspelled {
    pub variable: String,
    pub meant: String,
}

/// The misspelled variables of an environment.
pub fn misspelled(environment: impl IntoIterator<Item = (String, String)>) -> Vec<Misspelled> {
    let keys = keys();
    let found = environment.into_iter().filter_map(|(variable, value)| {
        let meant = meant(&variable, &value, &keys)?;
        Some(Misspelled { variable, meant })
    });
    found.collect()
}

fn meant(variable: &str, value: &str, keys: &[String]) -> Option<String> {
    let rest = variable.strip_prefix("ONTERMS_")?;
    // Kubernetes sets such variables for a Service that is called onterms or onterms-server.
    let is_link = ["PORT", "SERVICE_"].iter().any(|it| rest.starts_with(it))
        || ["tcp://", "udp://"].iter().any(|it| value.starts_with(it));
    if rest.starts_with('_') || is_link {
        return None;
    }
    let given = rest.to_ascii_lowercase().replace("__", "_");
    let whole = |key: &&String| key.replace('.', "_") == given;
    let own_name = |key: &&String| {
        let name = key.rsplit('.').next().unwrap_or(key);
        name.len() >= TELLING && name == given
    };
    let nearly = |key: &&String| {
        given.len() >= TELLING && strsim::levenshtein(&key.replace('.', "_"), &given) <= TYPOS
    };
    let key = keys
        .iter()
        .find(whole)
        .or_else(|| keys.iter().find(own_name))
        .or_else(|| keys.iter().find(nearly))?;
    Some(format!(
        "ONTERMS__{}",
        key.to_ascii_uppercase().replace('.', "__")
    ))
}

/// Every key, as `section.key`.
pub fn keys() -> Vec<String> {
    let defaults = File::from_str(DEFAULTS, FileFormat::Toml);
    // The defaults are compiled in, and a test reads them.
    let Ok(defaults) = Config::builder().add_source(defaults).build() else {
        return Vec::new();
    };
    let sections = defaults.cache.into_table().unwrap_or_default();
    let mut keys: Vec<String> = sections
        .into_iter()
        .flat_map(|(section, values)| {
            let values = values.into_table().unwrap_or_default();
            values
                .into_keys()
                .map(move |key| format!("{section}.{key}"))
        })
        .collect();
    keys.sort_unstable();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(variable: &str, value: &str) -> Option<String> {
        let pair = (variable.to_owned(), value.to_owned());
        misspelled([pair]).pop().map(|it| it.meant)
    }

    #[test]
    fn a_single_underscore_where_two_are_meant_is_found() {
        assert!(keys().len() > 40, "{:?}", keys());
        for (variable, right) in [
            ("ONTERMS_SERVER_PORT", "ONTERMS__SERVER__PORT"),
            ("ONTERMS_SERVER__PORT", "ONTERMS__SERVER__PORT"),
            ("ONTERMS_AUTH_HS256_SECRET", "ONTERMS__AUTH__HS256_SECRET"),
            ("ONTERMS_AUTH_HS256_SECRT", "ONTERMS__AUTH__HS256_SECRET"),
            ("ONTERMS_DATABASE_URL", "ONTERMS__DATABASE__URL"),
            ("ONTERMS_MASTER_KEY", "ONTERMS__SECRETS__MASTER_KEY"),
            ("ONTERMS_RATE_LIMITS_CHECK", "ONTERMS__RATE_LIMITS__CHECK"),
            ("ONTERMS_Metrics_Port", "ONTERMS__METRICS__PORT"),
        ] {
            assert_eq!(
                meant(variable, "8080").as_deref(),
                Some(right),
                "{variable}"
            );
        }
    }

    #[test]
    fn what_kubernetes_sets_and_what_is_somebody_elses_is_left_alone() {
        for (variable, value) in [
            ("ONTERMS__SERVER__PORT", "8080"),
            ("ONTERMS_PORT", "tcp://10.0.0.1:80"),
            ("ONTERMS_PORT_80_TCP_ADDR", "10.0.0.1"),
            ("ONTERMS_SERVICE_HOST", "10.0.0.1"),
            ("ONTERMS_SERVICE_PORT", "80"),
            ("ONTERMS_SERVER_PORT", "tcp://10.0.0.1:80"),
            ("ONTERMS_REQUIRE_POSTGRES", "1"),
            ("ONTERMS_HOME", "/opt"),
            ("SERVER_PORT", "8080"),
            ("DATABASE_URL", "x"),
        ] {
            assert_eq!(meant(variable, value), None, "{variable}={value}");
        }
    }
}
