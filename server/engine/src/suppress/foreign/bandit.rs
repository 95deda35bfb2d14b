//! Names of Bandit's tests, as its documentation lists them.

/// Bandit's ids are B101 to B7xx; B0xx and B9xx are flake8-bugbear's.
pub(super) fn is_id(id: &str) -> bool {
    id.strip_prefix('B').is_some_and(|number| {
        number.len() == 3
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && (b'1'..=b'7').contains(&number.as_bytes()[0])
    })
}

/// The id of a test that is called by its name.
pub(super) fn id(name: &str) -> Option<&'static str> {
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known.map(|(_, id)| *id)
}

const NAMES: &[(&str, &str)] = &[
    ("assert_used", "B101"),
    ("exec_used", "B102"),
    ("set_bad_file_permissions", "B103"),
    ("hardcoded_bind_all_interfaces", "B104"),
    ("hardcoded_password_string", "B105"),
    ("hardcoded_password_funcarg", "B106"),
    ("hardcoded_password_default", "B107"),
    ("hardcoded_tmp_directory", "B108"),
    ("try_except_pass", "B110"),
    ("try_except_continue", "B112"),
    ("request_without_timeout", "B113"),
    ("flask_debug_true", "B201"),
    ("tarfile_unsafe_members", "B202"),
    ("pickle", "B301"),
    ("marshal", "B302"),
    ("md5", "B303"),
    ("ciphers", "B304"),
    ("cipher_modes", "B305"),
    ("mktemp_q", "B306"),
    ("eval", "B307"),
    ("mark_safe", "B308"),
    ("urllib_urlopen", "B310"),
    ("random", "B311"),
    ("telnetlib", "B312"),
    ("ftplib", "B321"),
    ("unverified_context", "B323"),
    ("hashlib", "B324"),
    ("import_telnetlib", "B401"),
    ("import_ftplib", "B402"),
    ("import_pickle", "B403"),
    ("import_subprocess", "B404"),
    ("request_with_no_cert_validation", "B501"),
    ("ssl_with_bad_version", "B502"),
    ("ssl_with_bad_defaults", "B503"),
    ("ssl_with_no_version", "B504"),
    ("weak_cryptographic_key", "B505"),
    ("yaml_load", "B506"),
    ("ssh_no_host_key_verification", "B507"),
    ("snmp_insecure_version", "B508"),
    ("snmp_weak_cryptography", "B509"),
    ("paramiko_calls", "B601"),
    ("subprocess_popen_with_shell_equals_true", "B602"),
    ("subprocess_without_shell_equals_true", "B603"),
    ("any_other_function_with_shell_equals_true", "B604"),
    ("start_process_with_a_shell", "B605"),
    ("start_process_with_no_shell", "B606"),
    ("start_process_with_partial_path", "B607"),
    ("hardcoded_sql_expressions", "B608"),
    ("linux_commands_wildcard_injection", "B609"),
    ("django_extra_used", "B610"),
    ("django_rawsql_used", "B611"),
    ("logging_config_insecure_listen", "B612"),
    ("trojansource", "B613"),
    ("jinja2_autoescape_false", "B701"),
    ("use_of_mako_templates", "B702"),
    ("django_mark_safe", "B703"),
    ("markupsafe_markup_xss", "B704"),
];
