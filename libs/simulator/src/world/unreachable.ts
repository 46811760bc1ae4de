import { TercetError, type Role } from '@tercet/protocol';

export const unreachable = (role: Role): TercetError =>
  new TercetError('PEER_UNREACHABLE', `The ${role} can not be reached.`, { wayOut: 'It is tried again.' });
