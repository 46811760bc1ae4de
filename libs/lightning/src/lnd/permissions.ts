/** What each call of the port needs of lnd, put together from the files that make the calls (S35). */
import type { LightningNode } from '../port.js';
import * as cancelHold from './cancel-hold.js';
import * as channelsActive from './channels-active.js';
import * as createHold from './create-hold.js';
import * as createInvoice from './create-invoice.js';
import * as decode from './decode.js';
import * as holdExpiryDelta from './hold-expiry-delta.js';
import * as identity from './identity.js';
import * as lookUpInvoice from './look-up-invoice.js';
import * as lookUpPayment from './look-up-payment.js';
import * as pay from './pay.js';
import * as probe from './probe.js';
import * as settleHold from './settle-hold.js';
import * as tip from './tip.js';
import * as watchEnds from './watch-ends.js';
import * as watchInvoice from './watch-invoice.js';
import * as watchPayment from './watch-payment.js';
import * as watchTip from './watch-tip.js';

/** A call of the port, by its name. */
export type NodeCall = Exclude<keyof LightningNode, 'close'>;

const OF_CALL: Readonly<Record<NodeCall, readonly string[]>> = {
  identity: identity.permissions,
  tip: tip.permissions,
  watchTip: watchTip.permissions,
  holdExpiryDelta: holdExpiryDelta.permissions,
  createHold: createHold.permissions,
  createInvoice: createInvoice.permissions,
  lookUpInvoice: lookUpInvoice.permissions,
  watchInvoice: watchInvoice.permissions,
  watchEnds: watchEnds.permissions,
  settleHold: settleHold.permissions,
  cancelHold: cancelHold.permissions,
  decode: decode.permissions,
  pay: pay.permissions,
  lookUpPayment: lookUpPayment.permissions,
  watchPayment: watchPayment.permissions,
  probe: probe.permissions,
  channelsActive: channelsActive.permissions,
};

/** lnd URIs for these calls; every stream needs GetInfo too, by which its connection is kept alive. */
export const lndPermissionsFor = (calls: readonly NodeCall[]): string[] =>
  [...new Set([...identity.permissions, ...calls.flatMap((call) => OF_CALL[call])])].sort();

/** lnd URIs for everything the port can ask. */
export const LND_PERMISSIONS: readonly string[] = lndPermissionsFor(Object.keys(OF_CALL) as NodeCall[]);
