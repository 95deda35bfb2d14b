;;; drive.el --- Drives eglot or lsp-mode over a copy of the sample  -*- lexical-binding: t -*-
;; Environment: CLIENT (eglot or lsp-mode), PROJECT, EDITORS (the folder of what is shipped).
;; What is saved in the end is compared by emacs.sh.

(setq load-prefer-newer t
      make-backup-files nil
      create-lockfiles nil)
(require 'package)
(add-to-list 'package-directory-list "/usr/share/emacs/site-lisp/elpa")
(package-initialize)
(require 'cl-lib)
(require 'flymake)
(require 'yaml-mode)
(add-to-list 'auto-mode-alist '("\\.ya?ml\\'" . yaml-mode))
(add-to-list 'load-path (concat (getenv "EDITORS") "/emacs"))
(require 'harden)

(defconst drive-project (getenv "PROJECT"))
(defconst drive-eglot (equal (getenv "CLIENT") "eglot"))
(defconst drive-patience 30)

(if drive-eglot
    (progn (require 'eglot)
           (setq eglot-sync-connect drive-patience)
           (add-hook 'find-file-hook #'harden-eglot-ensure))
  (require 'lsp-mode)
  (setq lsp-auto-guess-root t
        lsp-enable-snippet nil
        lsp-headerline-breadcrumb-enable nil
        lsp-enable-suggest-server-download nil
        lsp-diagnostics-provider :flymake
        lsp-enabled-clients '(harden)
        lsp-session-file (concat (getenv "HOME") "/lsp-session"))
  (add-hook 'find-file-hook #'harden-lsp-deferred))
(add-hook 'before-save-hook #'harden-fix-before-save)

(defun drive-wait (what holds)
  "Let things happen until HOLDS does, or fail saying WHAT."
  (let ((end (+ (float-time) drive-patience)))
    (while (not (funcall holds))
      (when (> (float-time) end) (error "Waited too long: %s" what))
      ;; What an idle timer does; nothing is ever idle in batch mode.
      (when (and drive-eglot (eglot-managed-p)) (eglot--signal-textDocument/didChange))
      (accept-process-output nil 0.02))))

(defun drive-managed ()
  (if drive-eglot (eglot-managed-p) (bound-and-true-p lsp-managed-mode)))

(defun drive-open (name)
  "Open NAME as a user does, and wait for the server."
  (find-file (concat drive-project "/" name))
  (set-window-buffer (selected-window) (current-buffer))
  ;; Both clients wait for the first command that is given in the buffer; there is none in batch mode.
  (run-hooks 'post-command-hook)
  (unless drive-eglot (unless (bound-and-true-p lsp-mode) (lsp)))
  (drive-wait (format "the server manages %s" name) #'drive-managed)
  (unless flymake-mode (flymake-mode 1)))

(defun drive-found (message)
  "The diagnostics whose text matches MESSAGE, from top to bottom."
  (flymake-start)
  (sort (cl-remove-if-not (lambda (one) (string-match-p message (flymake-diagnostic-text one))) (flymake-diagnostics))
        (lambda (a b) (< (flymake-diagnostic-beg a) (flymake-diagnostic-beg b)))))

(defun drive-text ()
  (buffer-substring-no-properties (point-min) (point-max)))

(defun drive-repair (message title want)
  "Choose TITLE in the client's own menu at the first diagnostic like MESSAGE; the text then has WANT."
  (drive-wait (format "%S is shown" message) (lambda () (drive-found message)))
  (let* ((before (drive-found message)) offered (one (car before)) (last-nonmenu-event ?a))
    (goto-char (flymake-diagnostic-beg one))
    (princ (format "driven: %s:%d: %s\n" (buffer-name) (line-number-at-pos) (flymake-diagnostic-text one)))
    (cl-letf (((symbol-function 'y-or-n-p) #'always) ; "Server wants to edit" these files: yes
              ((symbol-function 'completing-read)
               (lambda (_prompt collection &rest _)
                 (setq offered (all-completions "" collection))
                 (or (cl-find-if (lambda (shown) (string-match-p (regexp-quote title) shown)) offered)
                     (error "Not offered: %s; but %S" title offered)))))
      (if drive-eglot
          (eglot-code-actions (flymake-diagnostic-beg one) (flymake-diagnostic-end one) nil t)
        (call-interactively #'lsp-execute-code-action)))
    (princ (format "driven:   menu: %s\n" (mapconcat #'substring-no-properties offered " | ")))
    (unless (string-match-p (regexp-quote want) (drive-text))
      (error "After the quick fix there is no %S in:\n%s" want (drive-text)))
    (drive-wait (format "%S goes" message)
                (lambda () (< (length (drive-found message)) (length before))))))

(defun drive-save (gone)
  (set-buffer-modified-p t)
  (save-buffer)
  (drive-wait (format "%S is gone" gone) (lambda () (not (drive-found gone)))))

(defun drive ()
  (drive-open "docker-compose.yml")
  (drive-repair "publishes 6379" "Bind it to 127.0.0.1" "- 127.0.0.1:6379:6379")
  ;; One that spans files.
  (drive-repair "`GRAFANA_PASSWORD` falls back" "Require `GRAFANA_PASSWORD`" "${GRAFANA_PASSWORD:?")
  (with-current-buffer (find-file-noselect (concat drive-project "/.env.example"))
    (unless (string-match-p "^GRAFANA_PASSWORD=" (drive-text)) (error "Nothing was written to .env.example")))

  (drive-open "src/hypercode-core/app/simulator.py")
  (drive-repair "`random.uniform` draws" "Use `secrets" "secrets.SystemRandom().uniform")
  (drive-save "can be predicted")

  (drive-open "src/hypercode-core/pytest.ini")
  (drive-wait "the finding of pytest.ini" (lambda () (drive-found "No test has the marker")))
  (drive-save "No test has the marker")

  (dolist (name '("values.yaml" "Cargo.toml" "php.ini" "composer.yml"))
    (when (harden-file-p (concat "/srv/" name)) (error "%s is none of our business" name)))
  (dolist (name '("compose.yml" "docker-compose.prod.yaml" "Dockerfile" "api.Dockerfile" ".env.local" "alert-rules.yml"))
    (unless (harden-file-p (concat "/srv/" name)) (error "%s is ours" name))))

(condition-case error
    (drive)
  (error (princ (format "FAIL: %s\n" (error-message-string error)))
         (kill-emacs 1)))
(if drive-eglot (eglot-shutdown-all) (lsp-disconnect))
(kill-emacs 0)
