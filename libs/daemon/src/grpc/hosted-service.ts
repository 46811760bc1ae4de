import type { Server, ServiceImplementation, TsProtoServiceDefinition } from 'nice-grpc';
import type { Access } from './call-access.js';

/** A service ready to be added to a server, whatever its messages are. */
export interface HostedService {
  /** `tercet.v1.TradeService`. */
  name: string;
  accessByPath: ReadonlyMap<string, Access>;
  addTo(server: Server): void;
}

/**
 * Puts a generated definition, its implementation and the scope of each method together.
 * Throws at start where a method has no scope, or a scope no method: nothing is open by forgetting (S30).
 */
export function hostService<Definition extends TsProtoServiceDefinition>(service: {
  definition: Definition;
  implementation: ServiceImplementation<Definition>;
  scopes: Record<keyof Definition['methods'], Access>;
}): HostedService {
  const { definition, implementation } = service;
  const scopes = new Map<string, Access>(Object.entries(service.scopes));
  const accessByPath = new Map<string, Access>();
  for (const [key, method] of Object.entries(definition.methods)) {
    const access = scopes.get(key);
    if (access === undefined) throw new Error(`${definition.fullName}.${method.name} has no scope`);
    accessByPath.set(`/${definition.fullName}/${method.name}`, access);
    scopes.delete(key);
  }
  if (scopes.size > 0) {
    throw new Error(
      `${definition.fullName} has no method for the scopes of ${[...scopes.keys()].join(', ')}`,
    );
  }
  return {
    name: definition.fullName,
    accessByPath,
    addTo: (server) => server.add(definition, implementation),
  };
}
