import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { useCalmly } from '../frames/use-calmly.ts';

const REST_MS = 4000;

/** An address of a sprite for styles; null until it is there. It is asked for again, calmly, when `done` of its frames changes. */
export function useSprite(job: string, sprite: number, done: number): string | null {
  const seen = useCalmly(done, REST_MS);
  const { data } = useQuery({
    queryKey: ['sprite', job, sprite, seen],
    queryFn: async ({ signal }) =>
      new Blob([await farmApi.sprite(job, sprite, signal)], { type: 'image/webp' }),
    enabled: seen > 0,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!data) return;
    const made = URL.createObjectURL(data);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  return address;
}
