import type { Job } from '@akashganga/protocol';
import { Button, NativeSelect, SegmentedControl, Skeleton, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { loadOlderJobs, useJobs } from '../api/queries.ts';
import { CopyLine } from '../app/copy-line.tsx';
import mark from '../app/mark.svg';
import { links } from '../app/route.ts';
import { Icon } from '../icons/icon.tsx';
import { LongList } from '../lists/long-list.tsx';
import styles from './job-list.module.css';
import { JobRow } from './job-row.tsx';
import {
  type JobFilter,
  type JobSort,
  jobFilters,
  jobFilterWords,
  jobSorts,
  jobSortWords,
  passes,
  sortJobs,
} from './job-words.ts';
import { ManyBar } from './many-bar.tsx';
import { useSelection } from './use-selection.ts';

export function JobList() {
  const client = useQueryClient();
  const { data, error } = useJobs(client);
  const [filter, setFilter] = useState<JobFilter>('all');
  const [text, setText] = useState('');
  const [sort, setSort] = useState<JobSort>('newest');
  if (!data) return error ? <p role="alert">{error.message}</p> : <Waiting />;
  if (data.jobs.length === 0) return <NoJobs />;
  const found = sortJobs(
    data.jobs.filter((job) => passes(job, filter, text)),
    sort,
  );
  return (
    <section className={styles.list} aria-label="Jobs">
      <div className={styles.tools}>
        <SegmentedControl
          size="sm"
          value={filter}
          onChange={(value) => setFilter(value as JobFilter)}
          data={jobFilters.map((value) => ({ value, label: labelOf(value, data.jobs) }))}
          aria-label="Which jobs"
        />
        <TextInput
          className={styles.search}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          placeholder="Find by name, person or tag"
          aria-label="Find jobs"
          leftSection={<Icon name="search" size={16} />}
          type="search"
        />
        <NativeSelect
          value={sort}
          onChange={(event) => setSort(event.currentTarget.value as JobSort)}
          data={jobSorts.map((value) => ({ value, label: jobSortWords[value] }))}
          aria-label="In which order"
        />
      </div>
      <Rows jobs={found} />
      {found.length === 0 && <p className={styles.none}>No job is like that.</p>}
      {data.more && <OlderJobs />}
    </section>
  );
}

function Rows({ jobs }: { jobs: readonly Job[] }) {
  const selection = useSelection(jobs.map(({ id }) => id));
  return (
    <>
      <ManyBar jobs={jobs.filter(({ id }) => selection.ids.has(id))} onClear={selection.clear} />
      <LongList
        items={jobs}
        idOf={idOf}
        draw={(job) => <JobRow job={job} selected={selection.ids.has(job.id)} onSelect={selection.toggle} />}
        {...{ label: 'Jobs', column: 700, gap: 10, height: 100 }}
      />
    </>
  );
}

const idOf = ({ id }: Job) => id;

function labelOf(filter: JobFilter, jobs: readonly Job[]): string {
  const size = filter === 'all' ? 0 : jobs.filter((job) => passes(job, filter, '')).length;
  return size === 0 ? jobFilterWords[filter] : `${jobFilterWords[filter]} ${size}`;
}

function OlderJobs() {
  const client = useQueryClient();
  const load = useMutation({ mutationFn: () => loadOlderJobs(client) });
  return (
    <>
      {load.error && <p role="alert">{load.error.message}</p>}
      <Button variant="subtle" loading={load.isPending} onClick={() => load.mutate()}>
        Show older jobs
      </Button>
    </>
  );
}

function NoJobs() {
  return (
    <section className={styles.empty} aria-label="Jobs">
      <img src={mark} alt="" width={96} height={96} />
      <h2>No jobs yet</h2>
      <p>Give the farm its first scene: drop it on the page,</p>
      <Button component="a" href={links.submit} leftSection={<Icon name="send" />}>
        Submit a scene
      </Button>
      <p>or send it from any computer that has the command:</p>
      <CopyLine text="./akashganga submit scene.blend" what="the command" />
    </section>
  );
}

function Waiting() {
  return (
    <div className={styles.list} aria-busy="true">
      <Skeleton height={36} radius="md" />
      <Skeleton height={98} radius="lg" />
      <Skeleton height={98} radius="lg" />
      <Skeleton height={98} radius="lg" />
    </div>
  );
}
