import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

let made = 0;

/** A computer of its own as far as the network is concerned: a namespace with one shaped link to a bridge. */
export class Host {
  readonly name: string;
  readonly address: string;

  constructor(name: string, address: string) {
    this.name = name;
    this.address = address;
  }

  start(program: string, args: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore') {
    return spawn('ip', ['netns', 'exec', this.name, program, ...args], { stdio: [stdin, 'pipe', 'inherit'] });
  }

  /** Runs a program to its end; returns what it printed. Throws when it fails. */
  async run(program: string, args: readonly string[]): Promise<string> {
    const child = this.start(program, args);
    let text = '';
    child.stdout?.on('data', (piece: Buffer) => {
      text += piece;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
    return text;
  }
}

export interface Network extends AsyncDisposable {
  readonly hosts: readonly Host[];
}

/** So many hosts on one bridge, each link of `rate` (as tc writes it) in both directions. */
export async function makeHosts(count: number, rate: string): Promise<Network> {
  made += 1;
  const tag = `akb${process.pid % 10_000}x${made}`;
  const bridge = `${tag}n`;
  ip('netns', 'add', bridge);
  ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge');
  ip('-n', bridge, 'link', 'set', 'br0', 'up');
  const shape = ['root', 'tbf', 'rate', rate, 'burst', '256kb', 'latency', '50ms'];
  const hosts = Array.from({ length: count }, (_, index) => {
    const host = new Host(`${tag}h${index}`, `10.77.${made}.${index + 1}`);
    const [near, far] = [`${tag}a${index}`.slice(0, 15), `${tag}b${index}`.slice(0, 15)];
    ip('netns', 'add', host.name);
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far);
    ip('link', 'set', near, 'netns', host.name);
    ip('link', 'set', far, 'netns', bridge);
    ip('-n', bridge, 'link', 'set', far, 'master', 'br0', 'up');
    ip('-n', host.name, 'link', 'set', 'lo', 'up');
    ip('-n', host.name, 'addr', 'add', `${host.address}/24`, 'dev', near);
    ip('-n', host.name, 'link', 'set', near, 'up');
    execFileSync('tc', ['-n', host.name, 'qdisc', 'add', 'dev', near, ...shape]);
    execFileSync('tc', ['-n', bridge, 'qdisc', 'add', 'dev', far, ...shape]);
    return host;
  });
  return {
    hosts,
    async [Symbol.asyncDispose]() {
      for (const name of [...hosts.map((host) => host.name), bridge]) ip('netns', 'del', name);
    },
  };
}

function ip(...args: string[]): void {
  execFileSync('ip', args);
}
