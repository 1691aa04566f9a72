import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { JobPage } from '../job/job-page.tsx';
import { WorkersPage } from '../workers/workers-page.tsx';
import { FarmPage } from './farm-page.tsx';
import { links, type Route } from './route.ts';

// Not part of what a phone on the sofa loads.
const HistoryPage = lazy(async () => ({ default: (await import('../farm/history-page.tsx')).HistoryPage }));
const WholeFarmPage = lazy(async () => ({
  default: (await import('../farm/whole-farm-page.tsx')).WholeFarmPage,
}));
const FramePage = lazy(async () => ({ default: (await import('../frame/frame-page.tsx')).FramePage }));
const WorkerPage = lazy(async () => ({ default: (await import('../workers/worker-page.tsx')).WorkerPage }));
const PeoplePage = lazy(async () => ({ default: (await import('../people/people-page.tsx')).PeoplePage }));
const SubmitPage = lazy(async () => ({ default: (await import('../submit/submit-page.tsx')).SubmitPage }));

/** The page of a route. */
export function Page({ route }: { route: Route }) {
  return (
    <Suspense fallback={<Skeleton height={320} radius="lg" />}>
      <PageOf route={route} />
    </Suspense>
  );
}

function PageOf({ route }: { route: Route }) {
  switch (route.page) {
    case 'farm':
      return <FarmPage />;
    case 'job':
      return <JobPage key={route.job} id={route.job} />;
    case 'frame':
      return <FramePage key={route.job} id={route.job} frame={route.frame} other={route.other} />;
    case 'workers':
      return <WorkersPage />;
    case 'worker':
      return <WorkerPage key={route.worker} id={route.worker} />;
    case 'whole-farm':
      return <WholeFarmPage />;
    case 'history':
      return <HistoryPage />;
    case 'people':
      return <PeoplePage />;
    case 'submit':
      return <SubmitPage />;
    case 'unknown':
      return (
        <p>
          There is no such page. <a href={links.farm}>See the jobs.</a>
        </p>
      );
  }
}
