// A chat program's end of a webhook: a real server on this computer that keeps what it is sent.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = number | { readonly status: number; readonly headers: Record<string, string> } | 'silence';

export class Receiver {
  readonly received: Received[] = [];
  /** How the next ones are answered; 200 when there is no more of it. */
  readonly answers: Answer[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(port = 0): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const { url: path = '', headers } = request;
        receiver.received.push({ path, headers, body: Buffer.concat(pieces).toString() });
        const answer = receiver.answers.shift() ?? 200;
        if (answer === 'silence') return;
        if (typeof answer === 'number') response.writeHead(answer).end('ok');
        else response.writeHead(answer.status, answer.headers).end();
      });
    });
    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
