const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `clean` when this process ends by `process.exit`, an uncaught error, or a signal, and returns a function that
 * takes that back. Where nobody else listens for the signal, the process then ends by it as if it had not been caught.
 */
export function cleanAtExit(clean: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    clean();
    undo();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const undo = (): void => {
    process.off('exit', clean);
    for (const signal of signals) process.off(signal, onSignal);
  };
  process.on('exit', clean);
  for (const signal of signals) process.on(signal, onSignal);
  return undo;
}
