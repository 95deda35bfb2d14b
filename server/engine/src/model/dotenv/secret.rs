//! Which entries of an environment file are secrets, of what sort, and what makes one weak.

use super::Entry;
use crate::model::secret::{is_password_name, is_secret_name, is_secret_value, url_passwords};
use crate::model::token::is_made_up;
use crate::text::Span;

/// Who made a secret, and what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Password,
    /// Signs or encrypts.
    Signing,
    /// A key that the application itself asks for.
    Own,
    /// Made by a provider, and changed there: its name, and where.
    Provider(&'static str, &'static str),
    /// Somebody's: the name does not tell whose.
    Other,
}

/// A secret of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    pub sort: Sort,
    /// Relative to the entry's chunk.
    pub span: Span,
    pub value: String,
    /// It is the password of a URL.
    pub in_url: bool,
}

/// What is wrong with a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// What a template had there to be replaced.
    Placeholder,
    /// What everybody tries first.
    Default,
    /// Characters it has, and should have.
    Short(usize, usize),
}

/// The secrets of an entry: its value, or the passwords of the URLs in it. References are none.
pub fn secrets(entry: &Entry) -> Vec<Secret> {
    let Some(value) = entry.value.as_ref().filter(|_| entry.problem.is_none()) else {
        return Vec::new();
    };
    let text = value.text.trim();
    let sealed = text.starts_with("encrypted:") || text.starts_with("ENC[");
    if text.is_empty() || sealed {
        return Vec::new();
    }
    // With escapes in it, nobody knows what stands where.
    let plain = value.span.len() == value.text.len();
    let passwords = url_passwords(&value.text);
    if !passwords.is_empty() {
        let start = value.span.start as usize;
        let secret = |range: std::ops::Range<usize>| Secret {
            sort: Sort::Password,
            span: Span::new(start + range.start, start + range.end),
            value: value.text[range].to_owned(),
            in_url: true,
        };
        let passwords = passwords.into_iter().filter(|range| {
            plain
                && (is_secret_value(&value.text[range.clone()], true)
                    || is_placeholder(&value.text[range.clone()]))
        });
        return passwords.map(secret).collect();
    }
    let Some(sort) = sort(&entry.key) else {
        return Vec::new();
    };
    if !is_secret_value(text, sort == Sort::Password) && !is_placeholder(text) {
        return Vec::new();
    }
    vec![Secret {
        sort,
        span: value.span,
        value: value.text.clone(),
        in_url: false,
    }]
}

/// What a name says of its value; `None` for one that is no secret.
pub fn sort(key: &str) -> Option<Sort> {
    // Laravel's.
    if key == "APP_KEY" {
        return Some(Sort::Signing);
    }
    if !is_secret_name(key) {
        return None;
    }
    let upper = key.to_ascii_uppercase().replace(['-', '.'], "_");
    let words: Vec<&str> = upper.split('_').filter(|word| !word.is_empty()).collect();
    let starts = |name: &str| {
        let name: Vec<&str> = name.split('_').collect();
        words.starts_with(&name)
    };
    if is_password_name(key) {
        return Some(Sort::Password);
    }
    if let Some((_, name, place)) = PROVIDERS.iter().find(|(word, ..)| starts(word)) {
        return Some(Sort::Provider(name, place));
    }
    let ends = |end: &str| upper.ends_with(end);
    if ends("CLIENT_SECRET") || ends("CONSUMER_SECRET") {
        return Some(Sort::Provider(
            "the service that signs users in",
            "where the client is registered",
        ));
    }
    let has = |word: &str| words.contains(&word);
    let keyed = [
        "SIGNING",
        "JWT",
        "ENCRYPTION",
        "MASTER",
        "SESSION",
        "COOKIE",
        "MEMORY",
        "FERNET",
        "HMAC",
        "AES",
    ];
    let signs = has("SECRET") && !has("ACCESS") && !has("WEBHOOK")
        || has("KEY") && keyed.iter().any(|word| has(word));
    if signs {
        return Some(Sort::Signing);
    }
    let owners = [
        "INTERNAL",
        "ADMIN",
        "SERVICE",
        "APP",
        "APPLICATION",
        "BACKEND",
        "SERVER",
        "AUTH",
        "API",
        "SECRET",
        "MY",
    ];
    let own = words.first().is_some_and(|first| owners.contains(first));
    Some(if own { Sort::Own } else { Sort::Other })
}

/// What makes a secret weak; `None` for one that is not.
pub fn weakness(secret: &Secret, user: Option<&str>) -> Option<Weakness> {
    let value = secret.value.trim();
    if is_default(value) || user.is_some_and(|user| user.eq_ignore_ascii_case(value)) {
        return Some(Weakness::Default);
    }
    if is_placeholder(value) {
        return Some(Weakness::Placeholder);
    }
    let least = match secret.sort {
        Sort::Password => 12,
        Sort::Signing | Sort::Own => 32,
        Sort::Provider(..) | Sort::Other => return None,
    };
    let length = value.chars().count();
    (length < least).then_some(Weakness::Short(length, least))
}

/// Whether a value works, and everybody tries it first.
pub fn is_default(value: &str) -> bool {
    let bare: String = value
        .chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let marked = [
        "changeme",
        "changethis",
        "pleasechange",
        "insecure",
        "replaceme",
        "tobemodified",
        "tobechanged",
        "tobereplaced",
        "modifyme",
        "changeit",
    ];
    DEFAULTS.contains(&&*bare) || marked.iter().any(|word| bare.contains(word))
}

/// Whether a value was to be replaced by whoever copied the file.
pub fn is_placeholder(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let wrapped = |open: char, close: char| lower.starts_with(open) && lower.ends_with(close);
    if lower.len() > 2 && (wrapped('<', '>') || wrapped('[', ']')) {
        return true;
    }
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let has = |word: &str| words.contains(&word);
    let told = has("your") && words.len() > 1
        || words.last() == Some(&"here") && words.len() > 1
        || [
            "placeholder",
            "todo",
            "fixme",
            "tbd",
            "xxx",
            "replace",
            "insert",
        ]
        .iter()
        .any(|word| has(word))
        || has("generate") && words.len() > 1;
    let crossed = lower.len() > 2
        && lower
            .chars()
            .all(|c| matches!(c, 'x' | '*' | '.' | '-' | '_'));
    told || crossed
        || lower.contains("xxxxx")
        || lower.len() >= 20 && lower.starts_with("your") && is_made_up(&lower)
}

const DEFAULTS: &[&str] = &[
    "123",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "abc123",
    "admin",
    "admin123",
    "administrator",
    "default",
    "demo",
    "dev",
    "development",
    "dummy",
    "example",
    "foobar",
    "guest",
    "letmein",
    "local",
    "localhost",
    "master",
    "minio",
    "minio123",
    "minioadmin",
    "minioadminpassword",
    "mongo",
    "mysecret",
    "mysecretpassword",
    "mysql",
    "pass",
    "passw0rd",
    "passwd",
    "password",
    "password1",
    "password123",
    "postgres",
    "postgresql",
    "qwerty",
    "rabbitmq",
    "redis",
    "root",
    "root123",
    "rootpassword",
    "secret",
    "secretkey",
    "secretpassword",
    "skdummy",
    "supersecret",
    "supersecretkey",
    "sysadmin",
    "test",
    "test123",
    "test1234",
    "testing",
    "toor",
    "user",
    "welcome",
];

/// Words that a name begins with, whose they are, and where they are changed.
#[rustfmt::skip]
const PROVIDERS: &[(&str, &str, &str)] = &[
    ("ALGOLIA", "Algolia", "dashboard.algolia.com under API keys"),
    ("ANTHROPIC", "Anthropic", "console.anthropic.com under API keys"),
    ("AUTH0", "Auth0", "manage.auth0.com under Applications"),
    ("AWS", "AWS", "the AWS console under IAM › Security credentials"),
    ("AZURE", "Azure", "portal.azure.com"),
    ("CLAUDE", "Anthropic", "console.anthropic.com under API keys"),
    ("CLERK", "Clerk", "dashboard.clerk.com under API keys"),
    ("CLOUDFLARE", "Cloudflare", "dash.cloudflare.com under API tokens"),
    ("CF_API", "Cloudflare", "dash.cloudflare.com under API tokens"),
    ("COHERE", "Cohere", "dashboard.cohere.com under API keys"),
    ("DATADOG", "Datadog", "app.datadoghq.com under API keys"),
    ("DD_API", "Datadog", "app.datadoghq.com under API keys"),
    ("DEEPSEEK", "DeepSeek", "platform.deepseek.com under API keys"),
    ("DIGITALOCEAN", "DigitalOcean", "cloud.digitalocean.com under API"),
    ("DISCORD", "Discord", "discord.com/developers"),
    ("ELEVENLABS", "ElevenLabs", "elevenlabs.io under API keys"),
    ("FACEBOOK", "Meta", "developers.facebook.com"),
    ("FIREBASE", "Firebase", "console.firebase.google.com"),
    ("GEMINI", "Google", "aistudio.google.com under API keys"),
    ("GH", "GitHub", "github.com under Settings › Developer settings"),
    ("GITHUB", "GitHub", "github.com under Settings › Developer settings"),
    ("GITLAB", "GitLab", "GitLab under Access tokens"),
    ("GOOGLE", "Google", "console.cloud.google.com under APIs › Credentials"),
    ("GROQ", "Groq", "console.groq.com under API keys"),
    ("HEROKU", "Heroku", "dashboard.heroku.com"),
    ("HF", "Hugging Face", "huggingface.co under Access tokens"),
    ("HUGGINGFACE", "Hugging Face", "huggingface.co under Access tokens"),
    ("HUGGING_FACE", "Hugging Face", "huggingface.co under Access tokens"),
    ("LANGCHAIN", "LangSmith", "smith.langchain.com under Settings"),
    ("LANGFUSE_SECRET", "Langfuse", "Langfuse under Project settings"),
    ("LANGSMITH", "LangSmith", "smith.langchain.com under Settings"),
    ("LINEAR", "Linear", "linear.app under Settings › API"),
    ("LINKEDIN", "LinkedIn", "developer.linkedin.com"),
    ("MAILCHIMP", "Mailchimp", "mailchimp.com under API keys"),
    ("MAILGUN", "Mailgun", "app.mailgun.com under API keys"),
    ("MAPBOX", "Mapbox", "account.mapbox.com"),
    ("MISTRAL", "Mistral", "console.mistral.ai under API keys"),
    ("NEW_RELIC", "New Relic", "one.newrelic.com under API keys"),
    ("NOTION", "Notion", "notion.so under My integrations"),
    ("NPM", "npm", "npmjs.com under Access tokens"),
    ("OKTA", "Okta", "the Okta admin console"),
    ("OPENAI", "OpenAI", "platform.openai.com under API keys"),
    ("OPENROUTER", "OpenRouter", "openrouter.ai under Keys"),
    ("PAYPAL", "PayPal", "developer.paypal.com"),
    ("PERPLEXITY", "Perplexity", "perplexity.ai under Settings › API"),
    ("PINECONE", "Pinecone", "app.pinecone.io under API keys"),
    ("POSTMARK", "Postmark", "account.postmarkapp.com"),
    ("PYPI", "PyPI", "pypi.org under API tokens"),
    ("REPLICATE", "Replicate", "replicate.com under API tokens"),
    ("RESEND", "Resend", "resend.com under API keys"),
    ("SENDGRID", "SendGrid", "app.sendgrid.com under API keys"),
    ("SENTRY", "Sentry", "sentry.io under Auth tokens"),
    ("SERPER", "Serper", "serper.dev"),
    ("SHOPIFY", "Shopify", "the Shopify admin"),
    ("SLACK", "Slack", "api.slack.com/apps"),
    ("SPOTIFY", "Spotify", "developer.spotify.com"),
    ("SQUARE", "Square", "developer.squareup.com"),
    ("STRIPE", "Stripe", "dashboard.stripe.com under API keys"),
    ("SUPABASE", "Supabase", "supabase.com under Project settings › API"),
    ("TAVILY", "Tavily", "app.tavily.com"),
    ("TELEGRAM", "Telegram", "@BotFather"),
    ("TWILIO", "Twilio", "console.twilio.com"),
    ("TWITTER", "X", "developer.x.com"),
    ("WANDB", "Weights & Biases", "wandb.ai under Settings"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_whose_a_secret_is() {
        for (key, expected) in [
            ("POSTGRES_PASSWORD", Some(Sort::Password)),
            ("JWT_SECRET", Some(Sort::Signing)),
            ("SECRET_KEY_BASE", Some(Sort::Signing)),
            ("MEMORY_ENCRYPTION_KEY", Some(Sort::Signing)),
            ("API_KEY", Some(Sort::Own)),
            ("INTERNAL_API_KEY", Some(Sort::Own)),
            ("WEATHER_API_KEY", Some(Sort::Other)),
            ("MAX_TOKENS", None),
            ("JWT_ALGORITHM", None),
            ("NEXT_PUBLIC_API_KEY", None),
        ] {
            assert_eq!(sort(key), expected, "{key}");
        }
        for key in [
            "OPENAI_API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "OAUTH_CLIENT_SECRET",
            "HF_TOKEN",
        ] {
            assert!(matches!(sort(key), Some(Sort::Provider(..))), "{key}");
        }
    }

    #[test]
    fn values_tell_whether_somebody_chose_them() {
        for value in [
            "changeme",
            "Change-Me",
            "postgres",
            "12345678",
            "change_this_in_production",
        ] {
            assert!(is_default(value), "{value}");
        }
        for value in [
            "your_api_key_here",
            "<token>",
            "xxxxxxxx",
            "your-secret",
            "put-it-here",
            "sk-xxxxxxxx",
            "todo",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["hunter2", "yourself2", "correct horse battery", "where"] {
            assert!(!is_placeholder(value) && !is_default(value), "{value}");
        }
    }
}
