import type { Job, Worker } from '@akashganga/protocol';
import { phase } from '../output/progress.ts';
import { countWords, spanWords } from '../output/words.ts';
import { fitText } from './fit-text.ts';

/** What the picture shows. */
export interface Watched {
  readonly farm: string;
  readonly jobs: readonly Job[];
  readonly workers: readonly Worker[];
  /** null while the farm answers; else why it does not. */
  readonly lost: string | null;
}

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly colours: boolean;
}

type Tone = 'good' | 'busy' | 'bad' | 'dim' | 'strong';
const codes: Readonly<Record<Tone, string>> = { good: '32', busy: '33', bad: '31', dim: '2', strong: '1' };

/** Workers are given no more than this share of the screen while there are jobs to show. */
const WORKERS_SHARE = 0.4;

/** The farm as lines of a terminal: never wider nor more than it has. */
export function drawWatch(watched: Watched, screen: Screen): string[] {
  const { columns, rows } = screen;
  const room = Math.max(2, rows - 5);
  const workersRoom = Math.min(watched.workers.length, Math.max(2, Math.floor(room * WORKERS_SHARE)));
  const jobs = listed(jobLines(watched.jobs, screen), room - workersRoom, 'job', screen);
  const workers = listed(workerLines(watched.workers, screen), room - jobs.length, 'worker', screen);
  const lines = [
    headLine(watched, screen),
    paint('─'.repeat(columns), 'dim', screen),
    ...(jobs.length > 0
      ? jobs
      : [
          paint(
            fitText('No jobs yet. Another terminal: akashganga submit scene.blend', columns),
            'dim',
            screen,
          ),
        ]),
    paint('─'.repeat(columns), 'dim', screen),
    ...(workers.length > 0 ? workers : [paint(fitText('No worker has joined yet.', columns), 'dim', screen)]),
  ].slice(0, rows - 1);
  return [...lines, paint(fitText('q ends. The farm goes on without this window.', columns), 'dim', screen)];
}

function headLine({ farm, jobs, workers, lost }: Watched, screen: Screen): string {
  if (lost !== null) return paint(fitText(`${farm}: ${lost}`, screen.columns), 'bad', screen);
  const atWork = workers.filter(({ state }) => state !== 'lost' && state !== 'asleep' && state !== 'sick');
  const slots = atWork.reduce((sum, worker) => sum + worker.slots, 0);
  const perMinute = jobs.reduce(
    (sum, job) => sum + (job.state === 'active' ? (job.framesPerMinute ?? 0) : 0),
    0,
  );
  const facts = `${countWords(atWork.length, 'worker')}, ${countWords(slots, 'slot')}, ${perMinute.toFixed(1)} frames a minute`;
  const left = Math.max(0, screen.columns - facts.length - 2);
  return `${paint(fitText(farm, left), 'strong', screen)}  ${fitText(facts, screen.columns - left - 2)}`;
}

/** What fits beside a job's name: all of it, no bar, or the counts alone. */
function widthsFor(columns: number): { bar: number; facts: number; state: number } {
  if (columns >= 70) return { bar: 14, facts: 27, state: Math.min(24, Math.floor(columns / 5)) };
  return { bar: 0, facts: 12, state: columns >= 40 ? 12 : 0 };
}

function jobLines(jobs: readonly Job[], screen: Screen): string[] {
  const { bar, facts, state } = widthsFor(screen.columns);
  const gaps = 1 + Number(bar > 0) + Number(state > 0);
  const name = Math.max(0, screen.columns - bar - facts - state - gaps);
  return [...jobs].sort(byInterest).map((job) => {
    const { frames } = job;
    const full = frames.total === 0 ? 0 : Math.floor((frames.done / frames.total) * bar);
    const counts = `${frames.done}/${frames.total || '?'}`;
    const more =
      job.state === 'active' && job.secondsLeft !== null ? spanWords(job.secondsLeft) : failures(job);
    const cells = [
      fitText(job.name, name),
      paint(fitText(phase(job), state), toneOf(job), screen),
      paint('█'.repeat(full), toneOf(job), screen) + paint('░'.repeat(bar - full), 'dim', screen),
      fitText(`${counts.padStart(11)}  ${more}`, facts),
    ];
    return cells.filter((cell) => cell !== '').join(' ');
  });
}

function failures({ frames }: Job): string {
  return frames.failed > 0 ? `${frames.failed} failed` : '';
}

// What renders first, then what waits, then what ended last.
function byInterest(a: Job, b: Job): number {
  return rank(a) - rank(b) || b.createdAt - a.createdAt;
}

function rank({ state }: Job): number {
  return ['active', 'queued', 'paused'].includes(state) ? ['active', 'queued', 'paused'].indexOf(state) : 3;
}

function toneOf({ state, frames }: Job): Tone {
  if (state === 'failed' || frames.failed > 0) return 'bad';
  if (state === 'completed') return 'good';
  return state === 'active' ? 'busy' : 'dim';
}

function workerLines(workers: readonly Worker[], screen: Screen): string[] {
  const state = screen.columns >= 40 ? 11 : 0;
  const name = Math.min(24, Math.max(8, Math.floor(screen.columns / 4)));
  return [...workers]
    .sort((a, b) => Number(isAway(a)) - Number(isAway(b)))
    .map((worker) => {
      const tone =
        worker.state === 'lost' || worker.state === 'sick'
          ? 'bad'
          : worker.state === 'rendering'
            ? 'busy'
            : 'dim';
      const words = [fitText(worker.name, name), paint(fitText(worker.state, state), tone, screen)];
      return [
        ...words,
        fitText(worker.problem?.says ?? doing(worker), Math.max(0, screen.columns - name - state - 2)),
      ].join(' ');
    });
}

function isAway({ state }: Worker): boolean {
  return state === 'lost' || state === 'asleep';
}

function doing({ slotReports, framesDone }: Worker): string {
  const busy = slotReports.filter((slot) => slot.state === 'rendering' && slot.frame !== null);
  const frames = busy.map(
    ({ frame, fraction }) => `${frame}${fraction === null ? '' : ` ${Math.round(fraction * 100)} %`}`,
  );
  return frames.length > 0
    ? `frame ${frames.join(', ')}`
    : countWords(framesDone, 'frame done', 'frames done');
}

/** As many lines as there is room for; the last says how many are not shown. */
function listed(lines: readonly string[], room: number, what: string, screen: Screen): readonly string[] {
  if (lines.length <= room) return lines;
  const kept = lines.slice(0, Math.max(0, room - 1));
  return [
    ...kept,
    paint(
      fitText(`and ${countWords(lines.length - kept.length, `more ${what}`)}`, screen.columns),
      'dim',
      screen,
    ),
  ];
}

function paint(text: string, tone: Tone, { colours }: Screen): string {
  return colours && text !== '' ? `\x1b[${codes[tone]}m${text}\x1b[0m` : text;
}
