//! Commands that look for known flaws.

use super::What;

const DEPENDENCIES: What = What::Scan { dependencies: true };
const CODE: What = What::Scan {
    dependencies: false,
};

pub(super) fn of(name: &str, rest: &[&str]) -> Option<(What, usize)> {
    let has = |words: &[&str]| rest.iter().any(|word| words.contains(word));
    let first = rest.first().copied().unwrap_or_default();
    let informs = has(&[
        "--version",
        "--help",
        "-h",
        "-V",
        "--download-db-only",
        "install",
    ]);
    if informs {
        return None;
    }
    let two = |what| Some((what, 2));
    match (name, first) {
        ("pip-audit" | "osv-scanner" | "grype" | "govulncheck" | "bundler-audit" | "nancy", _)
        | ("dependency-check" | "dependency-check.sh" | "audit-ci" | "auditjs" | "jake", _)
        | ("better-npm-audit", _) => Some((DEPENDENCIES, 1)),
        ("trivy", "fs" | "filesystem" | "image" | "i" | "repo" | "rootfs") => two(DEPENDENCIES),
        ("trivy", "config" | "conf") => two(CODE),
        ("safety", "check" | "scan") | ("snyk", "test" | "container") => two(DEPENDENCIES),
        ("snyk", "code" | "iac") => two(CODE),
        (
            "npm" | "pnpm" | "yarn" | "bun" | "cargo" | "composer" | "bundle" | "uv" | "poetry",
            _,
        ) if first == "audit" && !has(&["fix", "signatures"]) => two(DEPENDENCIES),
        ("cargo", "deny") => two(DEPENDENCIES),
        ("yarn", "npm") if has(&["audit"]) => two(DEPENDENCIES),
        ("dotnet", "list") if has(&["--vulnerable"]) => two(DEPENDENCIES),
        ("bandit" | "gosec" | "semgrep" | "gitleaks" | "trufflehog" | "checkov" | "tfsec", _)
        | ("kics" | "brakeman" | "zizmor" | "horusec" | "detect-secrets", _) => Some((CODE, 1)),
        ("harden", "check") => two(CODE),
        _ => None,
    }
}
