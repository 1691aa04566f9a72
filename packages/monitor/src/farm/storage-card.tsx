import type { FrameServer } from '@akashganga/protocol';
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { useFarm } from '../api/queries.ts';
import { useLive } from '../live/live-context.tsx';
import { bytes, count, percent } from '../words/amount.ts';
import styles from './whole-farm-page.module.css';

/** What lies on the disks of the manager and of the frame servers, and what is free there. */
export function StorageCard() {
  const { epoch } = useLive();
  const servers = useFarm().data?.frameServers;
  const storage = useQuery({
    queryKey: ['storage', epoch],
    queryFn: ({ signal }) => farmApi.storage(signal),
    refetchInterval: 60_000,
  });
  const { data, error } = storage;
  return (
    <section className={styles.card} aria-label="Storage">
      <h2>Storage</h2>
      {error && <p role="alert">{error.message}</p>}
      {!data && !error && <Skeleton height={120} radius="lg" />}
      <ul className={styles.disks}>
        {data && (
          <Disk name="Manager" free={data.freeBytes} size={data.diskBytes}>
            {bytes(data.blobs.bytes)} of scenes and builds in {count(data.blobs.count, 'blob')},{' '}
            {bytes(data.databaseBytes)} of database
          </Disk>
        )}
        {servers?.map((server) => (
          <ServerDisk key={server.id} server={server} />
        ))}
      </ul>
      {servers?.length === 0 && <p>No frame server is here: frames cannot be delivered.</p>}
    </section>
  );
}

function ServerDisk({ server: { name, freeBytes, diskBytes = null, reachable } }: { server: FrameServer }) {
  return (
    <Disk name={name} free={freeBytes} size={diskBytes}>
      Frames and films{!reachable && '; out of reach, as it last said'}
    </Disk>
  );
}

interface DiskProps {
  readonly name: string;
  /** Bytes; null where they cannot be told. */
  readonly free: number | null;
  readonly size: number | null;
  readonly children: ReactNode;
}

function Disk({ name, free, size, children }: DiskProps) {
  return (
    <li>
      <h3 title={name}>
        <bdi>{name}</bdi>
      </h3>
      <p>{children}</p>
      {free !== null && size !== null && (
        <>
          <meter
            className={styles.disk}
            min={0}
            max={size}
            value={size - free}
            aria-label={`Used of the disk of ${name}`}
          />
          <p>
            {bytes(free)} free of {bytes(size)}, {percent(size - free, size)} % used
          </p>
        </>
      )}
      {free !== null && size === null && <p>{bytes(free)} free</p>}
    </li>
  );
}
