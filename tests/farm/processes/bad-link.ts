import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { Transform } from 'node:stream';

export interface Fault {
  /** The n-th connection is cut after so many bytes went up or down, whichever comes first; null is not cut. */
  readonly cutUp?: (connection: number) => number | null;
  readonly cutDown?: (connection: number) => number | null;
  /** One bit is turned over after each so many bytes. */
  readonly flipUpEvery?: number;
  readonly flipDownEvery?: number;
  /** One bit of the n-th connection is turned over, at this byte; null is none. */
  readonly flipUpAt?: (connection: number) => number | null;
  readonly flipDownAt?: (connection: number) => number | null;
  /** Bytes a second, each way and connection. */
  readonly rate?: number;
}

/** What becomes of one direction of a connection. */
interface Passing {
  readonly cut: number | null | undefined;
  readonly flipEvery: number | undefined;
  readonly flipAt: number | null | undefined;
}

/** A link that cuts, corrupts or slows what passes, in front of a port of this computer. */
export class BadLink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  fault: Fault = {};
  /** The port that connections go to from now on. */
  target: number;
  connections = 0;
  /** Bytes that went to the port, and that came from it. */
  up = 0;
  down = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.target = port;
  }

  static async to(port: number): Promise<BadLink> {
    const server = createServer((socket) => link.#join(socket));
    const link = new BadLink(server, port);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  #join(near: Socket): void {
    const far = new Socket().connect(this.target, '127.0.0.1');
    const { cutUp, cutDown, flipUpEvery, flipDownEvery, flipUpAt, flipDownAt } = this.fault;
    const number = this.connections;
    this.connections += 1;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    const upwards = { cut: cutUp?.(number), flipEvery: flipUpEvery, flipAt: flipUpAt?.(number) };
    const up = this.#pass(upwards, end, (size) => {
      this.up += size;
    });
    const downwards = { cut: cutDown?.(number), flipEvery: flipDownEvery, flipAt: flipDownAt?.(number) };
    const down = this.#pass(downwards, end, (size) => {
      this.down += size;
    });
    near.pipe(up).pipe(far);
    far.pipe(down).pipe(near);
  }

  #pass({ cut = null, flipEvery, flipAt = null }: Passing, end: () => void, count: (size: number) => void) {
    const { rate } = this.fault;
    let passed = 0;
    return new Transform({
      transform(piece: Buffer, _, done) {
        let bytes = piece;
        const isCut = cut !== null && passed + piece.length >= cut;
        if (isCut) bytes = piece.subarray(0, cut - passed);
        if (flipEvery) {
          bytes = Buffer.from(bytes);
          for (let at = flipEvery - (passed % flipEvery); at < bytes.length; at += flipEvery)
            bytes[at] = (bytes[at] as number) ^ 4;
        }
        if (flipAt !== null && flipAt >= passed && flipAt < passed + bytes.length) {
          bytes = Buffer.from(bytes);
          bytes[flipAt - passed] = (bytes[flipAt - passed] as number) ^ 4;
        }
        passed += piece.length;
        count(bytes.length);
        if (isCut) {
          this.push(bytes);
          setImmediate(end);
          return;
        }
        if (rate) setTimeout(() => done(null, bytes), (bytes.length / rate) * 1000);
        else done(null, bytes);
      },
    });
  }

  /** Cuts all that is open. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
