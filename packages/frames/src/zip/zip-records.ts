// The records of a ZIP file (PKWARE's APPNOTE 6.3), as far as stored files need them. Numbers that do not fit
// into their field are all ones there and follow in a ZIP64 record.

const FILE = 0x04034b50;
const IN_DIRECTORY = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const EXTRA_64 = 0x0001;

const PLAIN = 20;
const WITH_ZIP64 = 45;
/** Names are UTF-8. */
const UTF8 = 0x0800;
/** Made on Unix, so that the upper half of the attributes is a mode: a plain file, readable by all. */
const UNIX = 3 << 8;
const PLAIN_FILE = 0o100644 * 0x10000;

export const MOST_32 = 0xffff_ffff;
export const MOST_16 = 0xffff;

/** One stored file. */
export interface ZipFacts {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  readonly changed: Date;
}

/** What stands before the bytes of a file. */
export function fileRecord({ name, size, crc, changed }: ZipFacts): Buffer {
  const path = Buffer.from(name);
  const large = size >= MOST_32;
  const extra = large ? extra64([size, size]) : Buffer.alloc(0);
  const record = Buffer.alloc(30);
  record.writeUInt32LE(FILE, 0);
  record.writeUInt16LE(large ? WITH_ZIP64 : PLAIN, 4);
  record.writeUInt16LE(UTF8, 6);
  record.writeUInt32LE(dosTime(changed), 10);
  record.writeUInt32LE(crc, 14);
  record.writeUInt32LE(large ? MOST_32 : size, 18);
  record.writeUInt32LE(large ? MOST_32 : size, 22);
  record.writeUInt16LE(path.length, 26);
  record.writeUInt16LE(extra.length, 28);
  return Buffer.concat([record, path, extra]);
}

/** What the directory at the end says of a file whose record began at byte `at`. */
export function directoryRecord({ name, size, crc, changed }: ZipFacts, at: number): Buffer {
  const path = Buffer.from(name);
  const numbers = [...(size >= MOST_32 ? [size, size] : []), ...(at >= MOST_32 ? [at] : [])];
  const extra = numbers.length > 0 ? extra64(numbers) : Buffer.alloc(0);
  const record = Buffer.alloc(46);
  record.writeUInt32LE(IN_DIRECTORY, 0);
  record.writeUInt16LE(UNIX | WITH_ZIP64, 4);
  record.writeUInt16LE(numbers.length > 0 ? WITH_ZIP64 : PLAIN, 6);
  record.writeUInt16LE(UTF8, 8);
  record.writeUInt32LE(dosTime(changed), 12);
  record.writeUInt32LE(crc, 16);
  record.writeUInt32LE(Math.min(size, MOST_32), 20);
  record.writeUInt32LE(Math.min(size, MOST_32), 24);
  record.writeUInt16LE(path.length, 28);
  record.writeUInt16LE(extra.length, 30);
  record.writeUInt32LE(PLAIN_FILE, 38);
  record.writeUInt32LE(Math.min(at, MOST_32), 42);
  return Buffer.concat([record, path, extra]);
}

/** What stands at the very end: `count` files, whose directory of `size` bytes began at byte `at`. */
export function endRecords(count: number, size: number, at: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(Math.min(count, MOST_16), 8);
  end.writeUInt16LE(Math.min(count, MOST_16), 10);
  end.writeUInt32LE(Math.min(size, MOST_32), 12);
  end.writeUInt32LE(Math.min(at, MOST_32), 16);
  if (count < MOST_16 && size < MOST_32 && at < MOST_32) return end;
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(END_64, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(UNIX | WITH_ZIP64, 12);
  end64.writeUInt16LE(WITH_ZIP64, 14);
  end64.writeBigUInt64LE(BigInt(count), 24);
  end64.writeBigUInt64LE(BigInt(count), 32);
  end64.writeBigUInt64LE(BigInt(size), 40);
  end64.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(LOCATOR_64, 0);
  locator.writeBigUInt64LE(BigInt(at + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([end64, locator, end]);
}

function extra64(numbers: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * numbers.length);
  extra.writeUInt16LE(EXTRA_64, 0);
  extra.writeUInt16LE(8 * numbers.length, 2);
  for (const [at, number] of numbers.entries()) extra.writeBigUInt64LE(BigInt(number), 4 + 8 * at);
  return extra;
}

/** Seconds in twos since 1980, in fields; in UTC, since a zip knows no time zone. */
function dosTime(date: Date): number {
  const year = Math.min(Math.max(date.getUTCFullYear(), 1980), 2107);
  const day = ((year - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return day * 0x10000 + time;
}
