;;; harden.el --- Production findings while you type  -*- lexical-binding: t -*-

;; Put this file on your `load-path', then with eglot (built into Emacs 29, from ELPA before):
;;
;;   (require 'harden)
;;   (add-hook 'find-file-hook #'harden-eglot-ensure)
;;
;; or with lsp-mode, where it runs beside the other servers of a file:
;;
;;   (require 'harden)
;;   (add-hook 'find-file-hook #'harden-lsp-deferred)
;;
;; and for the safe fixes on every save, with either:
;;
;;   (add-hook 'before-save-hook #'harden-fix-before-save)

;;; Code:

(defvar harden-command '("harden" "server")
  "The server, and its arguments.")

(defvar harden-python t
  "Whether Python files are Harden's as well.
Eglot has one server for a mode in a project: with nil here, another one
keeps Python.")

(defconst harden--names
  (concat "\\(?:\\`\\|/\\)\\(?:"
          (mapconcat
           #'identity
           '("\\(?:docker-\\)?compose\\(?:[._-][^/]*\\)?\\.ya?ml"
             "[^/]*\\(?:prometheus\\|alert\\)[^/]*\\.ya?ml"
             "[^/]*rules\\.ya?ml"
             "\\.github/workflows/[^/]+\\.ya?ml"
             "\\(?:Dockerfile\\|Containerfile\\)\\(?:\\.[^/]+\\)?"
             "[^/]+\\.Dockerfile"
             "\\.?pytest\\.\\(?:ini\\|toml\\)"
             "tox\\.ini" "setup\\.cfg" "pyproject\\.toml" "harden\\.toml"
             "[^/]*requirements[^/]*\\.txt"
             "\\.env\\(?:\\.[^/]+\\)?")
           "\\|")
          "\\)\\'")
  "What files of ours are called, but for Python.
Other YAML, INI and TOML is left alone.")

(defun harden-file-p (file &optional _mode)
  "Whether Harden reads FILE."
  (and file
       (let ((case-fold-search t))
         (or (string-match-p harden--names file)
             (and harden-python (string-match-p "\\.pyw?\\'" file))))))

;;; eglot

(defvar eglot-server-programs)
(declare-function eglot-ensure "eglot")
(declare-function eglot-managed-p "eglot")
(declare-function eglot-code-actions "eglot")

(defun harden-eglot-ensure ()
  "Start Harden by eglot if it reads this file.
What other files of the mode are served by stays as it is."
  (when (harden-file-p buffer-file-name)
    (require 'eglot)
    (setq-local eglot-server-programs (list (cons major-mode harden-command)))
    (eglot-ensure)))

;;; lsp-mode

(declare-function lsp-deferred "lsp-mode")
(declare-function lsp-register-client "lsp-mode")
(declare-function lsp-stdio-connection "lsp-mode")
(declare-function make-lsp-client "lsp-mode")
(declare-function lsp-execute-code-action-by-kind "lsp-mode")

(defun harden-lsp-deferred ()
  "Start Harden by lsp-mode if it reads this file, beside other servers."
  (when (harden-file-p buffer-file-name)
    (require 'lsp-mode)
    (lsp-deferred)))

(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection (lambda () harden-command))
                    :activation-fn #'harden-file-p
                    :language-id #'harden--language-id
                    :server-id 'harden
                    :add-on? t
                    :multi-root t)))

(defun harden--language-id (buffer)
  "The protocol's name for the language of BUFFER."
  (let ((mode (symbol-name (buffer-local-value 'major-mode buffer))))
    (replace-regexp-in-string "\\(?:-ts\\)?-mode\\'" "" mode)))

;;; Fix on save

(defun harden-fix-before-save ()
  "Apply the safe fixes.
A failure is told, and never keeps a file from being saved."
  (when (harden-file-p buffer-file-name)
    ;; A click that came before would make a menu of the actions.
    (let ((last-nonmenu-event ?s))
      (condition-case error
          (cond
           ((and (fboundp 'eglot-managed-p) (eglot-managed-p))
            (when (eglot-code-actions (point-min) (point-max) "source.fixAll.harden")
              (eglot-code-actions (point-min) (point-max) "source.fixAll.harden" t)))
           ((bound-and-true-p lsp-mode)
            (condition-case nil
                (lsp-execute-code-action-by-kind "source.fixAll.harden")
              (lsp-no-code-actions nil))))
        (error (message "harden: %s" (error-message-string error)))))))

(provide 'harden)
;;; harden.el ends here
