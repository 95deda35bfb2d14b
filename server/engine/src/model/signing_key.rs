//! Names of keys that an application makes for itself, to sign or to encrypt with.

use super::secret::{Named, named, words};

/// Whether a name is that of a key with which the application itself signs or encrypts: `jwt_secret`, `SECRET_KEY`,
/// `session_key`. What a provider hands out is none: its length is not ours to choose.
pub fn is_signing_key(name: &str) -> bool {
    if named(name) != Named::Secret {
        return false;
    }
    let lower = name.to_lowercase();
    let words: Vec<String> = words(name).iter().map(|word| word.to_lowercase()).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(OF_OTHERS) || lower.contains("api_key") || lower.contains("apikey") {
        return false;
    }
    let last = words.last().map_or("", String::as_str);
    let signs = has(SIGNS)
        && matches!(
            last,
            "key" | "secret" | "keys" | "secrets" | "salt" | "base"
        );
    // `SECRET_KEY`, `APP_SECRET_KEY`, `secret`
    let own = |word: &String| OWN.contains(&word.as_str());
    let general = matches!(last, "key" | "secret" | "base")
        && words
            .iter()
            .any(|word| word == "secret" || word == "secretkey" || word == "master")
        && words.iter().all(own);
    signs || general
}

/// The same for a field of a class: what one for a provider holds is the provider's, unless its name says more than that it
/// is secret or signs.
pub fn is_signing_field(class: &str, name: &str) -> bool {
    let of = |list: &[&str], name: &str| {
        let words = words(name);
        words
            .iter()
            .any(|word| list.contains(&word.to_lowercase().as_str()))
    };
    is_signing_key(name) && (!of(OF_OTHERS, class) || of(SAYS_WHAT, name))
}

/// Whether a name is that of a key with which callers of the application itself show who they are.
pub fn is_own_api_key(name: &str) -> bool {
    let words: Vec<String> = words(name).iter().map(|word| word.to_lowercase()).collect();
    let key = match &words[..] {
        [own @ .., api, key] if api == "api" && (key == "key" || key == "token") => own,
        [own @ .., key] if key == "apikey" => own,
        [own @ .., auth, token] if auth == "auth" && token == "token" => own,
        _ => return false,
    };
    let mine = [
        "app", "admin", "internal", "service", "server", "backend", "master", "x", "my",
    ];
    key.iter().all(|word| mine.contains(&word.as_str()))
}

/// Words that say what a key is for.
#[rustfmt::skip]
const SIGNS: &[&str] = &[
    "jwt", "jwe", "jws", "jose", "sign", "signing", "signature", "signer", "encrypt", "encryption", "encrypted", "crypto",
    "fernet", "hmac", "aes", "session", "sessions", "cookie", "cookies", "csrf", "memory", "hash", "hashing", "state",
];

/// Those of them of which an application has its own.
#[rustfmt::skip]
const SAYS_WHAT: &[&str] = &[
    "jwt", "jwe", "jws", "jose", "encrypt", "encryption", "fernet", "session", "cookie", "cookies", "csrf", "state",
];

/// Words of keys that somebody else hands out, or that are no single line of text.
#[rustfmt::skip]
const OF_OTHERS: &[&str] = &[
    "client", "consumer", "credential", "credentials", "modal", "webhook", "webhooks", "hook", "aws", "access", "s3", "gcp", "google", "azure", "github", "gitlab",
    "slack", "discord", "telegram", "stripe", "paypal", "revolut", "twilio", "twitter", "facebook", "apple", "oidc", "saml",
    "oauth", "oauth2", "public", "private", "pem", "kms", "minio", "clerk", "auth0", "supabase", "langfuse", "recaptcha",
    "hcaptcha", "turnstile", "captcha", "cloudflare", "r2", "lark", "feishu", "wechat", "dingtalk", "line", "zoom", "shopify",
    "github_app", "sentry", "vapid", "ssh", "tls", "ssl", "password", "passphrase",
];

/// Words that say nothing of who hands a key out.
#[rustfmt::skip]
const OWN: &[&str] = &[
    "admin", "api", "app", "application", "auth", "authentication", "backend", "base", "core", "default", "django", "fastapi",
    "flask", "global", "internal", "key", "main", "master", "middleware", "my", "project", "reset", "security", "secret",
    "secretkey", "server", "refresh", "service", "settings", "site", "state", "system", "token", "user", "users", "verification", "verify", "web",
    "webapp", "webui", "website",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_our_own() {
        for name in [
            "jwt_secret",
            "JWT_SECRET_KEY",
            "jwtSecret",
            "signing_key",
            "ENCRYPTION_KEY",
            "fernet_key",
            "SECRET_KEY",
            "secret",
            "app_secret_key",
            "SESSION_SECRET",
            "cookie_secret",
            "auth_secret",
            "secret_key_base",
            "hmac_key",
            "memory_key",
            "master_key",
            "app_encryption_key",
            "AUTH_SECRET_KEY",
        ] {
            assert!(is_signing_key(name), "{name}");
        }
        for name in [
            "openai_api_key",
            "stripe_secret_key",
            "client_secret",
            "AWS_SECRET_ACCESS_KEY",
            "jwt_algorithm",
            "jwt_private_key",
            "slack_signing_secret",
            "session_timeout",
            "db_password",
            "secret_key_file",
            "access_token",
            "encryption_key_id",
        ] {
            assert!(!is_signing_key(name), "{name}");
        }
        for name in [
            "api_key",
            "API_KEY",
            "admin_api_key",
            "APP_API_TOKEN",
            "auth_token",
        ] {
            assert!(is_own_api_key(name), "{name}");
        }
        for name in [
            "openai_api_key",
            "API_KEY_HEADER",
            "github_api_token",
            "key",
        ] {
            assert!(!is_own_api_key(name), "{name}");
        }
    }
}
