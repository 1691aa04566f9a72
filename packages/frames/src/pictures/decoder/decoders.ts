import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { FarmError, isProblemCode, type ProblemDetails } from '@akashganga/protocol';
import type { ExpectedPicture } from '../check-picture.ts';
import type { ExrView, ExrWish } from '../formats/view-exr-file.ts';
import type { SeenThumbnail } from '../look-of-thumbnail.ts';
import type { PictureExtension } from '../picture-kinds.ts';
import { type Pixels, pixelBytes } from '../pixels.ts';
import type { WantedPixels } from '../read-pixels.ts';
import type { DecoderCommand } from './decoder-command.ts';
import { type Answer, type Question, readMessages, writeMessage } from './messages.ts';

export interface DecodersOptions {
  readonly command: DecoderCommand;
  /** How many pictures are decoded at once, each in a process of its own. */
  readonly count: number;
  /** In pixels: no answer is longer. */
  readonly largestPicture: number;
  /** A picture that takes longer is given up, with its process. Default 120 s. */
  readonly seconds?: number;
}

/** What a picture was found to be. */
export interface CheckedPicture {
  /** Null when only the thumbnail failed. */
  readonly thumbnail: Buffer | null;
  readonly seen: SeenThumbnail | null;
}

const SECONDS = 120;
/** A decoder without work ends, which gives back some 80 MB. */
const IDLE_MS = 60_000;
const MOMENT_MS = 1000;

interface Decoder {
  readonly child: ChildProcess;
  readonly answers: AsyncGenerator<{ words: unknown; bytes: Buffer }>;
  idle: NodeJS.Timeout | null;
}

/**
 * Opens pictures in processes of their own, since a picture may come from anywhere and decoders have faults. They are
 * started when there is work and kept for the next. One that crashes or is killed is the failure of its picture alone.
 */
export class Decoders {
  readonly #options: DecodersOptions;
  readonly #idle: Decoder[] = [];
  readonly #all = new Set<Decoder>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #closed = false;

  constructor(options: DecodersOptions) {
    this.#options = options;
  }

  /** Throws `render.bad-file`, `render.wrong-size`, `picture.too-large` and `machine.no-ffmpeg`. */
  async check(path: string, expected: ExpectedPicture): Promise<CheckedPicture> {
    const { frame } = expected;
    const refused = (why: string) => new FarmError('render.bad-file', { frame, why });
    const { words, bytes } = await this.#ask({ do: 'check', path, expected }, refused);
    if (words.is !== 'checked') throw refused('its decoder answered something else');
    const seen = words.seen && { look: words.seen.look, print: Uint8Array.from(words.seen.print) };
    return { thumbnail: words.hasThumbnail ? bytes : null, seen };
  }

  /** Throws an `Error` that ends a sentence, and `machine.no-ffmpeg`. */
  async pixels(
    path: string,
    extension: PictureExtension,
    wanted: WantedPixels = { kind: 'rgb24' },
  ): Promise<Pixels> {
    const refused = (why: string) => new Error(why);
    const { words, bytes } = await this.#ask({ do: 'pixels', path, extension, wanted }, refused);
    // A decoder that a picture has taken over may say anything.
    const isSo = words.is === 'pixels' && words.kind === wanted.kind;
    if (!isSo || bytes.length !== words.width * words.height * pixelBytes(words.kind))
      throw refused('its decoder answered something else');
    return { width: words.width, height: words.height, kind: words.kind, data: bytes };
  }

  /** An OpenEXR frame as it is looked at. Throws an `Error` that ends a sentence, and `machine.no-ffmpeg`. */
  async view(path: string, wish: ExrWish): Promise<ExrView> {
    const refused = (why: string) => new Error(why);
    const { words, bytes } = await this.#ask({ do: 'view', path, wish }, refused);
    if (words.is !== 'viewed' || bytes.length !== words.width * words.height * 3)
      throw refused('its decoder answered something else');
    const { width, height } = words;
    const layers = words.layers.map(String);
    return { pixels: { width, height, kind: 'rgb24', data: bytes }, layers };
  }

  /** Ends all decoders; what is being decoded fails. */
  async close(): Promise<void> {
    this.#closed = true;
    const ended = [...this.#all].map((decoder) => end(decoder));
    await Promise.all(ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask(
    question: Question,
    refused: (why: string) => Error,
  ): Promise<{ words: Exclude<Answer, { is: 'refused' }>; bytes: Buffer }> {
    const { words, bytes } = await this.#inTurn(() => this.#askOne(question, refused));
    if (words.is !== 'refused') return { words, bytes };
    if (words.code !== null && isProblemCode(words.code))
      throw new FarmError(words.code, words.details as ProblemDetails);
    throw refused(words.why.slice(0, 500));
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#options.count) await new Promise<void>((next) => this.#waiting.push(next));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  async #askOne(
    question: Question,
    refused: (why: string) => Error,
  ): Promise<{ words: Answer; bytes: Buffer }> {
    if (this.#closed) throw refused('the frame server is closing');
    const decoder = this.#idle.pop() ?? this.#start();
    if (decoder.idle) clearTimeout(decoder.idle);
    const { seconds = SECONDS } = this.#options;
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      void end(decoder);
    }, seconds * 1000);
    try {
      await writeMessage(decoder.child.stdin as NonNullable<ChildProcess['stdin']>, question);
      const answer = await decoder.answers.next();
      if (answer.done) throw new Error('no answer');
      this.#rest(decoder);
      return { words: answer.value.words as Answer, bytes: answer.value.bytes };
    } catch {
      await endSoon(decoder);
      this.#all.delete(decoder);
      throw refused(
        isLate ? `decoding it took more than ${seconds} s` : whyEnded(decoder.child, this.#closed),
      );
    } finally {
      clearTimeout(late);
    }
  }

  #start(): Decoder {
    const { command, largestPicture } = this.#options;
    const child = spawn(command.file, command.args, {
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      // Nothing of this process's environment is a decoder's business.
      env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' },
    });
    // How it ended is told where its answer is missed.
    for (const part of [child, child.stdin, child.stdout]) part.on('error', () => undefined);
    // The largest kind has 8 bytes a pixel.
    const decoder = { child, answers: readMessages(child.stdout, largestPicture * 8), idle: null };
    this.#all.add(decoder);
    return decoder;
  }

  #rest(decoder: Decoder): void {
    this.#idle.push(decoder);
    decoder.idle = setTimeout(() => {
      const at = this.#idle.indexOf(decoder);
      if (at < 0) return;
      this.#idle.splice(at, 1);
      this.#all.delete(decoder);
      void end(decoder);
    }, IDLE_MS);
    decoder.idle.unref();
  }
}

function whyEnded({ exitCode, signalCode }: ChildProcess, isClosing: boolean): string {
  if (isClosing) return 'the frame server is closing';
  return `its decoder was ended by it (${signalCode ?? `exit ${exitCode ?? 'unknown'}`})`;
}

/** How it ended is worth knowing, so one whose pipe broke gets a moment to end by itself. */
async function endSoon(decoder: Decoder): Promise<void> {
  const { child } = decoder;
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  if (!isOver()) {
    const stop = new AbortController();
    const exit = once(child, 'exit', { signal: stop.signal }).catch(() => undefined);
    await Promise.race([exit, sleep(MOMENT_MS, undefined, { signal: stop.signal }).catch(() => undefined)]);
    stop.abort();
  }
  await end(decoder);
}

/** Kills a decoder with all it started, and resolves when it is gone. */
function end({ child, idle }: Decoder): Promise<void> {
  if (idle) clearTimeout(idle);
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    try {
      if (process.platform === 'win32') child.kill('SIGKILL');
      else process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      resolve();
    }
  });
}
