import { rpc } from '@tercet/protocol';
import { HealthDefinition, HealthServiceImpl, HealthState } from 'nice-grpc-server-health';
import { ServerReflection, ServerReflectionService } from 'nice-grpc-server-reflection';
import type { HostedService } from './hosted-service.js';
import { hostService } from './hosted-service.js';

export interface Health {
  service: HostedService;
  /** For the whole daemon and for each service by name. */
  set(serving: boolean, services: readonly HostedService[]): void;
}

/** The standard health service: not serving until it is set. */
export function health(): Health {
  const state = HealthState();
  state.setStatus('unhealthy');
  return {
    service: hostService({
      definition: HealthDefinition,
      implementation: HealthServiceImpl(state),
      scopes: { check: 'public', watch: 'public' },
    }),
    set(serving, services) {
      for (const name of ['', ...services.map((service) => service.name)]) {
        state.setStatus(serving ? 'healthy' : 'unhealthy', name);
      }
    },
  };
}

/** The standard reflection service, from the descriptors that were generated with the code. */
export function reflection(names: readonly string[]): HostedService {
  const descriptors = Uint8Array.from(Buffer.from(rpc.FILE_DESCRIPTOR_SET_BASE64, 'base64'));
  const name = 'grpc.reflection.v1.ServerReflection';
  return {
    name,
    accessByPath: new Map([[ServerReflectionService.serverReflectionInfo.path, 'public']]),
    addTo: (server) => server.add(ServerReflectionService, ServerReflection(descriptors, [...names, name])),
  };
}
