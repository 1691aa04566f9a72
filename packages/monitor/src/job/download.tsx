import type { Job } from '@akashganga/protocol';
import { Button, Menu, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { farmFiles } from '../api/farm-api.ts';
import { Icon } from '../icons/icon.tsx';
import { useFocusBack } from '../keys/use-focus-back.ts';
import { bytes, count } from '../words/amount.ts';
import { filmFileName } from './film-words.ts';

/** All that can be taken from a job: its film, its frames, and those one chooses. */
export function Download({ job, selected }: { job: Job; selected: number | null }) {
  const [isAsking, setAsking] = useState(false);
  useFocusBack(isAsking);
  const { film, frames } = job;
  if (frames.done === 0) return null;
  const size = film.size === null ? '' : `, ${bytes(film.size)}`;
  return (
    <>
      <Menu position="bottom-start" withinPortal shadow="lg">
        <Menu.Target>
          <Button variant={film.state === 'done' ? 'filled' : 'light'} leftSection={<Icon name="download" />}>
            Download
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {film.state === 'done' && (
            <Menu.Item
              component="a"
              href={farmFiles.film(job.id)}
              download={filmFileName(job.name, film.container)}
              leftSection={<Icon name="film" />}
            >
              The film ({film.container}
              {size})
            </Menu.Item>
          )}
          <Menu.Item
            component="a"
            href={farmFiles.zip(job.id, partsOf(job), null)}
            download={zipName(job)}
            leftSection={<Icon name="picture" />}
          >
            {frames.done < frames.total ? `${count(frames.done, 'frame')} so far` : 'All frames'} (zip)
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="dots" />} onClick={() => setAsking(true)}>
            Some frames (zip) …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title="Which frames?"
        closeButtonProps={{ 'aria-label': 'Close' }}
        centered
        radius="lg"
        returnFocus={false}
      >
        <SomeFrames job={job} first={selected} onTaken={() => setAsking(false)} />
      </Modal>
    </>
  );
}

function SomeFrames(props: { job: Job; first: number | null; onTaken: () => void }) {
  const { job, first, onTaken } = props;
  const [spec, setSpec] = useState(first === null ? (job.frameSpec ?? '') : String(first));
  const frames = spec.replaceAll(/\s/g, '');
  const isSpec = looksLikeSpec(frames);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSpec) return;
        takeFile(farmFiles.zip(job.id, partsOf(job), frames), zipName(job));
        onTaken();
      }}
    >
      <TextInput
        label="Frames"
        description="Such as 1-250, 1,5,9 or 1-100x5. Those not done are named in MISSING.txt."
        value={spec}
        error={isSpec || frames === '' ? null : 'These are no frame numbers.'}
        data-autofocus
        onChange={(event) => setSpec(event.currentTarget.value)}
      />
      <Button type="submit" mt="lg" disabled={!isSpec} leftSection={<Icon name="download" />}>
        Download the zip
      </Button>
    </form>
  );
}

/** Whether the farm may know what is meant; it reads the numbers itself. */
export function looksLikeSpec(text: string): boolean {
  const one = String.raw`-?\d{1,7}(?:--?\d{1,7}(?:x\d{1,7})?)?`;
  return new RegExp(`^${one}(?:,${one})*$`).test(text) && text.length <= 10_000;
}

function partsOf({ probe }: Job): ('frames' | 'outputs')[] {
  return probe !== null && probe.outputs.length > 0 ? ['frames', 'outputs'] : ['frames'];
}

function zipName(job: Job): string {
  return filmFileName(job.name, job.film.container).replace(/\.[a-z0-9]+$/, '.zip');
}

// As a click on a link does: the browser saves it while it comes, however large it is.
function takeFile(href: string, name: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.click();
}
