import type { FarmClient } from '@akashganga/client';
import {
  FarmError,
  type FrameServerHello,
  frameServerRoutes,
  type GatherReply,
  type GatherReport,
  type GatherRequest,
} from '@akashganga/protocol';

/** The manager keeps the request open for 25 s. */
const WORK_SECONDS = 40;

/**
 * What this frame server says to the manager. Before anything else it introduces itself, and again when the
 * manager says that it does not know it. Nothing is retried here.
 */
export class ManagerLink {
  readonly #client: FarmClient;
  readonly #hello: () => Promise<FrameServerHello>;
  #greeted: Promise<string> | null = null;

  constructor(client: FarmClient, hello: () => Promise<FrameServerHello>) {
    this.#client = client;
    this.#hello = hello;
  }

  /** What the manager wants; stays open until it wants something or 25 s have passed. */
  async work(now: Omit<GatherRequest, 'boot'>, signal: AbortSignal): Promise<GatherReply> {
    return this.#introduced(signal, async (frameServer, boot) => {
      const reply = await this.#client.call(frameServerRoutes.work, {
        params: { frameServer },
        body: { boot, ...now },
        signal,
        timeoutSeconds: WORK_SECONDS,
      });
      if (!reply.known) this.#greeted = null;
      return reply;
    });
  }

  /** Resolves when the manager has the reports on disk. */
  async report(reports: GatherReport[], signal: AbortSignal): Promise<void> {
    await this.#introduced(signal, (frameServer, boot) =>
      this.#client.call(frameServerRoutes.reports, {
        params: { frameServer },
        body: { boot, reports },
        signal,
      }),
    );
  }

  async #introduced<T>(signal: AbortSignal, call: (id: string, boot: string) => Promise<T>): Promise<T> {
    const hello = await this.#hello();
    this.#greeted ??= this.#client
      .call(frameServerRoutes.hello, { body: hello, signal })
      .then((known) => known.id)
      .catch((error: unknown) => {
        this.#greeted = null;
        throw error;
      });
    await this.#greeted;
    try {
      return await call(hello.id, hello.boot);
    } catch (error) {
      if (error instanceof FarmError && error.code === 'frame-server.unknown') this.#greeted = null;
      throw error;
    }
  }
}
