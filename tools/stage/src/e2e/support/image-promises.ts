/** What docs/deploy.md promises of the daemons' images, asked of the engine and of the containers that run. */
import { until } from '@tercet/regtest';
import { daemonContainer } from '../../stage/containers.js';
import { PARTIES, type PartyName } from '../../stage/layout.js';
import { IN_POSTGRES } from '../../stage/theatre.js';
import type { InContainers } from './containers.js';
import { docker } from './docker.js';

/** Of all programs that a container runs, the daemon is the first. */
const COMMAND = ['node', '/app/daemon/dist/main.js'];

/** Registers the tests, on the images that the daemons run from by then. */
export function imagesKeepTheirPromises(open: () => InContainers): void {
  const container = (party: PartyName) => open().dock.container(daemonContainer(party));
  const shell = (party: PartyName, script: string) => container(party).run(['sh', '-c', script]);

  describe.each(PARTIES)('the image of the %s daemon', (party) => {
    test('names its user, its one volume, its health check and the signal that ends it', async () => {
      const [image] = JSON.parse(
        await docker(['image', 'inspect', (await container(party).inspect()).Image]),
      ) as { Config: unknown }[];
      expect(image?.Config).toMatchObject({
        User: '1000:1000',
        Volumes: { '/data': {} },
        Healthcheck: { Test: ['CMD', 'node', '/app/health.mjs'] },
        StopSignal: 'SIGTERM',
        Cmd: COMMAND,
      });
    });

    test('has as much memory for young objects as docs/performance.md measures', async () => {
      const { Config: config } = await container(party).inspect();
      expect(config.Env).toContain('NODE_OPTIONS=--max-semi-space-size=16');
    });

    test('runs as nobody special: no capability, no way to more, nothing to write to but /data', async () => {
      const { HostConfig: host } = await container(party).inspect();
      expect(host).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], Privileged: false });
      expect(host.SecurityOpt).toEqual(['no-new-privileges']);
      const status = await shell(party, 'grep -E "^(Uid|CapEff|NoNewPrivs)" /proc/1/status');
      expect(status.output.replaceAll(/\s+/g, ' ').trim()).toMatch(
        /^Uid:( [1-9]\d*){4} CapEff: 0{16} NoNewPrivs: 1$/,
      );
      expect(
        await shell(party, 'touch /app/x /tmp/x /x; [ ! -e /app/x ] && [ ! -e /tmp/x ] && [ ! -e /x ]'),
      ).toMatchObject({ exitCode: 0 });
      expect(await shell(party, 'touch /data/x && rm /data/x')).toMatchObject({ exitCode: 0 });
    });

    test('is healthy while it serves, by gRPC health, and not where nothing serves', async () => {
      await until('the engine calls it healthy', async () => {
        const { State: state } = await container(party).inspect();
        return state.Health?.Status === 'healthy' ? true : undefined;
      });
      expect(await shell(party, 'node /app/health.mjs')).toMatchObject({ exitCode: 0 });
      expect(await shell(party, 'TERCET_LISTEN=0.0.0.0:1 node /app/health.mjs')).toMatchObject({
        exitCode: 1,
      });
    });

    test('has its secrets in files that nobody else may read, none in its environment or command', async () => {
      const { Config: config } = await container(party).inspect();
      const told = [...config.Env, ...config.Cmd].join('\n');
      expect(told).not.toMatch(/password|passwd|seed|macaroon=/i);
      // An address without a password: that one is in a file.
      if (IN_POSTGRES.some((one) => one === party)) {
        expect(told).toMatch(/^DATABASE_URL=postgres:\/\/tercet@/m);
        expect(await shell(party, 'stat -c %a /run/secrets/pgpass')).toMatchObject({ output: '600\n' });
      }
      expect(await shell(party, 'stat -c %a /data/seed /data/tls.key')).toMatchObject({
        output: '600\n600\n',
      });
    });

    test('answers its own command line inside', async () => {
      const { exitCode, output } = await container(party).run(['tercet', 'status']);
      expect(output).toMatch(/ready/i);
      expect(exitCode).toBe(0);
    });

    test('SIGTERM ends it with code 0, long before it would be killed', async () => {
      const daemon = open().stage.daemons[party];
      const start = Date.now();
      expect(await daemon.stop()).toBe(0);
      expect(Date.now() - start).toBeLessThan(15_000);
      const { State: state } = await container(party).inspect();
      expect(state).toMatchObject({ ExitCode: 0, OOMKilled: false });
      await daemon.start();
    });
  });
}
