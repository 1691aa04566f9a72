import { useEffect, useRef, useState } from 'react';

/** Follows `value`, but changes at most every `rest` milliseconds; the last value always arrives. */
export function useCalmly<Value>(value: Value, rest: number): Value {
  const [shown, setShown] = useState(value);
  const changedAt = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, changedAt.current + rest - Date.now());
    const timer = setTimeout(() => {
      changedAt.current = Date.now();
      setShown(value);
    }, wait);
    return () => clearTimeout(timer);
  }, [value, rest]);
  return shown;
}
