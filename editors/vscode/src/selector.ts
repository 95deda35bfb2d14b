import type { DocumentFilter } from 'vscode-languageclient/node';

/**
 * What is ours. Never all YAML and never all INI or TOML: other files of these languages are not ours to look at. Files
 * that only their content makes ours are asked for by the server, one by one.
 */
const FILES: { language?: string; pattern?: string }[] = [
  { language: 'python' },
  { language: 'dockerfile' },
  { language: 'dockercompose' },
  { pattern: '**/{docker-compose,compose}.{yml,yaml}' },
  { pattern: '**/{docker-compose,compose}[._-]*.{yml,yaml}' },
  { pattern: '**/{harden.toml,pyproject.toml,tox.ini,setup.cfg}' },
  { pattern: '**/{pytest,.pytest}.{ini,toml}' },
  { pattern: '**/*requirements*.txt' },
  { pattern: '**/requirements/*.txt' },
  { pattern: '**/{.env,.env.*}' },
  { pattern: '**/.github/workflows/*.{yml,yaml}' },
  { pattern: '**/*{prometheus,alert}*.{yml,yaml}' },
  { pattern: '**/*rules.{yml,yaml}' },
];

export const SELECTOR: DocumentFilter[] = FILES.flatMap((file) =>
  ['file', 'untitled'].map((scheme) => ({ ...file, scheme }) as DocumentFilter),
);
