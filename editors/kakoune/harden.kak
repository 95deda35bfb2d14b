# Kakoune with kakoune-lsp (or kak-lsp) 18 and later. Source this file from your kakrc, after kakoune-lsp.
# Quick fixes: `lsp-code-actions`. Safe fixes on save:
#   hook global BufWritePre .* %{ try %{ lsp-code-action-sync '^Fix all' } }

declare-option -hidden str harden_server %{
[harden]
command = "harden"
args = ["server"]
root_globs = [".git", "harden.toml"]
}

# Added to the servers of the file type, which earlier hooks have set.
define-command -hidden harden-add %{ set-option -add buffer lsp_servers %opt{harden_server} }

hook -group harden global BufSetOption filetype=(python|dockerfile) harden-add
# Other YAML, INI and TOML files are left alone.
hook -group harden global BufCreate (.*/)?(docker-)?compose([._-][^/]*)?\.ya?ml harden-add
hook -group harden global BufCreate (.*/)?(\.?pytest\.(ini|toml)|tox\.ini|setup\.cfg|pyproject\.toml|harden\.toml) harden-add
hook -group harden global BufCreate (.*/)?([^/]*requirements[^/]*\.txt|\.env(\.[^/]+)?|\.github/workflows/[^/]+\.ya?ml) harden-add
