import type { Notice } from '@akashganga/protocol';

/** What happened, as a sentence for people. */
export function wordsOf({ event, job, worker, problem }: Notice): string {
  const why = problem ? `: ${plain(problem.says, 500)}` : '.';
  if (event === 'job.done' && job) {
    const { done, total, failed } = job.frames;
    const lacking = failed > 0 ? `, ${failed} failed` : '';
    return `“${plain(job.name)}” of ${plain(job.submitter)} is done: ${done} of ${total} frames${lacking}.`;
  }
  if (event === 'job.failed' && job) return `“${plain(job.name)}” of ${plain(job.submitter)} failed${why}`;
  if (event === 'worker.sick' && worker)
    return `The worker “${plain(worker.name)}” is sick and gets no frames for a while${why}`;
  return 'This is a test of the farm’s notices.';
}

/**
 * A name from outside among words of ours. Chat programs call people by `@name` and `<!channel>`, and make links of
 * `[words](address)`; no job's name shall do that. Marks that turn the direction of text, and control characters, go.
 */
function plain(name: string, most = 120): string {
  const tame = name
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .replace(/@/g, '@\u200b')
    .replace(/[<>[\]`]/g, (mark) => TAME[mark] ?? '')
    .trim();
  return tame.length > most ? `${tame.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…` : tame;
}

const TAME: Readonly<Record<string, string>> = { '<': '‹', '>': '›', '[': '(', ']': ')', '`': '’' };
