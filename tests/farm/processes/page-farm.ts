import type { Job } from '@akashganga/protocol';
import type { Browser, Page } from 'playwright-core';
import { Command, type Environment, fakeBlender } from './command.ts';
import { writeFakeScene } from './scenes.ts';
import { complaintsOf } from './test-browser.ts';
import { TestFolder } from './test-folder.ts';

const LOCAL = ['--host', '127.0.0.1', '--address', '127.0.0.1', '--port', '0', '--frames-port', '0'];

/** `akashganga up` in a folder of its own, and its page in a browser, signed in by the link that it prints. */
export class PageFarm {
  readonly folder: TestFolder;
  readonly page: Page;
  /** What the page complained of; nothing should stand here at the end of a test. */
  readonly complaints: readonly string[];
  readonly environment: Environment;
  readonly #up: Command;

  private constructor(
    folder: TestFolder,
    page: Page,
    complaints: string[],
    environment: Environment,
    up: Command,
  ) {
    this.folder = folder;
    this.page = page;
    this.complaints = complaints;
    this.environment = environment;
    this.#up = up;
  }

  /** With the fake Blender, if the environment does not say another. `expected`: complaints that belong to the test. */
  static async open(
    browser: Browser,
    options: {
      environment?: Environment;
      /** Of `up`. */
      flags?: readonly string[];
      expected?: RegExp;
      browsing?: Parameters<Browser['newPage']>[0];
    } = {},
  ): Promise<PageFarm> {
    const folder = await TestFolder.make();
    const environment = options.environment ?? { AKASHGANGA_BLENDER: fakeBlender };
    const up = new Command(
      ['up', '--json', '--data', folder.join('data'), ...LOCAL, ...(options.flags ?? [])],
      environment,
      folder.path,
    );
    const { page: link } = await up.event('up');
    const page = await browser.newPage(options.browsing);
    const farm = new PageFarm(folder, page, complaintsOf(page, options.expected), environment, up);
    await page.goto(String(link));
    await page.getByText('No jobs yet').first().waitFor();
    return farm;
  }

  /** The page's address without its hash, with a slash at its end. */
  get base(): string {
    return this.page.url().split('#')[0] ?? '';
  }

  /** Goes to a page of the farm, `#/workers` for instance. */
  async goTo(hash: string): Promise<void> {
    await this.page.goto(this.base + hash);
  }

  /** Asks the farm as the page does, `/jobs` for instance. */
  async get<Reply>(path: string): Promise<Reply> {
    const answer = await this.page.request.get(`${this.base}api/v1${path}`);
    return (await answer.json()) as Reply;
  }

  async jobs(): Promise<readonly Job[]> {
    return (await this.get<{ jobs: Job[] }>('/jobs')).jobs;
  }

  /** Submits a scene file and returns the job's id without waiting for its end. */
  async submit(scene: string, ...more: string[]): Promise<string> {
    const args = ['submit', scene, '--json', '--data', this.folder.join('data'), ...more];
    const { job } = await new Command(args, this.environment, this.folder.path).event('submitted');
    return String(job);
  }

  /** As `submit`, with a scene of the fake Blender that is called `name`. */
  async submitFake(name: string, scene: object, ...more: string[]): Promise<string> {
    return this.submit(await writeFakeScene(this.folder, scene, { name }), ...more);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.close();
    await this.#up.stop();
    await this.folder[Symbol.asyncDispose]();
  }
}
