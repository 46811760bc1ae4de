/** Statements of two trades that the same three daemons serve at once. */
import { isLive, type Role } from '@tercet/protocol';
import { PARTIES } from '../world/scene.js';
import type { WorldCheck, WorldInvariant } from './invariant.js';
import type { Sight } from './sight.js';

type Each = (sight: Sight, other: Sight, role: Role) => string | undefined;

/** For each trade beside each other one, and each party that keeps to the rules. */
const each =
  (check: Each): WorldCheck =>
  (world, sights) => {
    if (sights.length === 1) return undefined;
    for (const role of PARTIES.filter((one) => world.isHonest(one))) {
      for (const sight of sights) {
        for (const other of sights) {
          const what = sight === other ? undefined : check(sight, other, role);
          if (what !== undefined) return what;
        }
      }
    }
    return undefined;
  };

/** A payment of that trade has left the party's node and has no end yet. */
const pays = (sight: Sight, role: Role): boolean => {
  const { payments } = sight.party(role).node;
  const ledger = sight.data(role)?.ledger ?? [];
  return ledger.some(({ kind, hash }) => kind === 'payment' && payments.state(hash).state === 'inFlight');
};

const paymentWaits = (sight: Sight, role: Role): boolean => {
  const { payments } = sight.party(role).node;
  const ledger = sight.data(role)?.ledger ?? [];
  return ledger.some(
    (line) => line.kind === 'payment' && isLive(line) && payments.state(line.hash).state === 'absent',
  );
};

const deadlineWaits = (sight: Sight, role: Role): boolean => {
  const { height } = sight.party(role).node;
  const deadlines = sight.trade.view(role)?.state.deadlines ?? {};
  return Object.values(deadlines).some((at) => 'height' in at && at.height <= height);
};

const wasRefused = ({ trade }: Sight, from: Role, to: Role): boolean =>
  trade.receipts.some((one) => one.from === from && one.to === to && one.answer === 'refused');

/** Towards whoever could take it, and has refused none. */
const messageWaits = (sight: Sight, role: Role): boolean =>
  PARTIES.some((to) => {
    const sent = sight.data(role)?.sent[to] ?? 0;
    const mayTake = sight.isAble(to) && sight.world.isHonest(to) && !wasRefused(sight, role, to);
    return mayTake && (sight.data(to)?.received[role] ?? sent) < sent;
  });

const WAITS = { payment: paymentWaits, deadline: deadlineWaits, message: messageWaits };

/** Each of them may fail by itself: what is to be seen is what no look moves. */
const LOOKS = 5;
const nothingWaits = each((sight, other, role) => {
  const isStuck = pays(other, role);
  for (const [what, waits] of Object.entries(WAITS)) {
    const isSo = isStuck && waits(sight, role);
    if (sight.lasts(`a ${what} of the ${role} beside another trade's payment`, role, isSo, LOOKS))
      return `a ${what} of the ${role} waits, while a payment of another trade is under way`;
  }
  return undefined;
});

const hashesOnce = each((sight, other, role) => {
  const ledger = other.data(role)?.ledger ?? [];
  const twice = sight
    .data(role)
    ?.ledger.find(({ kind, hash }) => ledger.some((line) => line.kind === kind && line.hash === hash));
  return twice && `the ${role} has the ${twice.kind} ${twice.hash} in two trades`;
});

/** From the claim until it lapses, and for good once it is locked. */
const HAS_ORDER = ['preparing', 'accepted', 'retaining', 'agreed', 'locked'];
const hasOrder = (sight: Sight): boolean => sight.in('maker', 'deal', ...HAS_ORDER);
const orderOnce = each((sight, other, role) => {
  const { signature } = sight.trade.papers.order;
  if (role !== 'maker' || signature !== other.trade.papers.order.signature) return undefined;
  return hasOrder(sight) && hasOrder(other) ? 'two trades have the same order' : undefined;
});

export const SIDE_BY_SIDE: readonly WorldInvariant[] = [
  { number: 'S12', title: 'each hash in one trade', when: 'always', check: hashesOnce },
  { number: 'S28', title: 'a stuck payment delays no other trade', when: 'always', check: nothingWaits },
  { number: 'A7', title: 'an order is in one trade at a time', when: 'always', check: orderOnce },
];
