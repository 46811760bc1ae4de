import { p2wpkh, TEST_NETWORK, Transaction } from '@scure/btc-signer';
import { pubECDSA, randomPrivateKeyBytes } from '@scure/btc-signer/utils.js';

import type { Chain } from './port.js';

const regtest = { ...TEST_NETWORK, bech32: 'bcrt' };
const firstSubsidySat = 5_000_000_000n;
const fundingFeeSat = 100_000n;

/** The key that mines, and spends what it mined: the money of a network comes from here. */
export class Miner {
  private readonly key = randomPrivateKeyBytes();
  private readonly payment = p2wpkh(pubECDSA(this.key), regtest);
  /** Of the first 150 blocks, which pay 50 bitcoin each, the next one not spent yet. */
  private nextCoinbase = 1;

  get address(): string {
    return this.payment.address;
  }

  /** Pays all `outputs` in one transaction, left in the mempool; returns its id. Needs segwit active and 100 blocks on top. */
  async pay(chain: Chain, outputs: readonly { address: string; amountSat: bigint }[]): Promise<string> {
    const owedSat = outputs.reduce((sum, { amountSat }) => sum + amountSat, fundingFeeSat);
    const transaction = new Transaction();
    let heldSat = 0n;
    while (heldSat < owedSat) {
      transaction.addInput({
        txid: await coinbaseAt(chain, this.nextCoinbase),
        index: 0,
        witnessUtxo: { script: this.payment.script, amount: firstSubsidySat },
      });
      this.nextCoinbase += 1;
      heldSat += firstSubsidySat;
    }
    for (const { address, amountSat } of outputs) transaction.addOutputAddress(address, amountSat, regtest);
    if (heldSat > owedSat) transaction.addOutputAddress(this.address, heldSat - owedSat, regtest);
    transaction.sign(this.key);
    transaction.finalize();
    return String(await chain.call('sendrawtransaction', [transaction.hex]));
  }
}

async function coinbaseAt(chain: Chain, height: number): Promise<string> {
  const block = (await chain.call('getblock', [await chain.call('getblockhash', [height]), 1])) as {
    tx: string[];
  };
  const [coinbase] = block.tx;
  if (coinbase === undefined) throw new Error(`Block ${String(height)} has no transaction`);
  return coinbase;
}
