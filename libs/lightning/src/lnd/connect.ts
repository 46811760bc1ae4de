import type { LightningNode } from '../port.js';
import { readAccess, type LndOptions } from './access.js';
import { cancelHold } from './cancel-hold.js';
import { channelsActive } from './channels-active.js';
import { Connection, DEFAULT_DEADLINE_MS } from './connection.js';
import { createHold } from './create-hold.js';
import { createInvoice } from './create-invoice.js';
import { decode } from './decode.js';
import { HeldHtlcs } from './held-htlcs.js';
import { holdExpiryDelta } from './hold-expiry-delta.js';
import { identity } from './identity.js';
import { lookUpInvoice } from './look-up-invoice.js';
import { lookUpPayment } from './look-up-payment.js';
import { pay } from './pay.js';
import { probe } from './probe.js';
import { settleHold } from './settle-hold.js';
import { tip } from './tip.js';
import { watchEnds } from './watch-ends.js';
import { watchInvoice } from './watch-invoice.js';
import { watchPayment } from './watch-payment.js';
import { watchTip } from './watch-tip.js';

const DEFAULT_PULSE_MS = 30_000;

/**
 * An lnd as the port wants it. Nothing is sent yet: the first call finds out whether the node is there, unlocked, and
 * takes our certificate and macaroon. One connection serves all calls until `close`.
 */
export const connectLnd = (options: LndOptions): LightningNode => {
  const lnd = new Connection(
    readAccess(options),
    options.deadlineMs ?? DEFAULT_DEADLINE_MS,
    options.pulseMs ?? DEFAULT_PULSE_MS,
  );
  const held = new HeldHtlcs();
  return {
    identity: identity(lnd),
    tip: tip(lnd),
    watchTip: watchTip(lnd),
    holdExpiryDelta: holdExpiryDelta(lnd),
    createHold: createHold(lnd),
    createInvoice: createInvoice(lnd),
    lookUpInvoice: lookUpInvoice(lnd, held),
    watchInvoice: watchInvoice(lnd),
    watchEnds: watchEnds(lnd, held),
    settleHold: settleHold(lnd),
    cancelHold: cancelHold(lnd),
    decode: decode(lnd),
    pay: pay(lnd),
    lookUpPayment: lookUpPayment(lnd),
    watchPayment: watchPayment(lnd),
    probe: probe(lnd),
    channelsActive: channelsActive(lnd),
    close: () => {
      lnd.close();
    },
  };
};
