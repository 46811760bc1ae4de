import { TercetError } from '@tercet/protocol';
import type { CallContext, ServerMiddleware, ServerMiddlewareCall } from 'nice-grpc';
import type { Scope, Tokens } from './tokens.js';

/** Scope that a method asks for; `public` ones answer without a token. */
export type Access = Scope | 'public';

/** Lets a call through only where its method is listed and its token has the scope (S30: deny by default). */
export const checkedAccess = (accessByPath: ReadonlyMap<string, Access>, tokens: Tokens): ServerMiddleware =>
  async function* checked<Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    context: CallContext,
  ) {
    const needed = accessByPath.get(call.method.path);
    if (needed === undefined) {
      throw new TercetError('METHOD_CLOSED', 'Nobody may call this method here. Nothing was done.', {
        wayOut: 'Use a method that this daemon offers.',
      });
    }
    if (needed !== 'public') tokens.require(needed, bearer(context));
    return yield* call.next(call.request, context);
  };

const bearer = (context: CallContext): string | undefined =>
  /^Bearer (\S+)$/i.exec(context.metadata.get('authorization') ?? '')?.[1];
