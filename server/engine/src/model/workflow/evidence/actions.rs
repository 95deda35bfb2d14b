//! What actions do, by their names and what they are given.

use super::{Call, Deploy, Reach, What};
use crate::model::compose::Text;
use crate::model::workflow::words;

/// What a step does that uses this, with these inputs; and which input says so, where one does.
pub(in crate::model::workflow) fn of_action(
    uses: &str,
    input: impl Fn(&str) -> Option<Text>,
) -> Option<What> {
    if let Some(path) = uses.strip_prefix("./") {
        return Some(What::Calls(Call::Action(
            path.trim_end_matches('/').to_owned(),
        )));
    }
    let name = uses
        .split('@')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let said = |key: &str| input(key).map(|text| text.value().trim().to_ascii_lowercase());
    let is = |key: &str, value: &str| said(key).is_some_and(|text| text == value);
    let dry = ["dry-run", "dry_run", "dryrun", "dry"]
        .iter()
        .any(|key| is(key, "true"));
    if let Some(deploy) = deploy(&name, &said).filter(|_| !dry) {
        return Some(What::Deploy(deploy));
    }
    if let Some(dependencies) = scan(&name, &said) {
        return Some(What::Scan { dependencies });
    }
    test(&name)
}

fn deploy(name: &str, said: &impl Fn(&str) -> Option<String>) -> Option<Deploy> {
    use Deploy::{Image, Package, Pages, Running};
    // A rehearsal reaches nobody.
    let rehearses = |key: &str| said(key).is_some_and(|url| url.contains("test.pypi.org"));
    if rehearses("repository-url") || rehearses("repository_url") {
        return None;
    }
    let is = |key: &str, value: &str| said(key).is_some_and(|text| text == value);
    let has = |key: &str, value: &str| said(key).is_some_and(|text| text.contains(value));
    Some(match name {
        "docker/build-push-action"
        | "docker/bake-action"
        | "redhat-actions/push-to-registry"
        | "mr-smithers-excellent/docker-build-push"
        | "elgohr/publish-docker-github-action" => {
            let by_output = has("outputs", "type=registry") || has("outputs", "push=true");
            let asked = said("push").is_some_and(|text| text != "false");
            let always = !name.starts_with("docker/");
            if !(asked || by_output || always && !is("push", "false")) {
                return None;
            }
            Image
        }
        "pypa/gh-action-pypi-publish"
        | "js-devtools/npm-publish"
        | "katyo/publish-crates"
        | "relekang/python-semantic-release"
        | "python-semantic-release/python-semantic-release"
        | "cycjimmy/semantic-release-action"
        | "python-semantic-release/publish-action"
        | "helm/chart-releaser-action"
        | "etils-actions/pypi-auto-publish"
        | "haaleo/publish-vscode-extension"
        | "snapcore/action-publish"
        | "r0adkll/upload-google-play"
        | "apple-actions/upload-testflight-build" => Package,
        "softprops/action-gh-release"
        | "ncipollo/release-action"
        | "actions/create-release"
        | "svenstaro/upload-release-action"
        | "marvinpinto/action-automatic-releases" => {
            if is("draft", "true") {
                return None;
            }
            Package
        }
        "goreleaser/goreleaser-action" => {
            let args = said("args")?;
            let publishes = args.contains("release")
                && !args.contains("--snapshot")
                && !args.contains("--skip");
            return publishes.then_some(Package);
        }
        "changesets/action" => return said("publish").map(|_| Package),
        "actions/deploy-pages"
        | "peaceiris/actions-gh-pages"
        | "jamesives/github-pages-deploy-action"
        | "mhausenblas/mkdocs-deploy-gh-pages"
        | "crazy-max/ghaction-github-pages" => Pages,
        "superfly/flyctl-actions" => return has("args", "deploy").then_some(Running),
        "cloudflare/wrangler-action" => {
            let command = said("command").unwrap_or_else(|| "deploy".into());
            let deploys = ["deploy", "publish"]
                .iter()
                .any(|word| command.contains(word));
            return deploys.then_some(Running);
        }
        "pulumi/actions" => return has("command", "up").then_some(Running),
        "aws-actions/amazon-ecs-deploy-task-definition"
        | "aws-actions/aws-cloudformation-github-deploy"
        | "aws-actions/aws-lambda-deploy"
        | "azure/webapps-deploy"
        | "azure/k8s-deploy"
        | "azure/container-apps-deploy-action"
        | "azure/functions-action"
        | "azure/aci-deploy"
        | "azure/static-web-apps-deploy"
        | "google-github-actions/deploy-cloudrun"
        | "google-github-actions/deploy-appengine"
        | "google-github-actions/deploy-cloud-functions"
        | "amondnet/vercel-action"
        | "nwtgck/actions-netlify"
        | "akhileshns/heroku-deploy"
        | "appleboy/ssh-action"
        | "appleboy/scp-action"
        | "burnett01/rsync-deployments"
        | "easingthemes/ssh-deploy"
        | "samkirkland/ftp-deploy-action"
        | "cloudflare/pages-action"
        | "firebaseextended/action-hosting-deploy"
        | "digitalocean/app_action"
        | "digitalocean/app_action/deploy"
        | "serverless/github-action"
        | "dflook/terraform-apply"
        | "dflook/tofu-apply"
        | "einaregilsson/beanstalk-deploy"
        | "dokku/github-action"
        | "caprover/deploy-from-github"
        | "dawidd6/action-ansible-playbook"
        | "deliverybot/helm"
        | "bitovi/github-actions-deploy-docker-to-ec2"
        | "johnbeynon/render-deploy-action"
        | "jorgelbg/render-deploy"
        | "wlixcc/sftp-deploy-action"
        | "cross-the-world/ssh-scp-ssh-pipelines" => Running,
        _ => return None,
    })
}

/// Whether an action looks for flaws: in what is required, or in code only.
fn scan(name: &str, said: &impl Fn(&str) -> Option<String>) -> Option<bool> {
    let of_dependencies = [
        "pypa/gh-action-pip-audit",
        "trailofbits/gh-action-pip-audit",
        "google/osv-scanner-action",
        "actions/dependency-review-action",
        "pyupio/safety-action",
        "pyupio/safety",
        "anchore/scan-action",
        "snyk/actions",
        "dependency-check/dependency-check_action",
        "rustsec/audit-check",
        "actions-rs/audit-check",
        "golang/govulncheck-action",
        "embarkstudios/cargo-deny-action",
        "docker/scout-action",
        "mend/",
        "fossas/fossa-action",
        "socketdev/",
        "aquasecurity/trivy-action",
        "jfrog/frogbot",
        "veracode/",
    ];
    let of_code = [
        "github/codeql-action/analyze",
        "pycqa/bandit-action",
        "tj-actions/bandit",
        "gitleaks/gitleaks-action",
        "trufflesecurity/trufflehog",
        "returntocorp/semgrep-action",
        "semgrep/",
        "bridgecrewio/checkov-action",
        "checkmarx/kics-github-action",
        "zizmorcore/zizmor-action",
        "securego/gosec",
        "shiftleft/",
        "sonarsource/",
    ];
    if name == "snyk/actions/setup" {
        return None;
    }
    if name == "aquasecurity/trivy-action" {
        return Some(said("scan-type").is_none_or(|kind| kind != "config"));
    }
    if of_dependencies.iter().any(|known| name.starts_with(known)) {
        return Some(true);
    }
    of_code
        .iter()
        .any(|known| name.starts_with(known))
        .then_some(false)
}

fn test(name: &str) -> Option<What> {
    let whole = match name {
        "cypress-io/github-action" => What::Test(Reach::EndToEnd),
        "pavelzw/pytest-action"
        | "fylein/python-pytest-github-action"
        | "matlab-actions/run-tests"
        | "julia-actions/julia-runtest"
        | "r-lib/actions/check-r-package"
        | "ymyzk/run-tox-gh-actions"
        | "fedora-python/tox-github-action"
        | "gabrielbb/xvfb-action"
        | "reactivecircus/android-emulator-runner" => What::Test(Reach::Unknown),
        // Whether it tests what it builds is said in `pyproject.toml`, or in the environment.
        "pypa/cibuildwheel" => What::Calls(Call::Elsewhere),
        "lewagon/wait-on-check-action"
        | "fountainhead/action-wait-for-check"
        | "poseidon/wait-for-status-checks"
        | "ahmadnassri/action-workflow-run-wait"
        | "kachick/wait-other-jobs"
        | "wechuli/allcheckspassed" => What::Waits,
        _ => {
            let words = words(name);
            let says = |list: &[&str]| words.iter().any(|word| list.contains(&&**word));
            let about = says(&[
                "report",
                "reporter",
                "reporting",
                "results",
                "result",
                "summary",
                "upload",
                "setup",
                "install",
                "split",
                "publish",
                "comment",
                "badge",
                "chart",
                "testing",
            ]);
            if !says(&["test", "tests", "pytest", "tox", "nox", "e2e"]) || about {
                return None;
            }
            What::Calls(Call::Elsewhere)
        }
    };
    Some(whole)
}
