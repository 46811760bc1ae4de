/** Invoices judged by a real lnd through our adapter (S4): what it refuses is refused, and of the rest only the real one is paid. */
import { randomBytes } from 'node:crypto';
import { invoiceFault } from '@tercet/daemon/fuzz';
import { connectLnd, type DecodedInvoice, type LightningNode } from '@tercet/lightning';
import { blocks, hasCode, sat, unixMs } from '@tercet/protocol';
import type { PaymentHash, PaymentRequest, Preimage } from '@tercet/protocol';
import { codeOfRefusal, decoder, mutatedInvoice, type Decoder } from '@tercet/protocol/fuzz';
import { regtestBinaries, startNetwork, type LndNode } from '@tercet/regtest';
import fc from 'fast-check';

const connected = ({
  rpcSocket: socket,
  tlsCertPath: certPath,
  adminMacaroonPath: macaroonPath,
}: LndNode): LightningNode => connectLnd({ socket, certPath, macaroonPath });

/** One of each kind that a trade has: a hold, an ordinary invoice, a long description. */
async function realInvoices(payee: LightningNode): Promise<PaymentRequest[]> {
  const hash = randomBytes(32).toString('hex') as PaymentHash;
  const hold = await payee.createHold({
    hash,
    amountMsat: sat(100_000),
    cltvExpiry: blocks(432),
    expirySeconds: 3600,
    description: 'tercet hold',
  });
  const ordinary = ['tercet payout', 'x'.repeat(600), ''].map((description) =>
    payee.createInvoice({
      amountMsat: sat(100_000),
      finalCltv: blocks(24),
      expirySeconds: 3600,
      description,
      preimage: randomBytes(32).toString('hex') as Preimage,
    }),
  );
  return [hold, ...(await Promise.all(ordinary))];
}

/** Starts two nodes of their own; `close` stops them. */
export async function invoiceLndDecoder(): Promise<Decoder> {
  const network = await startNetwork({ binaries: regtestBinaries(), nodes: ['own', 'other'], channels: [] });
  const [own, other] = [connected(network.node('own')), connected(network.node('other'))];
  const real = new Map<string, DecodedInvoice>();
  for (const request of await realInvoices(other)) real.set(request, await own.decode(request));
  return decoder<string>({
    name: 'invoice-lnd',
    inputs: mutatedInvoice(fc.constantFrom(...real.keys())),
    async feed(text) {
      let read: DecodedInvoice;
      try {
        read = await own.decode(text as PaymentRequest);
      } catch (error) {
        // Of the node's answers only this one means "not paid"; any other would be tried again.
        if (hasCode(error, 'INVOICE_INVALID')) return codeOfRefusal(error);
        throw error;
      }
      return outcomeOf(text, read, real);
    },
    async close() {
      own.close();
      other.close();
      await network.stop();
    },
  });
}

/** What paying would say of it, whichever of the real invoices was expected. */
function outcomeOf(text: string, read: DecodedInvoice, real: ReadonlyMap<string, DecodedInvoice>): string {
  const reasons = [...real].map(([request, { hash, payee, finalCltv, amountMsat }]) => {
    if (amountMsat === undefined) throw new Error('a real invoice names no amount');
    const expect = { hash, payee, amountMsat, leastFinalCltv: finalCltv, mostFinalCltv: finalCltv };
    const fault = invoiceFault(read, { expect }, 'regtest', unixMs(Date.now()));
    if (!fault && text.toLowerCase() !== request) throw new Error(`${text} would be paid for ${request}`);
    return fault?.reason;
  });
  return reasons.includes(undefined) ? 'decoded' : (reasons[0] ?? 'none expected');
}
