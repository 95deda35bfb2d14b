//! Models and clouds: what runs programs.

use super::super::proof::{self, Proof};
use super::super::shape::Class::{
    Alnum, Base32, Base64, Bech32, Hex, Letters, Padded, Tilde, TildeDash, Url, UrlDot,
};
use super::super::shape::Step::{Is, Run};
use super::{Kind, Use, of};

const OPENAI: &str = "at platform.openai.com under API keys";
const ANTHROPIC: &str = "at console.anthropic.com under API keys";
const AWS: &str = "in the AWS console under IAM › Security credentials";
const DIGITALOCEAN: &str = "at cloud.digitalocean.com under API › Tokens";
const PLANETSCALE: &str = "at app.planetscale.com under Settings › Passwords or Service tokens";
const VAULT: &str = "with `vault token revoke`";
const FLY: &str = "with `fly tokens revoke`";
const DOPPLER: &str = "at dashboard.doppler.com under Tokens";

#[rustfmt::skip]
pub(super) static KINDS: &[Kind] = &[
    of("openai-api-key", "an OpenAI key", OPENAI, &["sk-proj-", "sk-svcacct-", "sk-admin-"], &[Run(Url, 48, 200)])
        .proof(proof::openai),
    of("openai-api-key", "an OpenAI key", OPENAI, &["sk-"], &[Run(Alnum, 48, 48)]).proof(proof::openai),
    of("anthropic-api-key", "an Anthropic key", ANTHROPIC, &["sk-ant-api03-"], &[Run(Url, 95, 95)])
        .proof(proof::anthropic),
    of("anthropic-admin-api-key", "an Anthropic admin key", ANTHROPIC, &["sk-ant-admin01-"], &[Run(Url, 95, 95)])
        .proof(proof::anthropic),
    of("", "a DeepSeek key", "at platform.deepseek.com under API keys", &["sk-"], &[Run(Hex, 32, 32)])
        .word("deepseek"),
    of("aws-access-token", "an AWS access key", AWS, &["AKIA", "ASIA", "ABIA", "ACCA"], &[Run(Base32, 16, 16)])
        .proof(proof::aws),
    of("aws-amazon-bedrock-api-key-long-lived", "an Amazon Bedrock key",
        "in the AWS console under Bedrock › API keys", &["ABSKQmVkcm9ja0FQSUtleS"], &[Run(Padded, 80, 260)]),
    of("aws-amazon-bedrock-api-key-short-lived", "a short-lived Amazon Bedrock key",
        "in the AWS console under Bedrock › API keys", &["bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t"],
        &[Run(Padded, 0, 4000)]).used(Use::Session),
    of("gcp-api-key", "a Google API key", "at console.cloud.google.com under APIs › Credentials", &["AIza"],
        &[Run(Url, 35, 35)]).used(Use::Browser),
    of("", "a Google OAuth client secret", "at console.cloud.google.com under APIs › Credentials", &["GOCSPX-"],
        &[Run(Url, 28, 28)]),
    of("azure-ad-client-secret", "a client secret of Microsoft Entra",
        "at entra.microsoft.com under App registrations › Certificates & secrets", &["Q~"], &[Run(TildeDash, 31, 34)])
        .lead(Tilde, 4, 4).proof(entra),
    of("", "an account key of Azure Storage", "in the Azure portal under Storage account › Access keys",
        &["AccountKey="], &[Run(Base64, 86, 86), Is("==")]),
    of("", "a shared access key of Azure", "in the Azure portal under Shared access policies", &["SharedAccessKey="],
        &[Run(Base64, 43, 43), Is("=")]),
    of("age-secret-key", "an age secret key", "by encrypting anew for another key", &["AGE-SECRET-KEY-1"],
        &[Run(Bech32, 58, 58)]).proof(proof::bech32).used(Use::Key),
    of("huggingface-access-token", "a Hugging Face token", "at huggingface.co under Settings › Access tokens",
        &["hf_"], &[Run(Letters, 34, 34)]).proof(cased),
    of("huggingface-organization-api-token", "a Hugging Face organization token",
        "at huggingface.co under Settings of the organization", &["api_org_"], &[Run(Letters, 34, 34)]).proof(cased),
    of("perplexity-api-key", "a Perplexity key", "at perplexity.ai under Settings › API", &["pplx-"], &[
        Run(Alnum, 48, 48)]),
    of("", "a Groq key", "at console.groq.com under API keys", &["gsk_"], &[Run(Alnum, 52, 52)]),
    of("", "a Replicate token", "at replicate.com under API tokens", &["r8_"], &[Run(Alnum, 37, 37)]),
    of("digitalocean-pat", "a DigitalOcean token", DIGITALOCEAN, &["dop_v1_"], &[Run(Hex, 64, 64)]),
    of("digitalocean-access-token", "a DigitalOcean OAuth token", DIGITALOCEAN, &["doo_v1_"], &[Run(Hex, 64, 64)]),
    of("digitalocean-refresh-token", "a DigitalOcean refresh token", DIGITALOCEAN, &["dor_v1_"], &[Run(Hex, 64, 64)]),
    of("doppler-api-token", "a Doppler token", DOPPLER, &["dp.pt."], &[Run(Alnum, 43, 43)]),
    of("", "a Doppler token", DOPPLER, &["dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."], &[
        Run(Alnum, 40, 44)]),
    of("", "a Doppler token", DOPPLER, &["dp.st."], &[Run(Url, 2, 35), Is("."), Run(Alnum, 40, 44)]),
    of("hashicorp-tf-api-token", "a token of Terraform Cloud", "at app.terraform.io under Tokens", &[".atlasv1."],
        &[Run(UrlDot, 60, 70)]).lead(Alnum, 14, 14),
    of("vault-service-token", "a Vault token", VAULT, &["hvs."], &[Run(Url, 90, 120)]),
    of("vault-service-token", "a Vault token", VAULT, &["s."], &[Run(Alnum, 24, 24)]).proof(vault),
    of("vault-batch-token", "a Vault batch token", VAULT, &["hvb."], &[Run(Url, 138, 300)]),
    of("databricks-api-token", "a Databricks token", "in Databricks under Settings › Developer", &["dapi"], &[
        Run(Hex, 32, 32)]),
    of("cloudflare-origin-ca-key", "a Cloudflare origin CA key", "at dash.cloudflare.com under API tokens",
        &["v1.0-"], &[Run(Hex, 24, 24), Is("-"), Run(Hex, 146, 146)]),
    of("heroku-api-key-v2", "a Heroku key", "at dashboard.heroku.com under Account › API key", &["HRKU-AA"],
        &[Run(Url, 58, 58)]),
    of("pulumi-api-token", "a Pulumi token", "at app.pulumi.com under Access tokens", &["pul-"], &[Run(Hex, 40, 40)]),
    of("planetscale-api-token", "a PlanetScale token", PLANETSCALE, &["pscale_tkn_"], &[Run(UrlDot, 32, 64)]),
    of("planetscale-oauth-token", "a PlanetScale OAuth token", PLANETSCALE, &["pscale_oauth_"], &[
        Run(UrlDot, 32, 64)]),
    of("planetscale-password", "a PlanetScale password", PLANETSCALE, &["pscale_pw_"], &[Run(UrlDot, 32, 64)]),
    of("flyio-access-token", "a Fly.io token", FLY, &["fo1_"], &[Run(Url, 43, 43)]),
    of("flyio-access-token", "a Fly.io token", FLY, &["fm1a_", "fm1r_", "fm2_"], &[Run(Padded, 100, 2000)]),
    of("1password-service-account-token", "a token of a 1Password service account",
        "at 1password.com under Developer › Service accounts", &["ops_eyJ"], &[Run(Padded, 250, 2000)]),
];

/// `abc8Q~…`: the number of its format is the fourth character.
fn entra(token: &str) -> Proof {
    let number = token.as_bytes().get(3).is_some_and(u8::is_ascii_digit);
    if number { Proof::Likely } else { Proof::None }
}

/// Letters in both cases, as no name in code has them.
fn cased(token: &str) -> Proof {
    let body = token.rsplit('_').next().unwrap_or_default();
    let upper = body.bytes().filter(u8::is_ascii_uppercase).count();
    let mixed = upper > 5 && upper < body.len() - 5;
    if mixed { Proof::Likely } else { Proof::None }
}

/// `s.` and 24 characters: a name in code has few digits.
fn vault(token: &str) -> Proof {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    if digits > 2 {
        proof::mixed(token)
    } else {
        Proof::None
    }
}
