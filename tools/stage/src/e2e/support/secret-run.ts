/**
 * A process of its own: three daemons that log everything, whole trades with failures, and what was secret in them. Its
 * standard output is the daemons' log; what else there is to look through goes to its parent.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPrivatePostgres } from '@tercet/regtest';
import { TercetError } from '@tercet/protocol';
import { rpc } from '@tercet/protocol';
import type { LightningNode } from '@tercet/lightning';
import { MemoryStage } from '../../bench/memory-stage.js';
import { freeAddress } from '../../stage/free-port.js';
import { PARTIES } from '../../stage/layout.js';
import { completeTrade, startTrade } from '../../stage/trade.js';
import type { Secret } from './secret-forms.js';

/** What the parent looks through. */
export interface SecretRun {
  secrets: Secret[];
  texts: { place: string; text: string }[];
  /** Data folders of the daemons that still run. */
  folders: string[];
}

const secrets: Secret[] = [];
const texts: SecretRun['texts'] = [];
const AT_ONCE = { call: 0, arrival: 0, settlement: 0, payment: 0 };
let broken = 0;

/** Notes what goes to the node, and makes some calls fail with words that quote an invoice, as nodes do. */
const noting = (node: LightningNode): LightningNode => ({
  ...node,
  close: () => {
    node.close();
  },
  async createInvoice(request) {
    secrets.push({ name: `preimage of ${request.description}`, text: request.preimage });
    const invoice = await node.createInvoice(request);
    if (request.description.includes('payout')) secrets.push({ name: 'payout invoice', text: invoice });
    return invoice;
  },
  settleHold(hash, preimage) {
    secrets.push({ name: 'escrow preimage', text: preimage });
    return node.settleHold(hash, preimage);
  },
  decode(request) {
    broken += 1;
    return broken % 3 === 1
      ? Promise.reject(new Error(`no answer while decoding ${request}`))
      : node.decode(request);
  },
});

const metrics = { maker: await freeAddress(), taker: await freeAddress(), agent: await freeAddress() };
/** The agent's journal is in PostgreSQL, as an operator's; the others' are SQLite files in their folders. */
const postgres = await startPrivatePostgres();
const agentsDatabase = await postgres.createDatabase('agent');
const stage = await MemoryStage.put(
  AT_ONCE,
  (party) => ({
    logLevel: 'trace',
    metricsListen: metrics[party],
    reconcileSeconds: 5,
    databaseUrl: party === 'agent' ? agentsDatabase : undefined,
  }),
  noting,
);
for (const party of PARTIES) {
  const { dir } = stage.places[party];
  secrets.push({ name: `seed of the ${party}`, text: (await readFile(join(dir, 'seed'), 'utf8')).trim() });
  for (const file of await readdir(join(dir, 'tokens'))) {
    const text = (await readFile(join(dir, 'tokens', file), 'utf8')).trim();
    secrets.push({ name: `${party} ${file}`, text });
  }
}
secrets.push({ name: "maker's account", text: 'DE02 1203 0000 0000 2020 51' });
secrets.push({ name: "taker's account", text: 'FR76 3000 6000 0112 3456 7890 189' });

/** A call that fails, and everything that its client hears of it. */
async function failing(what: string, call: Promise<unknown>): Promise<void> {
  try {
    await call;
    throw new Error(`${what} was taken`);
  } catch (error) {
    if (!(error instanceof TercetError)) throw error;
    const { code, message, wayOut, details, cause } = error;
    texts.push({
      place: `error ${what}`,
      text: JSON.stringify({ code, message, wayOut, details, cause: String(cause) }),
    });
  }
}

const trade = (party: (typeof PARTIES)[number]) => stage.daemons[party].client(rpc.TradeServiceDefinition);
const answers = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

/** Who has paid an invoice holds its preimage as the proof, in its own account book: there, and nowhere else in the answer. */
const proofsAside = (view: rpc.Trade | undefined) => ({
  ...view,
  ledger: view?.ledger.map((line) =>
    line.kind === 'payment' && line.status === 'paid' ? { ...line, preimage: '' } : line,
  ),
});

for (const shape of ['AGENT_HELD', 'PEER_HELD'] as const) {
  for (const direction of ['maker-sells', 'maker-buys'] as const) {
    const whole = await startTrade(stage, { shape, direction });
    await failing('release too early', (await trade(whole.payee)).release({ tradeId: whole.tradeId }));
    await completeTrade(whole);
    const left = await startTrade(stage, { shape, direction });
    await left.reaches(left.payee, 'engine', 'performing');
    await left.cancel(left.payee, true);
    await left.ends(left.payer);
    for (const { tradeId } of [whole, left]) {
      const { trade: view } = await (await trade('agent')).getTrade({ tradeId });
      texts.push({ place: 'what the agent answers', text: JSON.stringify(proofsAside(view), answers) });
    }
  }
}
const maker = await stage.daemons.maker.client(rpc.MakerServiceDefinition);
const offer = {
  side: rpc.Side.SELL,
  amountMsat: 100_000_000n,
  paymentDetails: 'IBAN DE02 1203 0000 0000 2020 51',
};
await failing('an offer without a currency', maker.createOffer(offer));
const taker = await stage.daemons.taker.client(rpc.TakerServiceDefinition);
await failing(
  'an order that is none',
  taker.take({ orderUri: 'tercet:order/e30', paymentDetails: 'FR76 3000 6000 0112 3456 7890 189' }),
);
for (const party of PARTIES) {
  const page = await (await fetch(`http://${metrics[party]}/metrics`)).text();
  texts.push({ place: `metrics of the ${party}`, text: page });
  const status = await (await stage.daemons[party].client(rpc.DaemonServiceDefinition)).getStatus({});
  texts.push({ place: `status of the ${party}`, text: JSON.stringify(status, answers) });
}
const dump = await promisify(execFile)('pg_dump', ['--inserts', agentsDatabase], { maxBuffer: 100_000_000 });
texts.push({ place: 'database of the agent', text: dump.stdout });

const run: SecretRun = { secrets, texts, folders: PARTIES.map((party) => stage.places[party].dir) };
process.once('message', () => {
  void stage
    .strike()
    .then(() => postgres.stop())
    .then(() => process.disconnect());
});
process.send?.(run);
