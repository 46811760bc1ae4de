import { TercetError } from '@tercet/protocol';
import type { LightningNode, PayRequest } from '../port.js';
import type { Connection } from './connection.js';
import { decode } from './decode.js';
import { isAlreadyThere, isRefusal, reasonOf } from './errors.js';
import { lookUpPayment } from './look-up-payment.js';
import { paymentState } from './payment-state.js';

export const permissions = [
  '/routerrpc.Router/SendPaymentV2',
  '/routerrpc.Router/TrackPaymentV2',
  '/lnrpc.Lightning/DecodePayReq',
] as const;

const refused = (reason: string, cause?: unknown): TercetError =>
  new TercetError('PAYMENT_REFUSED', `The payment wasn't started: ${reason}. Nothing left our node.`, {
    wayOut: 'Ask for an invoice and limits that fit, or try again.',
    cause,
  });

/** S4: the invoice is the one that is owed, judged where it is paid. */
const assertOwed = async (lnd: Connection, request: PayRequest): Promise<void> => {
  // lnd reads 0 as "no limit of mine".
  if (request.cltvLimit <= 0) throw refused('no block is left for it');
  const invoice = await decode(lnd)(request.request);
  if (invoice.hash !== request.hash) throw refused('the invoice has another payment hash');
  if (invoice.amountMsat !== request.amountMsat) throw refused('the invoice asks for another amount');
  if (invoice.unknownRequiredFeature) throw refused('the invoice needs a feature our node lacks');
};

/**
 * Starts a payment, in parts where lnd finds that better. lnd keeps one payment per hash: a second try under a hash
 * that isn't failed answers with the first (S1). The stream is let go after its first word, which isn't `cancelable`,
 * so the payment goes on. `cltv_limit` counts from the tip to our first HTLC's expiry: the payee's final CLTV and lnd's
 * 3 blocks of padding are in it, and lnd refuses a limit that leaves nothing beyond those.
 * lnd permission: /routerrpc.Router/SendPaymentV2, /routerrpc.Router/TrackPaymentV2, /lnrpc.Lightning/DecodePayReq
 */
export const pay =
  (lnd: Connection): LightningNode['pay'] =>
  async (request) => {
    await assertOwed(lnd, request);
    try {
      const first = await lnd.first('start a payment', (to, o) =>
        to.router.sendPaymentV2(
          {
            payment_request: request.request,
            fee_limit_msat: String(request.maxFeeMsat),
            cltv_limit: request.cltvLimit,
            timeout_seconds: request.attemptSeconds,
          },
          o,
        ),
      );
      return paymentState(first);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const known = await lookUpPayment(lnd)(request.hash);
      // Where lnd knows no payment, or only one that failed before, the refusal came before anything was sent.
      if (!isAlreadyThere(error) && (known.state === 'absent' || known.state === 'failed'))
        throw refused(reasonOf(error), error);
      return known;
    }
  };
