import { ALARMS } from '../machine/alarms.js';
import { LATE_ALARMS, lateAlarms } from '../machine/late.js';
import type { Alarm, MachineName, TradeState, WaitAlarm } from '../machine/state.js';
import { partyOf } from '../parties.js';

/** What an operator declared failed and was paid after all: also of a trade that is over. */
export const lateAlarmsNow = ({ data }: TradeState): { alarm: Alarm; text: string }[] =>
  lateAlarms(data.ledger).map((alarm) => ({ alarm, text: LATE_ALARMS[alarm] }));

/** Alarms of the waits that a trade is in now: one that was told of a wait that has ended since isn't one any more. */
export function alarmsNow(s: TradeState): { alarm: Alarm; text: string }[] {
  const party = partyOf(s.data);
  const waits = (Object.keys(party) as MachineName[]).flatMap((name) =>
    Object.entries(party[name].states[s.machines[name]]?.until ?? {}),
  );
  const told = new Set(s.data.told?.map(({ alarm }) => alarm));
  return waits.flatMap(([name, until]) => {
    const alarm = (Object.keys(ALARMS) as WaitAlarm[]).find((one) => one === name && told.has(one));
    return alarm === undefined || until(s.data) ? [] : [{ alarm, text: ALARMS[alarm] }];
  });
}
