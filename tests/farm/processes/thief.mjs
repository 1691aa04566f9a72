// Stands where the farm is expected, and writes down all that it can read: thief.mjs MODE PORT LOG [FARM-PORT]
//   liar   speaks TLS with a certificate of an authority of its own, as the farm's manager would
//   plain  speaks HTTP and answers as if it were a farm
//   relay  passes everything on to the farm, and what comes back
import { appendFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { connect, createServer } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { issueCertificate, makeAuthority, makeKeyPair } from '@akashganga/trust';

const [mode, port, log, farmPort] = process.argv.slice(2);
const write = (bytes) => appendFileSync(log, bytes);
const answer = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';

async function liar() {
  const authority = await makeAuthority(Date.now());
  const { publicKey, key } = makeKeyPair();
  const order = { publicKey, role: 'manager', id: 'm-liar', names: ['10.213.7.1'], now: Date.now() };
  const certificate = await issueCertificate(authority, order);
  return createTls({ cert: `${certificate}\n${authority.certificate}`, key }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      write(bytes);
      socket.write(answer);
    });
  });
}

function plain() {
  return createHttp((request, response) => {
    write(`${request.method} ${request.url} ${JSON.stringify(request.headers)}\n`);
    request.on('data', write);
    request.on('end', () => response.end('{}'));
  });
}

function relay() {
  return createServer((near) => {
    const far = connect(Number(farmPort), '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.on('data', (bytes) => {
        write(bytes);
        to.write(bytes);
      });
    }
  });
}

const server = mode === 'liar' ? await liar() : mode === 'plain' ? plain() : relay();
server.on('tlsClientError', () => write('(a caller would not talk to it)\n'));
server.listen(Number(port), '0.0.0.0', () => console.log('listening'));
