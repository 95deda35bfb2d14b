//! Commands that deploy or publish.

use super::words::operands;
use super::{Deploy, What};

pub(super) fn of(name: &str, rest: &[&str]) -> Option<(What, usize)> {
    let has = |words: &[&str]| rest.iter().any(|word| words.contains(word));
    let dry = |word: &&str| {
        word.starts_with("--dry-run") && !word.ends_with("=none") && !word.ends_with("=false")
    };
    let rehearses =
        |word: &&str| matches!(*word, "testpypi" | "test-pypi") || word.contains("test.pypi.org");
    if rest.iter().any(rehearses) {
        return None;
    }
    if rest.iter().any(dry) || has(&["--help", "--version", "--skip-push"]) {
        return None;
    }
    kind(name, rest).map(|(deploy, count)| (What::Deploy(deploy), count))
}

fn kind(name: &str, rest: &[&str]) -> Option<(Deploy, usize)> {
    use Deploy::{Image, Package, Pages, Running};
    let has = |words: &[&str]| rest.iter().any(|word| words.contains(word));
    let operands = operands(rest, VALUED);
    let first = operands.first().copied().unwrap_or_default();
    let second = operands.get(1).copied().unwrap_or_default();
    let two = |deploy| Some((deploy, 2));
    let three = |deploy| Some((deploy, 3));
    match (name, first) {
        ("docker" | "podman" | "nerdctl" | "buildah", _) => image(rest),
        ("docker-compose", "push") | ("crane" | "helm" | "oras", "push") => two(Image),
        ("skopeo", "copy") => operands
            .get(2)?
            .starts_with("docker://")
            .then_some((Image, 2)),
        ("ko", "publish" | "build" | "apply") if !has(&["--local", "-L", "--push=false"]) => {
            two(Image)
        }
        ("kubectl" | "oc", "apply" | "replace" | "patch") => two(Running),
        ("kubectl" | "oc", "set") if second == "image" => three(Running),
        ("kubectl" | "oc", "rollout") if matches!(second, "restart" | "latest") => three(Running),
        ("helm", "upgrade" | "install") | ("helmfile", "apply" | "sync") => two(Running),
        ("argocd", "app") if second == "sync" => three(Running),
        ("ssh", host) if is_host(host) && operands.len() > 1 => Some((Running, 1)),
        ("scp" | "rsync", _) => {
            let target = operands.last().filter(|_| operands.len() > 1)?;
            is_remote(target).then_some((Running, 1))
        }
        (
            "fly" | "flyctl" | "firebase" | "wrangler" | "sam" | "cdk" | "eb" | "serverless"
            | "sls" | "kamal" | "copilot" | "chalice" | "zappa" | "convox" | "fastapi" | "modal"
            | "gcloud" | "sst" | "amplify" | "apprunner" | "deployctl" | "supabase" | "netlify"
            | "vercel" | "railway" | "render" | "cap" | "dokku" | "nomad" | "pulumi" | "terraform"
            | "tofu" | "terragrunt" | "az" | "aws" | "heroku" | "ansible-playbook" | "doctl"
            | "fastlane" | "eas" | "caprover" | "pm2",
            _,
        ) => platform(name, &operands, rest),
        ("twine", "upload")
        | ("uv" | "poetry" | "flit" | "hatch" | "pdm" | "maturin", "publish")
        | ("npm" | "pnpm" | "lerna" | "cargo" | "vsce" | "ovsx" | "clojars", "publish")
        | ("gem" | "snapcraft" | "chart-releaser", "push" | "upload")
        | ("maturin", "upload") => two(Package),
        ("mvn" | "mvnw", _) if has(&["deploy", "release:perform"]) => Some((Package, 1)),
        ("gradle" | "gradlew", _) => {
            let publishes = |task: &&str| {
                let task = task.rsplit(':').next().unwrap_or_default();
                task.starts_with("publish") && !task.ends_with("ToMavenLocal")
            };
            operands.iter().any(publishes).then_some((Package, 1))
        }
        ("yarn", "publish") => two(Package),
        ("yarn", "npm") if second == "publish" => three(Package),
        ("dotnet", "nuget") if second == "push" => three(Package),
        ("pnpm" | "yarn" | "npm", "changeset") | ("changeset", _) if has(&["publish"]) => {
            two(Package)
        }
        ("gh", "release") if matches!(second, "create" | "upload") && !has(&["--draft", "-d"]) => {
            three(Package)
        }
        ("semantic-release", _) if !has(&["--noop", "--print"]) => Some((Package, 1)),
        ("goreleaser", "release") if !has(&["--snapshot", "--skip=publish", "--skip-publish"]) => {
            two(Package)
        }
        ("mkdocs", "gh-deploy") | ("mike", "deploy") | ("gh-pages", _) => two(Pages),
        ("git", "push") => {
            let target = operands.last()?;
            let branch = target.rsplit(':').next().unwrap_or_default();
            if branch.ends_with("gh-pages") {
                return two(Pages);
            }
            let words = crate::model::workflow::words(branch);
            let live = |word: &String| matches!(&**word, "production" | "prod" | "live" | "deploy");
            let remote = operands.get(1).copied().unwrap_or_default();
            let platform = matches!(remote, "heroku" | "dokku" | "production" | "piku");
            (platform || target.contains(':') && words.iter().any(live)).then_some((Running, 2))
        }
        _ => None,
    }
}

/// Options whose value is another word.
const VALUED: &[&str] = &[
    "-n",
    "--namespace",
    "--context",
    "--kubeconfig",
    "-f",
    "--file",
    "--filename",
    "-i",
    "-p",
    "-P",
    "-o",
    "-e",
    "--exclude",
    "--token",
    "-c",
    "--config",
    "--region",
    "--profile",
    "--project",
    "-l",
    "-F",
    "-t",
    "--tag",
    "--cwd",
    "--repository",
    "-r",
    "--skip-existing-no",
    "--port",
    "--rsh",
    "-J",
    "-C",
    "--directory",
    "--filter",
    "-u",
    "--access",
    "--app",
    "-a",
];

/// `docker push`, `docker compose push`, `docker buildx build --push`; not to a registry of this machine.
fn image(rest: &[&str]) -> Option<(Deploy, usize)> {
    let local = |word: &&str| word.starts_with("localhost:") || word.starts_with("127.0.0.1:");
    let pushes = match rest {
        ["push", ..] | ["image", "push", ..] | ["manifest", "push", ..] => true,
        ["compose", words @ ..] => words.contains(&"push"),
        ["buildx", "bake" | "build", words @ ..] | ["build", words @ ..] => {
            let to_registry = |word: &&str| {
                let word = *word;
                matches!(word, "--push" | "--push=true")
                    || word.contains("type=registry")
                    || word.contains("type=image") && word.contains("push=true")
            };
            words.iter().any(to_registry)
        }
        _ => false,
    };
    (pushes && !rest.iter().any(local)).then_some((Deploy::Image, 2))
}

fn platform(name: &str, operands: &[&str], rest: &[&str]) -> Option<(Deploy, usize)> {
    use Deploy::{Image, Package, Running};
    let has = |words: &[&str]| operands.iter().any(|word| words.contains(word));
    let flag = |words: &[&str]| rest.iter().any(|word| words.contains(word));
    let two = Some((Running, 2));
    match name {
        "vercel" => {
            let other = operands.first().is_some_and(|word| {
                !matches!(*word, "deploy" | "promote" | ".") && !word.contains('/')
            });
            (!other).then_some((Running, 1))
        }
        "netlify" => has(&["deploy"]).then_some((Running, 2)),
        "aws" => match operands {
            ["ecs", "update-service" | "run-task", ..]
            | ["lambda", "update-function-code", ..]
            | ["cloudformation", "deploy", ..]
            | ["deploy", "create-deployment", ..]
            | ["elasticbeanstalk", "update-environment", ..]
            | ["apprunner", "start-deployment", ..]
            | ["amplify", "start-job", ..] => Some((Running, 3)),
            ["s3", "sync", .., to] if to.starts_with("s3:") || to.contains('$') => {
                Some((Running, 3))
            }
            _ => None,
        },
        "gcloud" => {
            let at = operands.iter().position(|word| *word == "deploy")?;
            (at > 0 && at < 4).then_some((Running, at + 2))
        }
        "az" => match operands {
            ["webapp", "up" | "deploy", ..]
            | ["containerapp", "up" | "update", ..]
            | ["functionapp", "deploy", ..] => Some((Running, 3)),
            ["webapp" | "functionapp", "deployment", "source", ..] => Some((Running, 4)),
            ["acr", "build", ..] if !flag(&["--no-push"]) => Some((Image, 3)),
            _ => None,
        },
        "heroku" => has(&["container:release", "container:push"]).then_some((Running, 2)),
        "terraform" | "tofu" | "terragrunt" => has(&["apply"]).then_some((Running, 2)),
        "pulumi" => matches!(operands.first(), Some(&("up" | "update"))).then_some((Running, 2)),
        "ansible-playbook" => {
            (!flag(&["--check", "-C", "--syntax-check", "--list-tasks"])).then_some((Running, 1))
        }
        "nomad" => has(&["run"]).then_some((Running, 3)),
        "railway" => has(&["up", "redeploy"]).then_some((Running, 2)),
        "doctl" => has(&["create-deployment"]).then_some((Running, 3)),
        "fastlane" => {
            let says = |word: &&str| {
                let words = crate::model::workflow::words(word);
                words
                    .iter()
                    .any(|word| matches!(&**word, "deploy" | "release" | "publish"))
            };
            operands.iter().any(says).then_some((Package, 2))
        }
        "eas" => matches!(operands.first(), Some(&("submit" | "update"))).then_some((Package, 2)),
        "wrangler" => has(&["deploy", "publish"]).then_some((Running, 2)),
        "pm2" => has(&["deploy"]).then_some((Running, 2)),
        "supabase" => match operands {
            ["db", "push", ..] | ["functions", "deploy", ..] => Some((Running, 3)),
            _ => None,
        },
        _ => match has(&["deploy"]) {
            true => two,
            false => None,
        },
    }
}

fn is_host(word: &str) -> bool {
    let code_host = ["github.com", "gitlab.com", "bitbucket.org"];
    !word.is_empty() && !word.starts_with('-') && !code_host.iter().any(|host| word.contains(host))
}

/// `user@host:path`, `host:path`, `$HOST:path`.
fn is_remote(word: &str) -> bool {
    word.split_once(':')
        .is_some_and(|(host, _)| !host.contains('/') && is_host(host))
        || word.starts_with("rsync://")
}
