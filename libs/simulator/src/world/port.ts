/** A world as its parts and the invariants see it. */
import type { Change, Core, Outcome, PeerLink, TradeView } from '@tercet/daemon';
import type { MemoryLightning, MemoryNode, Ways } from '@tercet/lightning';
import type { Contact, Envelope, Height, NodeId, Role, rpc, TradeId } from '@tercet/protocol';
import type { Faults } from './faults.js';
import type { Log } from './log.js';
import type { Random } from './random.js';
import type { Trade } from './trade.js';

/** One run of a process, from its start to its end. */
export interface Life {
  readonly isOver: boolean;
  /** kill -9: no call of it goes out any more, and none that is out comes back. */
  end(): void;
  onEnd(mourn: () => void): void;
  /** Something of this process that happens later, if it still lives then. */
  later(delayMs: number, name: string, run: () => void | Promise<void>): void;
  wait(delayMs: number, name: string): Promise<void>;
  /** The same object for as long as this life lasts. */
  hold<Target extends object>(target: Target): Target;
}

/** At which of its commits a party dies, whether that one is written, and for how long it stays dead (ms). */
export interface Death {
  commit: number;
  when: 'before' | 'after';
  awayMs: number;
}

/** At which of its commits something else becomes of a party: of its node, its channel. */
export interface Turn {
  commit: number;
  happens: () => void;
}

export interface Party {
  readonly role: Role;
  readonly node: MemoryNode;
  contact(role: Role): Contact;
  /** Trades as they stood after their last commit. */
  readonly views: Map<TradeId, TradeView>;
  /** What it logged as an error: a fault of its own, whatever else went wrong. */
  readonly errors: string[];
  readonly commits: number;
  readonly deaths: Death[];
  readonly turns: Turn[];
  /** How often it has looked at all that is due. */
  looks: number;
  /** When its node last came up. */
  cameUpMs: number;
  /** It has left for good. */
  isGone: boolean;
  readonly isUp: boolean;
  readonly core: Core | undefined;
  start(): Promise<void>;
  /** kill -9; it comes back after a while, unless it has left for good. */
  crash(awayMs: number): Promise<void>;
  /** What the queues do once a minute. */
  reconcile(): Promise<void>;
  /** As over the wire: an answer, an error, or the connection breaks because the process died. */
  receive(envelope: Envelope): Promise<rpc.Receipt>;
  /** The disk is let go; nothing is looked at afterwards. */
  end(): Promise<void>;
}

export interface Parties extends Record<Role, Party> {
  readonly all: Party[];
  of(node: MemoryNode): Party;
  byNode(nodeId: NodeId): Party;
}

export interface MailRoad {
  /** A connection of one run of a daemon to whoever listens at that contact. */
  link(from: Party, life: Life, contact: Contact): PeerLink;
  /** Gives an envelope to whoever it is for, whoever wrote it. */
  handOver(
    from: Party,
    to: Role,
    envelope: Envelope,
    about: { sentHeight: Height; honest: boolean },
  ): Promise<rpc.Receipt>;
}

export interface World {
  /** At least one; all between the same three. */
  readonly trades: readonly [Trade, ...Trade[]];
  readonly random: Random;
  readonly faults: Faults;
  readonly network: MemoryLightning;
  /** What the payer pays the hold with where it isn't its daemon's node. */
  readonly wallet: MemoryNode;
  /** Payments whose HTLCs are somewhere: for whoever wants to take them. */
  readonly underWay: Map<string, Ways>;
  readonly mail: MailRoad;
  readonly log: Log;
  readonly parties: Parties;
  /** What may leave a node in an hour. */
  readonly satsPerHour: number;
  /** Roles whose owner doesn't keep to the rules. */
  readonly hostile: Set<Role>;
  nowMs: number;
  /** Of the best chain. */
  readonly height: Height;
  readonly happenings: number;

  /** The trade of that id. Throws where there is none: nobody here writes of another. */
  trade(tradeId: string): Trade;
  isHonest(...roles: Role[]): boolean;
  later(delayMs: number, name: string, run: () => void | Promise<void>): void;
  atHeight(height: Height, name: string, run: () => void): void;
  /** At once, or as soon as the node answers again. */
  whenUp(node: MemoryNode, run: () => void): void;
  /** Somebody is back: what waited for it isn't idle. */
  goesOn(): void;
  nodeGoesDown(party: Party): void;
  nodeComesUp(party: Party, from: Height): void;
  /** Work that a happening leads to and that isn't part of any process. */
  soon(work: Promise<void>): void;
  stepped(party: Party, change: Change): void;
  /** What came of a command: a refusal is a row too. */
  refused(party: Party, trade: Trade, outcome: Outcome): void;
  /** For whoever reads what happened. */
  note(what: string): void;
}
