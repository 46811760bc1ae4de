// Mines up to so many blocks on compose.regtest.yaml's btcd, or one more where there are as many: lnd counts as synced
// while the newest block is fresh. Segwit is active on regtest from block 432 on.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const wanted = Number(process.argv[2]);

function call(method, params = []) {
  const body = JSON.stringify({ jsonrpc: '1.0', id: 1, method, params });
  return new Promise((done, failed) => {
    const asked = request(
      'https://btcd:18334',
      { method: 'POST', auth: 'regtest:regtest', ca: readFileSync('/btcd/rpc.cert'), agent: false },
      (answer) => {
        let text = '';
        answer.on('data', (part) => (text += part));
        answer.on('end', () => {
          const { result, error } = JSON.parse(text);
          if (error) failed(new Error(`${method}: ${error.message}`));
          else done(result);
        });
      },
    );
    asked.on('error', failed);
    asked.end(body);
  });
}

const height = await call('getblockcount');
await call('generate', [Math.max(wanted - height, 1)]);
console.log(`height ${await call('getblockcount')}`);
