//! Where code and packages live.

use super::super::proof;
use super::super::shape::Class::{Alnum, AnyHex, Base64, Hex, Padded, Small, Url, UrlDot, Word};
use super::super::shape::Step::{Is, Run};
use super::{Kind, Use, of};

const GITHUB: &str = "at github.com under Settings › Developer settings";
const GITLAB: &str = "in GitLab under Access tokens of the user, group or project";
const SENTRY: &str = "at sentry.io under Settings › Auth tokens";
const PYPI: &str = "at pypi.org under Account settings › API tokens";

#[rustfmt::skip]
pub(super) static KINDS: &[Kind] = &[
    of("github-pat", "a GitHub personal access token", GITHUB, &["ghp_"], &[Run(Alnum, 36, 36)]).proof(proof::base62),
    of("github-oauth", "a GitHub OAuth token", GITHUB, &["gho_"], &[Run(Alnum, 36, 36)]).proof(proof::base62),
    of("github-app-token", "a GitHub app token", GITHUB, &["ghu_", "ghs_"], &[Run(Alnum, 36, 36)])
        .proof(proof::base62),
    of("github-refresh-token", "a GitHub refresh token", GITHUB, &["ghr_"], &[Run(Alnum, 36, 36)])
        .proof(proof::base62),
    of("github-fine-grained-pat", "a GitHub fine-grained token", GITHUB, &["github_pat_"], &[Run(Word, 82, 82)]),
    of("gitlab-pat-routable", "a GitLab personal access token", GITLAB, &["glpat-"], &[Run(Url, 27, 300), Is("."),
        Run(Small, 2, 2), Is("."), Run(Small, 9, 9)]),
    of("gitlab-pat-routable", "a GitLab personal access token", GITLAB, &["glpat-"], &[Run(Url, 27, 300), Is("."),
        Run(Small, 9, 9)]),
    of("gitlab-pat", "a GitLab personal access token", GITLAB, &["glpat-"], &[Run(Url, 20, 20)]),
    of("gitlab-deploy-token", "a GitLab deploy token", GITLAB, &["gldt-"], &[Run(Url, 20, 20)]),
    of("gitlab-ptt", "a GitLab trigger token", GITLAB, &["glptt-"], &[Run(Hex, 40, 40)]),
    of("gitlab-runner-authentication-token-routable", "a GitLab runner token", GITLAB, &["glrt-"], &[
        Run(Url, 28, 303), Is("."), Run(Small, 9, 9)]),
    of("gitlab-runner-authentication-token", "a GitLab runner token", GITLAB, &["glrt-"], &[Run(Url, 20, 20)]),
    of("gitlab-cicd-job-token", "a GitLab job token", GITLAB, &["glcbt-"], &[Run(Alnum, 1, 5), Is("_"),
        Run(Url, 20, 20)]).used(Use::Session),
    of("gitlab-rrt", "a GitLab runner registration token", GITLAB, &["GR1348941"], &[Run(Url, 20, 20)]),
    of("gitlab-oauth-app-secret", "a GitLab application secret", GITLAB, &["gloas-"], &[Run(Url, 64, 64)]),
    of("gitlab-feed-token", "a GitLab feed token", GITLAB, &["glft-"], &[Run(Url, 20, 20)]),
    of("gitlab-scim-token", "a GitLab SCIM token", GITLAB, &["glsoat-"], &[Run(Url, 20, 20)]),
    of("gitlab-incoming-mail-token", "a GitLab incoming mail token", GITLAB, &["glimt-"], &[Run(Url, 25, 25)]),
    of("gitlab-feature-flag-client-token", "a GitLab feature flag token", GITLAB, &["glffct-"], &[Run(Url, 20, 20)]),
    of("gitlab-kubernetes-agent-token", "a GitLab agent token", GITLAB, &["glagent-"], &[Run(Url, 50, 50)]),
    of("npm-access-token", "an npm token", "at npmjs.com under Access tokens", &["npm_"], &[Run(Alnum, 36, 36)])
        .proof(proof::base62),
    of("pypi-upload-token", "a PyPI token", PYPI, &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"], &[
        Run(Url, 50, 1000)]),
    of("rubygems-api-token", "a RubyGems key", "at rubygems.org under Settings › API keys", &["rubygems_"], &[
        Run(Hex, 48, 48)]),
    of("sentry-user-token", "a Sentry token", SENTRY, &["sntryu_"], &[Run(Hex, 64, 64)]),
    of("sentry-org-token", "a Sentry organization token", SENTRY, &["sntrys_eyJpYXQiO"], &[Run(Padded, 40, 500),
        Is("_"), Run(Base64, 43, 43)]),
    of("atlassian-api-token", "an Atlassian token", "at id.atlassian.com under Security › API tokens", &["ATATT3"],
        &[Run(UrlDot, 186, 186)]),
    of("linear-api-key", "a Linear key", "at linear.app under Settings › API", &["lin_api_"], &[Run(Alnum, 40, 40)]),
    of("postman-api-token", "a Postman key", "at postman.com under Settings › API keys", &["PMAK-"], &[
        Run(AnyHex, 24, 24), Is("-"), Run(AnyHex, 34, 34)]),
    of("artifactory-api-key", "an Artifactory key", "in Artifactory under User profile", &["AKCp"], &[
        Run(Alnum, 69, 69)]),
    of("", "a login of a container registry", "at the registry, by changing the password", &["\"auth\": \"",
        "\"auth\":\""], &[Run(Padded, 16, 400)]).proof(proof::login),
];
