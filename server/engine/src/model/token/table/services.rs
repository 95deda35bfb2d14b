//! Services that programs talk to.

use super::super::proof;
use super::super::shape::Class::{
    Alnum, AnyHex, Base64, Dashed, Digits, Hex, Large, Padded, Path, Small, Url, UrlDot,
};
use super::super::shape::Step::{Is, Run};
use super::{Kind, Use, of};

const SLACK: &str = "at api.slack.com/apps, or with `auth.revoke`";
const STRIPE: &str = "at dashboard.stripe.com under Developers › API keys";
const SHOPIFY: &str = "in the Shopify admin under Apps › API credentials";
const GRAFANA: &str = "in Grafana under Administration › Service accounts";

#[rustfmt::skip]
pub(super) static KINDS: &[Kind] = &[
    of("slack-bot-token", "a Slack bot token", SLACK, &["xoxb-"], &[Run(Digits, 10, 13), Is("-"), Run(Digits, 10, 13),
        Is("-"), Run(Alnum, 18, 40)]),
    of("slack-legacy-bot-token", "a Slack bot token", SLACK, &["xoxb-"], &[Run(Digits, 8, 14), Is("-"),
        Run(Alnum, 18, 26)]),
    of("slack-user-token", "a Slack user token", SLACK, &["xoxp-", "xoxe-"], &[Run(Digits, 10, 13), Is("-"),
        Run(Digits, 10, 13), Is("-"), Run(Digits, 10, 13), Is("-"), Run(Dashed, 28, 34)]),
    of("slack-config-access-token", "a Slack configuration token", SLACK, &["xoxe.xoxp-", "xoxe.xoxb-"], &[
        Run(Digits, 1, 1), Is("-"), Run(Alnum, 163, 166)]),
    of("slack-config-refresh-token", "a Slack refresh token", SLACK, &["xoxe-"], &[Run(Digits, 1, 1), Is("-"),
        Run(Alnum, 146, 146)]),
    of("slack-legacy-token", "a Slack token", SLACK, &["xoxo-", "xoxs-"], &[Run(Digits, 6, 14), Is("-"),
        Run(Digits, 6, 14), Is("-"), Run(Digits, 6, 14), Is("-"), Run(AnyHex, 10, 64)]),
    of("slack-legacy-workspace-token", "a Slack workspace token", SLACK, &["xoxa-2-", "xoxr-2-", "xoxa-", "xoxr-"],
        &[Run(Digits, 8, 14), Is("-"), Run(Dashed, 18, 80)]),
    of("slack-app-token", "a Slack app token", SLACK, &["xapp-"], &[Run(Digits, 1, 1), Is("-"), Run(Large, 8, 16),
        Is("-"), Run(Digits, 10, 16), Is("-"), Run(Small, 32, 80)]),
    of("slack-webhook-url", "a Slack webhook", "at api.slack.com/apps under Incoming webhooks",
        &["hooks.slack.com/services/", "hooks.slack.com/workflows/"], &[Run(Base64, 43, 56)]),
    of("stripe-access-token", "a Stripe key for trials", STRIPE, &["sk_test_", "rk_test_"], &[Run(Alnum, 20, 110)])
        .used(Use::Trial),
    of("stripe-access-token", "a Stripe key", STRIPE, &["sk_live_", "rk_live_", "sk_prod_", "rk_prod_"], &[
        Run(Alnum, 20, 110)]),
    of("", "a Stripe webhook secret", "at dashboard.stripe.com under Developers › Webhooks", &["whsec_"],
        &[Run(Padded, 32, 64)]),
    of("grafana-api-key", "a Grafana API key", GRAFANA, &["eyJrIjoi"], &[Run(Padded, 70, 400)]),
    of("", "a signed token (JWT)", "by signing its user out, or by changing the signing key", &["eyJ"], &[
        Run(Url, 15, 4000), Is("."), Run(Url, 15, 8000), Is("."), Run(Url, 20, 1400)]).proof(proof::jwt).used(Use::Session),
    of("sendgrid-api-token", "a SendGrid key", "at app.sendgrid.com under Settings › API keys", &["SG."],
        &[Run(UrlDot, 66, 66)]),
    of("twilio-api-key", "a Twilio key", "at console.twilio.com under API keys", &["SK"], &[Run(Hex, 32, 32)]),
    of("mailgun-private-api-token", "a Mailgun key", "at app.mailgun.com under API keys", &["key-"], &[
        Run(Hex, 32, 32)]).word("mailgun"),
    of("mailchimp-api-key", "a Mailchimp key", "at mailchimp.com under Extras › API keys", &["-us"], &[
        Run(Digits, 1, 2)]).lead(Hex, 32, 32),
    of("telegram-bot-api-token", "a Telegram bot token", "with @BotFather's `/revoke`", &[":A"], &[Run(Url, 34, 34)])
        .lead(Digits, 5, 16).word("telegr"),
    of("telegram-bot-api-token", "a Telegram bot token", "with @BotFather's `/revoke`", &[":AA"], &[Run(Url, 33, 33)])
        .lead(Digits, 8, 10),
    of("", "a Discord bot token", "at discord.com/developers under Bot", &["MT", "MD", "Mj", "Mz", "ND", "NT", "Nj",
        "Nz", "OD", "OT"], &[Run(Url, 20, 28), Is("."), Run(Url, 6, 6), Is("."), Run(Url, 27, 40)])
        .proof(proof::snowflake),
    of("", "a Discord webhook", "in Discord under Server settings › Integrations", &["discord.com/api/webhooks/",
        "discordapp.com/api/webhooks/"], &[Run(Digits, 17, 20), Is("/"), Run(Url, 60, 72)]),
    of("new-relic-user-api-key", "a New Relic user key", "at one.newrelic.com under API keys", &["NRAK-"],
        &[Run(Alnum, 27, 27)]),
    of("new-relic-insert-key", "a New Relic insert key", "at one.newrelic.com under API keys", &["NRII-"],
        &[Run(Dashed, 32, 32)]),
    of("grafana-service-account-token", "a Grafana service account token", GRAFANA, &["glsa_"], &[Run(Alnum, 32, 32),
        Is("_"), Run(AnyHex, 8, 8)]).proof(proof::grafana),
    of("grafana-cloud-api-token", "a Grafana Cloud token", "at grafana.com under Access policies", &["glc_"],
        &[Run(Padded, 32, 400)]),
    of("shopify-access-token", "a Shopify access token", SHOPIFY, &["shpat_"], &[Run(AnyHex, 32, 32)]),
    of("shopify-custom-access-token", "a Shopify custom app token", SHOPIFY, &["shpca_"], &[Run(AnyHex, 32, 32)]),
    of("shopify-private-app-access-token", "a Shopify private app token", SHOPIFY, &["shppa_"], &[
        Run(AnyHex, 32, 32)]),
    of("shopify-shared-secret", "a Shopify shared secret", SHOPIFY, &["shpss_"], &[Run(AnyHex, 32, 32)]),
    of("notion-api-token", "a Notion token", "at notion.so under My integrations", &["ntn_"], &[Run(Digits, 11, 11),
        Run(Alnum, 35, 35)]),
    of("square-access-token", "a Square token", "at developer.squareup.com under Credentials", &["sq0atp-"],
        &[Run(Url, 22, 60)]),
    of("square-access-token", "a Square token", "at developer.squareup.com under Credentials", &["EAAA"], &[
        Run(Url, 22, 60)]).proof(proof::mixed).word("square"),
    of("dynatrace-api-token", "a Dynatrace token", "in Dynatrace under Access tokens", &["dt0c01."], &[
        Run(Alnum, 24, 24), Is("."), Run(Alnum, 64, 64)]),
    of("microsoft-teams-webhook", "a Microsoft Teams webhook", "in Teams under Connectors of the channel",
        &[".webhook.office.com/webhookb2/"], &[Run(Path, 100, 300)]).lead(Small, 1, 60).proof(proof::teams),
];
