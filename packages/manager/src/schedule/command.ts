import type {
  Build,
  FilmWish,
  FrameServerHello,
  GatherReport,
  GatherRequest,
  Heartbeat,
  JobChange,
  NewJob,
  RenderedFrames,
  UpdateBatch,
  WorkerHello,
  WorkerSettings,
  WorkRequest,
} from '@akashganga/protocol';

/** What can be said to the scheduler. `request` names the reply; ids are drawn by the caller. */
export type Command = {
  readonly request: string;
  /** Who wants it, for the farm's history. */
  readonly by?: string | undefined;
  /** The address it came from. */
  readonly from?: string | undefined;
} & (
  | { readonly kind: 'submit'; readonly id: string; readonly job: NewJob }
  | { readonly kind: 'pause'; readonly job: string; readonly isAtOnce?: boolean }
  | { readonly kind: 'resume'; readonly job: string }
  | { readonly kind: 'cancel'; readonly job: string }
  | { readonly kind: 'delete'; readonly job: string }
  | { readonly kind: 'retry'; readonly job: string; readonly frames: string | null }
  | { readonly kind: 'remake-film'; readonly job: string; readonly wish: FilmWish }
  | { readonly kind: 'set-priority'; readonly job: string; readonly priority: number }
  | { readonly kind: 'change-job'; readonly job: string; readonly change: JobChange }
  | { readonly kind: 'change-worker'; readonly worker: string; readonly settings: SomeSettings }
  | { readonly kind: 'forgive'; readonly worker: string }
  | { readonly kind: 'set-limit'; readonly name: string; readonly most: number | null }
  | {
      readonly kind: 'hello';
      readonly hello: WorkerHello;
      readonly rendered?: readonly RenderedFrames[];
    }
  | { readonly kind: 'ask'; readonly worker: string; readonly ask: WorkRequest }
  | { readonly kind: 'ask-over'; readonly worker: string; readonly ask: string }
  | { readonly kind: 'heartbeat'; readonly worker: string; readonly heartbeat: Heartbeat }
  | { readonly kind: 'updates'; readonly worker: string; readonly batch: UpdateBatch }
  | { readonly kind: 'drain'; readonly worker: string }
  | { readonly kind: 'wake'; readonly worker: string }
  | { readonly kind: 'remove-worker'; readonly worker: string }
  | { readonly kind: 'frame-server-hello'; readonly hello: FrameServerHello; readonly host: string }
  | { readonly kind: 'remove-frame-server'; readonly frameServer: string }
  | { readonly kind: 'gather'; readonly frameServer: string; readonly gather: GatherRequest }
  | { readonly kind: 'gather-over'; readonly frameServer: string; readonly gather: string }
  | { readonly kind: 'reports'; readonly frameServer: string; readonly reports: readonly GatherReport[] }
  | { readonly kind: 'add-build'; readonly build: Build }
  | { readonly kind: 'remove-build'; readonly version: string; readonly platform: string | null }
  | { readonly kind: 'tick' }
);
/** Absent is what stays as it is. */
export type SomeSettings = { readonly [key in keyof WorkerSettings]?: WorkerSettings[key] | undefined };
export type CommandOf<Kind extends Command['kind']> = Extract<Command, { readonly kind: Kind }>;
