/**
 * Invoices that run out within seconds. A daemon asks its node for the invoices of its trades, for hours or weeks; where
 * the node has one under that hash already, of the same amount and words, that is the one it gets. So the very invoice is
 * made first, with another expiry.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { seedPath } from '@tercet/daemon';
import { deriveKey, loadSeed } from '@tercet/journal';
import type { LightningNode } from '@tercet/lightning';
import {
  blocks,
  SMALLEST_FINAL_CLTV,
  termsHashOf,
  type Msat,
  type PaymentHash,
  type Preimage,
  type Terms,
} from '@tercet/protocol';
import type { DaemonProcess } from '../../stage/daemon-process.js';

/** The preimage that a daemon draws for a purpose of a trade (protocol.md section 2), at the first attempt. */
export function preimageOf(daemon: DaemonProcess, terms: Terms, purpose: string): Preimage {
  const seed = loadSeed(seedPath(daemon.spec.dir));
  return Buffer.from(deriveKey(seed, 'preimage', termsHashOf(terms), purpose, '1')).toString(
    'hex',
  ) as Preimage;
}
export const hashOf = (preimage: Preimage): PaymentHash =>
  createHash('sha256').update(Buffer.from(preimage, 'hex')).digest('hex') as PaymentHash;

/** An ordinary invoice of a daemon, as it will ask for it. */
export function shortInvoice(
  lnd: LightningNode,
  terms: Terms,
  {
    preimage,
    amountMsat,
    words,
    seconds,
  }: { preimage: Preimage; amountMsat: Msat; words: string; seconds: number },
): Promise<string> {
  return lnd.createInvoice({
    amountMsat,
    finalCltv: SMALLEST_FINAL_CLTV,
    expirySeconds: seconds,
    description: `tercet ${termsHashOf(terms)} ${words}`,
    preimage,
  });
}

/** The hold invoice of an escrow, as its host will ask for it. */
export function shortHold(
  lnd: LightningNode,
  terms: Terms,
  hash: PaymentHash,
  seconds: number,
): Promise<string> {
  return lnd.createHold({
    hash,
    amountMsat: terms.priceMsat,
    cltvExpiry: blocks(terms.windows.cltvExpiry),
    expirySeconds: seconds,
    description: `tercet ${termsHashOf(terms)}`,
  });
}

/** Waits until so many milliseconds after (less than 0: before) a time; fails where that has passed already. */
export async function pauseTo(timeMs: number, afterMs: number): Promise<void> {
  const leftMs = timeMs + afterMs - Date.now();
  if (leftMs < 0)
    throw new Error(`too late by ${String(-leftMs)} ms: the trade took longer than its invoice`);
  await pause(leftMs);
}
