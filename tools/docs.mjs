/**
 * The parts of docs/ that are read from the program itself, so that they can't say anything else than what runs:
 * state diagrams from the tables, settings and node permissions from the daemons, error codes from the sources.
 *   node tools/docs.mjs           writes them (after `npm run build`)
 *   node tools/docs.mjs --check   fails when what is committed differs, or a rule that a table cites is explained nowhere
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

import { configTable, EXIT } from '../libs/daemon/dist/index.js';
import { LND_PERMISSIONS } from '../libs/lightning/dist/index.js';
import { ALARMS, BOUNDS, LATE_ALARMS, mermaid, TABLES, waitsOf } from '../libs/protocol/dist/index.js';

const root = resolve(import.meta.dirname, '..');
const GENERATED = '<!-- Written by tools/docs.mjs ("npm run docs"); changes here are lost. -->';

/* ---- states ---- */

/** One line on each table. A table without a line, or a line without a table, stops the generator. */
const ABOUT = {
  'deal.maker':
    'The maker of an order, from the first take-order until all have signed. One trade at a time holds the order; when a deal comes to nothing the order is open again.',
  'deal.taker': 'The taker: asks the agent for terms, pays its retain fee, signs, and waits for the maker.',
  'deal.agent':
    'The agent: answers a solicitation with signed terms, and makes them valid with its second signature once the fee is paid and all have signed. It starts nothing.',
  'fiat.payer':
    'The bitcoin seller, whichever of maker and taker that is. It tells its account after `locked`, and releases when the fiat is there.',
  'fiat.payee':
    'The bitcoin buyer. It asks the agent before it pays, pays only with an acknowledgement in hand, and says "sent".',
  'fiat.agent': 'The agent keeps the windows, and records what was said first: cancel or acknowledgement.',
  'AGENT_HELD.payer': "The bitcoin seller's sats in AGENT_HELD: it pays a hold invoice of the agent.",
  'AGENT_HELD.payee': "The bitcoin buyer in AGENT_HELD: it hosts nothing and waits for the agent's payout.",
  'AGENT_HELD.agent':
    'The agent in AGENT_HELD: it hosts the hold and knows its preimage. It pays first and settles then while a route fits; what is open 24 blocks before A goes into custody and stays owed.',
  'PEER_HELD.payer':
    "The bitcoin seller's sats in PEER_HELD: it pays a hold invoice of the buyer's own node.",
  'PEER_HELD.payee':
    'The bitcoin buyer in PEER_HELD: its own node holds the payment, and it settles with the preimage that the agent discloses on release.',
  'PEER_HELD.agent': 'The agent in PEER_HELD: it knows the preimage and holds no sats.',
  debt: "Whoever owes sats pays them here: an agent its payouts and refunds from custody, a seller a price whose hold was lost, a buyer in PEER_HELD the agent's success fee. One live payment for each debt; only the fee is given up, after sixteen tries.",
  claim:
    'Whoever is owed sats makes the invoices for them here: the first payout invoice, and a fresh one whenever a debtor asks. In PEER_HELD the agent makes fresh ones for its fee.',
};

/** What ends each wait of a table. */
function waitsTable(table) {
  const rows = waitsOf(table).flatMap(({ state, deadlines, otherwise }) => [
    ...deadlines.map(({ name, at, then }) => `| ${state} | ${at} | ${name}: ${then} |`),
    ...(otherwise === undefined ? [] : [`| ${state} | | ${otherwise} |`]),
  ]);
  return ['| wait | until | what ends it |', '|---|---|---|', ...rows].join('\n');
}

const inTable = (head, entries) =>
  [`| ${head} | what it means |`, '|---|---|', ...entries.map(([name, why]) => `| ${name} | ${why} |`)].join(
    '\n',
  );

function statesPage() {
  const names = TABLES.map(({ name }) => name);
  const odd = [
    ...names.filter((name) => !(name in ABOUT)),
    ...Object.keys(ABOUT).filter((name) => !names.includes(name)),
  ];
  if (odd.length > 0) throw new Error(`docs.mjs: tables and their lines don't fit: ${odd.join(', ')}`);
  const sections = TABLES.map(
    (table) =>
      `## ${table.name}\n\n${ABOUT[table.name]}\n\n\`\`\`mermaid\n${mermaid(table)}\`\`\`\n\n${waitsTable(table)}\n`,
  );
  return `${GENERATED}

# States

Every daemon runs each trade as five small machines beside each other: the **deal** (who signed what), the **engine** (the fiat
side), the **escrow** (the sats), and two for **debts** (what I owe, what is owed to me). The pictures below are drawn from the
tables that the program runs, an arrow for each row. A message, a word of the node, a command (\`cmdSent\`) or a deadline moves a
machine along the first arrow whose conditions hold; "if it fits" marks those with conditions. The codes in brackets name the
[rules](protocol.md#rules-by-number) that an arrow keeps.

## Waits

Under each picture stand its waits and what ends them: a height or a time, with the name of the deadline and the state that it leads
to; where there is none, or where it only tells, who ends the wait. Sats that are locked wait for heights only. Deadlines are kept in the
journal; each new block fires those of its height, a BullMQ job those of a time, and a reconcile job once a minute
whatever both have missed.

${inTable('ended by', Object.entries(BOUNDS))}

These deadlines end nothing, since only a node or the other side can. That they passed is told once: a warning of the trade, a line in the
log, \`tercet_alarms_total\`.

${inTable('told', Object.entries(ALARMS))}

So is what the node says of a payment that an operator had declared failed.

${inTable('told', Object.entries(LATE_ALARMS))}

${sections.join('\n')}`;
}

/** Numbers of rules that tables cite and protocol.md doesn't explain. */
function unexplained() {
  const explained = new Set(
    [...readFileSync(join(root, 'docs/protocol.md'), 'utf8').matchAll(/^\| ([AS]\d+) +\|/gm)].map(
      (m) => m[1],
    ),
  );
  const cited = TABLES.flatMap(({ states }) =>
    Object.values(states).flatMap(({ rows }) => rows.flatMap(({ cites }) => cites.split(' '))),
  );
  return [...new Set(cited)].filter((number) => !explained.has(number)).sort();
}

/* ---- settings ---- */

const ROLES = ['maker', 'taker', 'agent'];
const cellsOf = (line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
/** key -> [default, allowed, what it is]; environment and flag follow from the key by a rule that the page states. */
const settingsOf = (role) =>
  new Map(
    configTable(role)
      .split('\n')
      .slice(2)
      .filter((line) => line.startsWith('|'))
      .map(cellsOf)
      .map(([key, , , fallback, allowed, what]) => [key, { fallback, allowed, what }]),
  );

const settingsTable = (rows) =>
  [
    '| key | default | allowed | what it is |',
    '|---|---|---|---|',
    ...rows.map(([key, { fallback, allowed, what }]) => `| ${key} | ${fallback} | ${allowed} | ${what} |`),
  ].join('\n');

function settings() {
  const all = Object.fromEntries(ROLES.map((role) => [role, settingsOf(role)]));
  const shared = [...all.maker].filter(([key]) => ROLES.every((role) => all[role].has(key)));
  const own = (role) => [...all[role]].filter(([key]) => !shared.some(([name]) => name === key));
  const oneForAll = shared.map(([key, setting]) => {
    const fallbacks = [...new Set(ROLES.map((role) => all[role].get(key).fallback))];
    return [key, { ...setting, fallback: fallbacks.join(' / ') }];
  });
  return [
    'All three daemons (where a default differs: maker / taker / agent):',
    settingsTable(oneForAll),
    'Maker and taker besides:',
    settingsTable(own('maker')),
    'Agent besides:',
    settingsTable(own('agent')),
  ].join('\n\n');
}

const permissions = () => LND_PERMISSIONS.map((uri) => `- \`${uri}\``).join('\n');

/* ---- errors ---- */

const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$|^(USAGE|DECLINED|INTERNAL|REPLAYED)$/;
const NOT_SHOWN = /\.test\.ts$|\/(testing|contract|memory|gen|simulator)\//;

/** What a text in the sources says; `…` where it depends on the case. */
function words(node) {
  if (!node) return '';
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  if (ts.isConditionalExpression(node)) return `${words(node.whenTrue)} / ${words(node.whenFalse)}`;
  if (ts.isBinaryExpression(node)) return words(node.left) + words(node.right);
  if (ts.isParenthesizedExpression(node)) return words(node.expression);
  return '…';
}

const property = (node, name) =>
  node && ts.isObjectLiteralExpression(node)
    ? node.properties.find((one) => ts.isPropertyAssignment(one) && one.name.getText() === name)?.initializer
    : undefined;

const says = (code, message, wayOut) => {
  if (!code || !ts.isStringLiteral(code) || !CODE.test(code.text)) return undefined;
  return { code: code.text, message: words(message), wayOut: words(wayOut) };
};

/** `new TercetError(code, message, { wayOut })`, `refuse(code, text, wayOut)` and `{ code, text, wayOut }`. */
function errorAt(node) {
  if (ts.isNewExpression(node) && node.expression.getText() === 'TercetError') {
    const [code, message, options] = node.arguments ?? [];
    return says(code, message, property(options, 'wayOut'));
  }
  if (ts.isCallExpression(node) && /^(refuse|refused|refusal)$/.test(node.expression.getText())) {
    const [code, message, wayOut] = node.arguments;
    return says(code, message, wayOut);
  }
  return says(property(node, 'code'), property(node, 'text'), property(node, 'wayOut'));
}

function errorsIn(path) {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    const error = errorAt(node);
    if (error) found.push({ ...error, path });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const sourcesUnder = (folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /\/src\/.*\.ts$/.test(path) && !/\/node_modules\//.test(path) && !NOT_SHOWN.test(path))
    .sort();

const SECTIONS = [
  ['The command line', /\/apps\/cli\//],
  [
    'Rules of a trade, orders, terms and messages',
    /\/libs\/protocol\/|\/daemon\/src\/(services|peers|executor)\//,
  ],
  ['Agents', /\/daemon\/src\/agents\//],
  ['Payments, spend cap, kill switch', /\/daemon\/src\/payments\//],
  ['Calls, tokens, certificates', /\/daemon\/src\/grpc\//],
  ['Configuration, start and end of a daemon', /\/daemon\/src\/(config|lifecycle|open|observe)\//],
  ['Lightning node', /\/libs\/lightning\/|\/daemon\/src\/(effects|watch)\//],
  ['Store and seed', /\/libs\/journal\//],
  ['Queues', /\/libs\/jobs\//],
];
const sectionOf = ({ path }) => {
  const found = SECTIONS.find(([, pattern]) => pattern.test(path));
  if (!found) throw new Error(`docs.mjs: no section for the errors of ${path}`);
  return found[0];
};

const cell = (text) => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').replace(/[<>]/g, '\\$&').trim();
const errorRow = (code, cases) => {
  // A lone word is an argument that stands for a sentence elsewhere.
  const distinct = (pick) =>
    [...new Set(cases.map(pick).filter((text) => text.includes(' ')))].map(cell).join('<br>') ||
    'depends on the case: the error says it';
  return `| \`${code}\` | ${distinct(({ message }) => message)} | ${distinct(({ wayOut }) => wayOut)} |`;
};

function errorTables() {
  const errors = ['libs', 'apps'].flatMap(sourcesUnder).flatMap(errorsIn);
  const placed = new Map();
  for (const error of errors) {
    const section = [...placed].find(([, codes]) => codes.has(error.code))?.[0] ?? sectionOf(error);
    const codes = placed.get(section) ?? new Map();
    placed.set(section, codes.set(error.code, [...(codes.get(error.code) ?? []), error]));
  }
  return SECTIONS.filter(([name]) => placed.has(name)).map(([name]) => {
    const rows = [...placed.get(name)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, cases]) => errorRow(code, cases));
    return [`## ${name}`, '', '| code | what happened | what to do |', '|---|---|---|', ...rows].join('\n');
  });
}

const errorsPage = () => `${GENERATED}

# Errors

Every error has a **code**, which stays the same over versions; a **message**, which says what happened and what it means for your
sats; and a **way out**. The command line prints all three on stderr, with \`--json\` as
\`{"error":{"code","message","wayOut"}}\`. Over gRPC the code and the way out travel as typed details of the status. \`…\` below stands for
a name, a number or a reason that depends on the case.

Exit codes of \`tercet\` stand in \`tercet --help\`. A daemon ends with: ${Object.entries(EXIT)
  .map(([name, code]) => `${code} (${name})`)
  .join(', ')}; [operating](operating.md#exit-codes) says what each means.

${errorTables().join('\n\n')}
`;

/* ---- files ---- */

/** Replaces what stands between `<!-- generated: NAME -->` and `<!-- end -->`. */
function withBlocks(page, blocks) {
  return Object.entries(blocks).reduce((text, [name, content]) => {
    const start = `<!-- generated: ${name} -->`;
    const [before, rest] = text.split(start);
    const end = rest?.indexOf('<!-- end -->') ?? -1;
    if (end < 0) throw new Error(`docs.mjs: the page has no block ${name}`);
    return `${before}${start}\n\n${content}\n\n${rest.slice(end)}`;
  }, page);
}

const read = (path) => readFileSync(join(root, path), 'utf8');
const pages = {
  'docs/states.md': statesPage(),
  'docs/errors.md': errorsPage(),
  'docs/operating.md': withBlocks(read('docs/operating.md'), {
    settings: settings(),
    permissions: permissions(),
  }),
};

const problems = unexplained().map((number) => `docs/protocol.md: rule ${number} is cited and not explained`);
for (const [path, text] of Object.entries(pages)) {
  const full = join(root, path);
  const pretty = await format(text, { ...(await resolveConfig(full)), filepath: full });
  if (!process.argv.includes('--check')) writeFileSync(full, pretty);
  else if (read(path) !== pretty)
    problems.push(`${path} isn't what the program says. Run "npm run docs" and commit.`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
