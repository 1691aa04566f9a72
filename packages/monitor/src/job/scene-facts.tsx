import type { Job, ProbeReport } from '@akashganga/protocol';
import type { ReactNode } from 'react';
import { Icon } from '../icons/icon.tsx';
import { Ago } from '../words/ago.tsx';
import { count, number } from '../words/amount.ts';
import { measured } from '../words/duration.ts';
import styles from './job-page.module.css';

const MOST_MISSING = 20;

/** What the farm knows of the job and, since the probe, of its scene. */
export function SceneFacts({ job }: { job: Job }) {
  const { probe, settings, film } = job;
  const rate = film.rate ?? (probe && { fps: probe.fps, base: probe.fpsBase });
  return (
    <section className={styles.card} aria-label="Scene">
      <h2>Scene</h2>
      <dl className={styles.facts}>
        <Fact name="File">
          <bdi>{job.scene.entry}</bdi>
        </Fact>
        {probe && <ProbeFacts probe={probe} settings={settings} />}
        <Fact name="Frames">{job.frameSpec ?? 'not known before the scene is read'}</Fact>
        {rate && <Fact name="Rate">{number3(rate.fps / rate.base)} pictures a second</Fact>}
        <Fact name="Blender">{probe?.blender ?? job.scene.blender}</Fact>
        {settings.samples !== undefined && <Fact name="Samples">{number(settings.samples)}</Fact>}
        {job.frameSeconds !== null && <Fact name="A frame takes">{measured(job.frameSeconds)}</Fact>}
        <Fact name="Submitted">
          <bdi>{job.submitter}</bdi>, <Ago at={job.createdAt} />
        </Fact>
        {job.startedAt !== null && job.endedAt !== null && (
          <Fact name="Took">{measured(Math.max(0, job.endedAt - job.startedAt) / 1000)}</Fact>
        )}
        <Fact name="Priority">{job.priority}</Fact>
        {job.tags.length > 0 && <Fact name="Tags">{job.tags.join(', ')}</Fact>}
      </dl>
      {!probe && <p className={styles.note}>More is known when a worker has read the scene.</p>}
      {probe && <Trouble probe={probe} />}
    </section>
  );
}

function ProbeFacts({ probe, settings }: { probe: ProbeReport; settings: Job['settings'] }) {
  return (
    <>
      {probe.scenes.length > 1 && (
        <Fact name="Scene">
          <bdi>{probe.scene}</bdi>, one of {probe.scenes.length}
        </Fact>
      )}
      <Fact name="Engine">{engineName(probe.engine)}</Fact>
      <Fact name="Size">
        {probe.width} × {probe.height}
        {settings.scale !== undefined && settings.scale !== 100 && ` (${settings.scale} %)`}
      </Fact>
      <Fact name="Camera">{probe.camera === null ? 'none' : <bdi>{probe.camera}</bdi>}</Fact>
      <Fact name="Pictures">
        {probe.extension.slice(1)}, {probe.colorMode} {probe.colorDepth} bit
      </Fact>
      <Fact name="Range">
        {number(probe.frameStart)} to {number(probe.frameEnd)}
        {probe.frameStep > 1 && `, every ${probe.frameStep}`}
      </Fact>
    </>
  );
}

function Trouble({ probe }: { probe: ProbeReport }) {
  if (probe.missing.length + probe.warnings.length === 0) return null;
  return (
    <ul className={styles.failures}>
      {probe.missing.slice(0, MOST_MISSING).map((file) => (
        <li key={`${file.kind}-${file.path}`}>
          <Icon name="warning" size={16} />
          <div>
            Missing {file.kind} <bdi>{file.name}</bdi>
            <code>
              <bdi>{file.path}</bdi>
            </code>
          </div>
        </li>
      ))}
      {probe.missing.length > MOST_MISSING && (
        <li>and {count(probe.missing.length - MOST_MISSING, 'more missing file')}</li>
      )}
      {probe.warnings.map((warning) => (
        <li key={warning}>
          <Icon name="warning" size={16} />
          <bdi>{warning}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const engines: Readonly<Record<string, string>> = {
  CYCLES: 'Cycles',
  BLENDER_EEVEE: 'Eevee',
  BLENDER_EEVEE_NEXT: 'Eevee',
  BLENDER_WORKBENCH: 'Workbench',
};

function engineName(engine: string): string {
  return engines[engine] ?? engine;
}

function number3(n: number): string {
  return String(Math.round(n * 1000) / 1000);
}
