import { ALARMS } from '../machine/alarms.js';
import type { Alarm, MachineName, TradeState } from '../machine/state.js';
import { partyOf } from '../parties.js';

/** Alarms of the waits that a trade is in now: one that was told of a wait that has ended since isn't one any more. */
export function alarmsNow(s: TradeState): { alarm: Alarm; text: string }[] {
  const party = partyOf(s.data);
  const waits = (Object.keys(party) as MachineName[]).flatMap((name) =>
    Object.entries(party[name].states[s.machines[name]]?.until ?? {}),
  );
  const told = new Set(s.data.told?.map(({ alarm }) => alarm));
  return waits.flatMap(([name, until]) => {
    const alarm = [...told].find((one) => one === name);
    return alarm === undefined || until(s.data) ? [] : [{ alarm, text: ALARMS[alarm] }];
  });
}
