import type { NewJobInput } from '@akashganga/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { putChanges } from '../api/queries.ts';
import { noChanges } from '../live/changes.ts';
import { sendScene, type Travel } from './send/send-scene.ts';
import { type Draft, keepSent } from './submit-desk.ts';

export type Wish = Omit<NewJobInput, 'id' | 'scene'>;

export interface Submitting {
  readonly travel: Travel | null;
  readonly trouble: string | null;
  readonly says: string | null;
  readonly isUnderWay: boolean;
  /** Sends the scene and then the job; its id, or null when it was stopped or went wrong (`says`). */
  readonly submit: (draft: Draft, wish: Wish) => Promise<string | null>;
  readonly stop: () => void;
}

export function useSubmit(): Submitting {
  const client = useQueryClient();
  const [travel, setTravel] = useState<Travel | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [says, setSays] = useState<string | null>(null);
  const [isUnderWay, setUnderWay] = useState(false);
  const control = useRef<AbortController | null>(null);
  useEffect(() => () => control.current?.abort(), []);
  useWarnBeforeLeaving(isUnderWay);

  const submit = async (draft: Draft, wish: Wish): Promise<string | null> => {
    control.current = new AbortController();
    const { signal } = control.current;
    setSays(null);
    setUnderWay(true);
    try {
      const manifest = await sendScene(draft.files, { onTravel: setTravel, onTrouble: setTrouble }, signal);
      const scene = { manifest, entry: draft.entry, blender: draft.blender };
      // Drawn here, so that sending it twice because an answer was lost makes one job.
      const job = await farmApi.submit({ ...wish, scene, id: newJobId() });
      keepSent(job.id, draft);
      const changes = noChanges();
      changes.jobs.set(job.id, job);
      putChanges(client, changes);
      return job.id;
    } catch (error) {
      if (!signal.aborted) setSays(error instanceof Error ? error.message : 'The scene could not be sent.');
      return null;
    } finally {
      setUnderWay(false);
      setTravel(null);
      setTrouble(null);
    }
  };
  return { travel, trouble, says, isUnderWay, submit, stop: () => control.current?.abort() };
}

function newJobId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return `j${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function useWarnBeforeLeaving(isUnderWay: boolean): void {
  useEffect(() => {
    if (!isUnderWay) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isUnderWay]);
}
