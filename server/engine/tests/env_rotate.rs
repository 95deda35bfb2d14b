//! *Rotate*: what is random cannot stand in a fixture.

use harden_engine::fix::apply::Choice;

use crate::support::{Files, check, fixed};

const RULE: &str = "env/weak-secret";

fn rotated(text: &str) -> String {
    let files: Files = vec![(".env".into(), text.into())];
    let made = fixed(&files, Some(RULE), Choice::Unsafe);
    let again = fixed(&made, Some(RULE), Choice::Unsafe);
    assert_eq!(made, again, "fixed twice");
    let left: Vec<String> = check(&made)
        .into_iter()
        .flat_map(|file| file.findings)
        .filter(|finding| finding.rule.name == RULE && finding.preferred().is_some())
        .map(|finding| finding.message)
        .collect();
    assert_eq!(left, [""; 0], "{}", made[0].1);
    made[0].1.clone()
}

fn value<'t>(text: &'t str, key: &str) -> &'t str {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    line.unwrap()
}

#[test]
fn a_secret_is_random_and_its_urls_follow() {
    let text = "# db\nPOSTGRES_PASSWORD=changeme # soon\nDATABASE_URL=postgresql://app:changeme@db/app\nREDIS_URL=redis://:changeme@cache/0\nJWT_SECRET=\"short\"\n";
    let made = rotated(text);
    let password = value(&made, "POSTGRES_PASSWORD")
        .strip_suffix(" # soon")
        .unwrap();
    assert_eq!(password.len(), 43);
    assert!(
        password
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    );
    assert_eq!(
        value(&made, "DATABASE_URL"),
        format!("postgresql://app:{password}@db/app")
    );
    let cache = value(&made, "REDIS_URL");
    assert!(
        !cache.contains("changeme") && !cache.contains(password),
        "{made}"
    );
    let signing = value(&made, "JWT_SECRET");
    assert_eq!(signing.len(), 45);
    assert!(signing.starts_with('"') && signing.ends_with('"'));
    assert!(made.starts_with("# db\n"));
    assert_ne!(made, rotated(text), "random");
}

#[test]
fn the_form_stays_what_readers_want() {
    let made = rotated("FERNET_KEY=changeme\nAPP_KEY=base64:c2hvcnQ=\n");
    assert_eq!(value(&made, "FERNET_KEY").len(), 44);
    assert!(value(&made, "FERNET_KEY").ends_with('='));
    let kept = value(&made, "APP_KEY").strip_prefix("base64:");
    assert_eq!(kept.map(str::len), Some(44));
}

#[test]
fn what_a_provider_makes_is_left_to_a_person() {
    let text = "OPENAI_API_KEY=your_openai_key_here\r\nMODE=fast\r\n";
    assert_eq!(rotated(text), text);
    let files: Files = vec![(".env".into(), text.into())];
    let checked = check(&files);
    let finding = checked[0]
        .findings
        .iter()
        .find(|finding| finding.rule.name == RULE)
        .unwrap();
    let reason = finding.fixes[0].disabled.as_deref().unwrap();
    assert!(reason.contains("platform.openai.com"), "{reason}");
}
