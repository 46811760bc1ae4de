/** What must be true when nothing is left to happen: nobody waits, nobody has both or nothing, and what is owed was paid. */
import { feeLimitMsat, graceEnd, isTerminal, partyOf } from '@tercet/protocol';
import { PARTIES } from '../world/scene.js';
import type { Check, Invariant } from './invariant.js';
import type { Sight } from './sight.js';

/** Fees of one payment each for escrow, payout and success fee, none of them above its limit. */
const feesAtMost = (sight: Sight): bigint => 4n * feeLimitMsat(sight.terms?.priceMsat ?? 0n);
const retainOf = (sight: Sight, role: string): bigint => (role === 'taker' ? sight.retainFeePaid : 0n);
/** What the payer gave for good, fees aside; what the payee got. */
const gave = (sight: Sight): bigint => -(sight.gained(sight.payer) + retainOf(sight, sight.payer));
const got = (sight: Sight): bigint => sight.gained(sight.payee) + retainOf(sight, sight.payee);
const price = (sight: Sight): bigint => sight.terms?.priceMsat ?? 0n;

const performed = (sight: Sight): boolean => sight.data(sight.payee)?.fiatSent === true;
/** By its own word, which its daemon gives to agent and payer. */
const gaveUp = (sight: Sight): boolean => sight.data(sight.payee)?.cancelAsked === true;
const refundRecorded = (engine: string | undefined): boolean =>
  engine === 'refunding' || engine === 'refunded';
/**
 * A release counts until whoever hosts the hold has recorded a refund: the agent, or the payee, whose payer then owes by
 * itself. One by hand counts where the agent took it in.
 */
/** The first recorded at the agent holds: a refund of what nobody had sent, though the payee got a release before it. */
const refundedUnsent = (sight: Sight): boolean =>
  sight.world.isHonest('agent') &&
  sight.in('agent', 'engine', 'refunding', 'refunded') &&
  sight.data(sight.payee)?.fiatSent !== true;
const released = (sight: Sight): boolean =>
  sight.in('agent', 'engine', 'releasing', 'released') ||
  (sight.data(sight.payer)?.releaseSigned === true &&
    sight.trade.letters.some(
      ({ from, to, body, engine, honest }) =>
        honest &&
        from === sight.payer &&
        (to === 'agent' || to === sight.host) &&
        body.type === 'release' &&
        !refundRecorded(engine),
    ));
const allHonest = ({ world }: Sight): boolean => world.isHonest(...PARTIES);
const nobodyGone = ({ world }: Sight): boolean => world.parties.all.every(({ isGone }) => !isGone);

const nobodyWaits: Check = ({ sight }) => {
  if (!allHonest(sight) || !nobodyGone(sight)) return undefined;
  const stuck = PARTIES.flatMap((role) => {
    const view = sight.trade.view(role);
    if (!view || view.state.machines.deal === 'new' || isTerminal(partyOf(view.state.data), view.state))
      return [];
    return [`${role} ${JSON.stringify(view.state.machines)}`];
  });
  return stuck.length === 0 ? undefined : `still open: ${stuck.join('; ')}`;
};

/**
 * The payee's own daemon was away before the agent had its "sent", and the grace ran out: its own silence. The agent's
 * outages excuse nothing, it listens for a whole grace after each.
 */
const wasSilent = (sight: Sight): boolean => {
  const agent = sight.data('agent');
  if (!agent?.locked || agent.fiatSent || !sight.in('agent', 'engine', 'refunded', 'refunding')) return false;
  return sight.wasSilent(sight.payee, agent.locked.h, graceEnd(agent) ?? agent.locked.performBy);
};

/** Where somebody cheats a schedule may end before a debt is paid, or custody is over: it stands in the agent's book. */
const agentOwes = (sight: Sight): boolean =>
  !allHonest(sight) && sight.in('agent', 'escrow', 'takingCustody', 'custody', 'settlingFirst', 'owing');

/** Sats and fiat on one side, and nobody owing. */
const nobodyHasBoth: Check = ({ sight, world }) => {
  const { payer, payee } = sight;
  if (!sight.terms) return undefined;
  const owed = (performed(sight) || (released(sight) && !refundedUnsent(sight))) && !wasSilent(sight);
  const mayExpect = world.isHonest('agent', payee) && (sight.isAgentHeld || world.isHonest(payer));
  if (
    owed &&
    mayExpect &&
    nobodyGone(sight) &&
    !gaveUp(sight) &&
    !agentOwes(sight) &&
    sight.data('agent')?.locked &&
    got(sight) <= 0n &&
    (released(sight) || sight.data('agent')?.fiatSent)
  )
    return 'the payee performed or was released, and has nothing';
  if (!allHonest(sight)) return undefined;
  if (gave(sight) > feesAtMost(sight) && got(sight) <= 0n) return 'the payer gave and the payee has nothing';
  return gave(sight) > price(sight) + feesAtMost(sight) ? 'the payer gave more than the price' : undefined;
};

/** What an honest payee had settled without a release and calls refunded, an honest payer has back. */
const refundedIsBack: Check = ({ sight, world }) => {
  const { payer, payee } = sight;
  if (sight.isAgentHeld || !world.isHonest(payer, payee)) return undefined;
  const isBack = sight.hold.state === 'settled' && sight.in(payee, 'escrow', 'refunded');
  return isBack && gave(sight) > feesAtMost(sight)
    ? `the payee calls refunded what it settled, and the payer gave ${gave(sight)} msat`
    : undefined;
};

/** What the payer released no word of the agent's takes back: the payee's own does, where it gives up. */
const releaseStands: Check = ({ sight, world }) => {
  const { payer, payee } = sight;
  const data = sight.data(payer);
  if (sight.isAgentHeld || !world.isHonest(payer, payee) || !data?.releaseSigned) return undefined;
  return sight.in(payer, 'escrow', 'refunded') && sight.hold.state === 'cancelled' && !gaveUp(sight)
    ? 'released, and the payer calls it refunded'
    : undefined;
};

/** No word of the agent's makes a payer pay what nobody sent and it never released; what was settled early is on its way back. */
const nothingForNothing: Check = ({ sight, world }) => {
  const { payer, payee } = sight;
  if (sight.isAgentHeld || !world.isHonest(payer, payee) || !nobodyGone(sight)) return undefined;
  const earned = performed(sight) || sight.data(payer)?.releaseSigned === true;
  const onItsWay = sight.in(payee, 'escrow', 'unreleased', 'repaying');
  return !earned && !onItsWay && got(sight) > feesAtMost(sight)
    ? `nobody sent or released, and the payee has ${got(sight)} msat`
    : undefined;
};

const silenceCostsNothing: Check = ({ sight, world }) => {
  if (!sight.terms || !world.isHonest(sight.payer, 'agent')) return undefined;
  const paidFor = sight.data('agent')?.fiatSent === true || released(sight);
  // Told that the fiat was sent, and released after a refund was ruled all the same: no silence, but its own word.
  const ownWord =
    sight.data(sight.payer)?.releaseSigned === true && sight.data(sight.payer)?.fiatSent === true;
  return !paidFor &&
    !ownWord &&
    gave(sight) > feesAtMost(sight) &&
    sight.payment(sight.payer, sight.data(sight.payer)?.escrowHash ?? ('' as never)).state !== 'inFlight'
    ? `nobody performed or released, and the payer gave ${gave(sight)} msat`
    : undefined;
};

const agentKeepsNothing: Check = ({ sight }) => {
  const { terms } = sight;
  if (!terms || !allHonest(sight) || !nobodyGone(sight)) return undefined;
  const mayHave = sight.retainFeePaid + terms.successFeeMsat + feesAtMost(sight);
  return sight.gained('agent') > mayHave ? `the agent has ${sight.gained('agent')} msat` : undefined;
};

export const ENDS: readonly Invariant[] = [
  { number: 'S9', title: 'nothing is open when all is over', when: 'end', check: nobodyWaits },
  { number: 'S10', title: 'the agent keeps its fees and no more', when: 'end', check: agentKeepsNothing },
  { number: 'S56', title: 'nobody has both, or nothing', when: 'end', check: nobodyHasBoth },
  { number: 'S48', title: 'what was settled and refunded is back', when: 'end', check: refundedIsBack },
  { number: 'S56', title: 'what was released stays owed', when: 'end', check: releaseStands },
  {
    number: 'S59',
    title: 'silence costs the payer blocks and no sats',
    when: 'end',
    check: silenceCostsNothing,
  },
  { number: 'S59', title: 'nothing sent, nothing paid', when: 'end', check: nothingForNothing },
];
