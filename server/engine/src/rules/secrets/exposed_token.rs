use std::path::Path;

use crate::file::{Kind, apart};
use crate::model::token::{Proof, Token, Use, is_template};
use crate::rule::{Area, Check, Context, Rule, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "secrets/exposed-token",
    area: Area::Security,
    severity: Severity::Critical,
    cases: &[
        ("in a test", Severity::Low),
        ("wrong checksum", Severity::Low),
        ("for trials", Severity::Low),
        ("encrypted", Severity::Low),
        ("of a session", Severity::Medium),
        ("for browsers", Severity::Medium),
    ],
    off: false,
    minutes: 30,
    also: &[
        "CWE-798",
        "gitleaks:1password-service-account-token",
        "gitleaks:age-secret-key",
        "gitleaks:anthropic-admin-api-key",
        "gitleaks:anthropic-api-key",
        "gitleaks:artifactory-api-key",
        "gitleaks:atlassian-api-token",
        "gitleaks:aws-access-token",
        "gitleaks:aws-amazon-bedrock-api-key-long-lived",
        "gitleaks:aws-amazon-bedrock-api-key-short-lived",
        "gitleaks:azure-ad-client-secret",
        "gitleaks:cloudflare-api-key",
        "gitleaks:cloudflare-global-api-key",
        "gitleaks:cloudflare-origin-ca-key",
        "gitleaks:cohere-api-token",
        "gitleaks:databricks-api-token",
        "gitleaks:digitalocean-access-token",
        "gitleaks:digitalocean-pat",
        "gitleaks:digitalocean-refresh-token",
        "gitleaks:doppler-api-token",
        "gitleaks:dynatrace-api-token",
        "gitleaks:flyio-access-token",
        "gitleaks:gcp-api-key",
        "gitleaks:github-app-token",
        "gitleaks:github-fine-grained-pat",
        "gitleaks:github-oauth",
        "gitleaks:github-pat",
        "gitleaks:github-refresh-token",
        "gitleaks:gitlab-cicd-job-token",
        "gitleaks:gitlab-deploy-token",
        "gitleaks:gitlab-feature-flag-client-token",
        "gitleaks:gitlab-feed-token",
        "gitleaks:gitlab-incoming-mail-token",
        "gitleaks:gitlab-kubernetes-agent-token",
        "gitleaks:gitlab-oauth-app-secret",
        "gitleaks:gitlab-pat",
        "gitleaks:gitlab-pat-routable",
        "gitleaks:gitlab-ptt",
        "gitleaks:gitlab-rrt",
        "gitleaks:gitlab-runner-authentication-token",
        "gitleaks:gitlab-runner-authentication-token-routable",
        "gitleaks:gitlab-scim-token",
        "gitleaks:grafana-api-key",
        "gitleaks:grafana-cloud-api-token",
        "gitleaks:grafana-service-account-token",
        "gitleaks:hashicorp-tf-api-token",
        "gitleaks:heroku-api-key-v2",
        "gitleaks:huggingface-access-token",
        "gitleaks:huggingface-organization-api-token",
        "gitleaks:linear-api-key",
        "gitleaks:mailchimp-api-key",
        "gitleaks:mailgun-private-api-token",
        "gitleaks:microsoft-teams-webhook",
        "gitleaks:new-relic-insert-key",
        "gitleaks:new-relic-user-api-key",
        "gitleaks:notion-api-token",
        "gitleaks:npm-access-token",
        "gitleaks:openai-api-key",
        "gitleaks:perplexity-api-key",
        "gitleaks:planetscale-api-token",
        "gitleaks:planetscale-oauth-token",
        "gitleaks:planetscale-password",
        "gitleaks:postman-api-token",
        "gitleaks:private-key",
        "gitleaks:pulumi-api-token",
        "gitleaks:pypi-upload-token",
        "gitleaks:rubygems-api-token",
        "gitleaks:sendgrid-api-token",
        "gitleaks:sentry-org-token",
        "gitleaks:sentry-user-token",
        "gitleaks:shopify-access-token",
        "gitleaks:shopify-custom-access-token",
        "gitleaks:shopify-private-app-access-token",
        "gitleaks:shopify-shared-secret",
        "gitleaks:slack-app-token",
        "gitleaks:slack-bot-token",
        "gitleaks:slack-config-access-token",
        "gitleaks:slack-config-refresh-token",
        "gitleaks:slack-legacy-bot-token",
        "gitleaks:slack-legacy-token",
        "gitleaks:slack-legacy-workspace-token",
        "gitleaks:slack-user-token",
        "gitleaks:slack-webhook-url",
        "gitleaks:square-access-token",
        "gitleaks:stripe-access-token",
        "gitleaks:telegram-bot-api-token",
        "gitleaks:twilio-api-key",
        "gitleaks:vault-batch-token",
        "gitleaks:vault-service-token",
    ],
    docs: r#"
A token of a provider, or a private key, is written into a file.

Whoever reads the file can use the account behind it: everyone with access to the repository, to a fork, a backup or a
CI log, and everyone who gets one of these later, since the history keeps what a commit removes.

```yaml config/deploy.yml bad
registry:
  token: {{token:github}}
```

There is no fix by an edit, since the token is known from the moment it was pushed: revoke it where it was made (the
message says where), make a new one, and let the program read that from its environment or a secret store.

```yaml config/deploy.yml good
registry:
  token: ${REGISTRY_TOKEN}
```

Tokens are known by their shape, and where a provider has a checksum, by that: of GitHub, npm, Grafana and age.
A wrong checksum, a token in a test or an example, a key for trials or one that a passphrase protects is of low severity; tokens of one
session (JWT) and keys that are made for browsers (`AIza…`) are of medium severity.
Placeholders (`xxxx`, `EXAMPLE`, characters in a row) are no findings, and neither is a JWT that ran out long ago.
All text files are looked at, but for lock files, minified code and other things that programs write, and for a real
`.env`: that is where tokens belong, and `env/not-ignored` is about keeping it out of git.

What a team has called harmless stays silent: `gitleaks:allow` and `pragma: allowlist secret` behind the token, the
fingerprints of a `.gitleaksignore`, the hashes of a `.secrets.baseline`.
"#,
    checks: &[Check::Token(check)],
};

fn check(token: &Token, cx: &Context, sink: &mut Sink) {
    let path = &cx.file.path;
    if cx.file.kind == Kind::Dotenv && !is_template(path) {
        return;
    }
    let mut texts = vec![token.text.as_str()];
    if token.kind.use_of == Use::Key {
        // detect-secrets takes the label for the secret.
        let label = token.text.lines().next().unwrap_or_default();
        texts.push(label.trim_matches('-'));
    }
    if cx.project.is_known_secret(path, &texts) {
        return;
    }
    let (name, revoke) = (token.kind.name, token.kind.revoke);
    let id = RULE
        .also
        .iter()
        .find(|id| id.strip_prefix("gitleaks:") == Some(token.kind.id));
    let message = match token.proof {
        Proof::Wrong if token.kind.use_of != Use::Key => format!(
            "This looks like {name}, but its checksum is wrong, so it may be made up. If it ever was one, revoke it {revoke}."
        ),
        Proof::Encrypted => format!(
            "This is {name} that a passphrase protects. Keep it outside of the repository, where nobody can try phrases."
        ),
        _ => format!(
            "This is {name}, which everyone who has this file can use. Revoke it {revoke}, and keep its successor outside."
        ),
    };
    let mut draft = sink
        .at(token.head, message)
        .also(&["CWE-798"])
        .secret(token.span);
    if let Some(id) = id {
        draft = draft
            .also(&[id])
            .known_on(cx.project.known_lines(path, token.kind.id));
    }
    match token.proof {
        Proof::Wrong => draft = draft.case("wrong checksum"),
        Proof::Encrypted => draft = draft.case("encrypted"),
        _ => {}
    }
    match token.kind.use_of {
        Use::Trial => draft = draft.case("for trials"),
        Use::Browser => draft = draft.case("for browsers"),
        Use::Session => draft = draft.case("of a session"),
        Use::Account | Use::Key => {}
    }
    if (cx.file.test || is_for_show(path)) && token.proof != Proof::Right {
        draft.case("in a test");
    }
}

/// Folders whose files are made up to be tested or shown. Documents are not: whoever writes one pastes what works.
fn is_for_show(path: &Path) -> bool {
    const FOLDERS: &[&str] = &[
        "t",
        "spec",
        "specs",
        "__tests__",
        "test-data",
        "test_data",
        "fixtures",
        "mocks",
        "__mocks__",
    ];
    let folders = path.parent().filter(|_| path.is_relative());
    let mut parts = folders.into_iter().flat_map(Path::components);
    parts.any(|part| {
        let name = part.as_os_str().to_str().unwrap_or_default();
        let apart = apart::folder(name).is_some() && !matches!(name, "doc" | "docs");
        apart || FOLDERS.contains(&name)
    })
}
