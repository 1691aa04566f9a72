// Archives as blender.org makes them, and as somebody with bad intentions would.
import { execFileSync } from 'node:child_process';
import { crc32, deflateRawSync } from 'node:zlib';

export interface Member {
  readonly path: string;
  readonly text?: string;
  readonly mode?: number;
  /** A symbolic link to this. */
  readonly link?: string;
  /** The letter of a tar header: 1 a hard link, 3 a device, 6 a pipe. */
  readonly kind?: string;
}

export function tarXz(members: readonly Member[]): Buffer {
  const blocks = members.flatMap((member) => {
    const bytes = Buffer.from(member.text ?? '');
    const rest = (512 - (bytes.length % 512)) % 512;
    return [header(member, bytes.length), bytes, Buffer.alloc(rest)];
  });
  return execFileSync('xz', ['-c', '-0'], {
    input: Buffer.concat([...blocks, Buffer.alloc(1024)]),
    maxBuffer: 1e9,
  });
}

function header({ path, mode = 0o644, link, kind }: Member, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write(path, 0, 100);
  block.write(octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12), 100);
  block.write(' '.repeat(8), 148);
  block.write(kind ?? (link === undefined ? '0' : '2'), 156);
  block.write(link ?? '', 157, 100);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

export function zip(members: readonly Member[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { path, text = '', mode = 0o644, link } of members) {
    const name = Buffer.from(path);
    const plain = Buffer.from(link ?? text);
    const bytes = deflateRawSync(plain);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, bytes]);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(((link === undefined ? 0o100000 : 0o120000) | mode) * 65_536, 6);
    more.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, more, name]));
    bodies.push(local);
    at += local.length;
  }
  const all = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(all.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, all, end]);
}

/** A program that answers `--version` as Blender does. */
export function program(version: string): string {
  return `#!/bin/sh\necho "Blender ${version}"\n`;
}

/** What an archive of blender.org for Linux holds, in small. */
export function official(version: string, folder = `blender-${version}-linux-x64`): Member[] {
  const series = version.split('.').slice(0, 2).join('.');
  return [
    { path: `${folder}/blender`, text: program(version), mode: 0o755 },
    { path: `${folder}/lib/libtbb.so.12`, text: 'a library' },
    { path: `${folder}/lib/libtbb.so`, link: 'libtbb.so.12' },
    { path: `${folder}/${series}/scripts/startup/bl_ui.py`, text: 'pass' },
  ];
}
