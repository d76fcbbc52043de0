/** How the app ended. `code` is what the process should exit with: 0, 128 + signal, or 70 after a crash. */
export interface AppEnd {
  readonly reason: 'exit' | 'signal' | 'terminal gone' | 'crash';
  readonly code: number;
  readonly error?: unknown;
}

/** The process as the screen needs it: `process`, or a test's. */
export interface AppProcess {
  on(event: string, listener: (...values: unknown[]) => void): unknown;
  off(event: string, listener: (...values: unknown[]) => void): unknown;
  readonly pid: number;
  kill(pid: number, signal: NodeJS.Signals): unknown;
  /** What libraries write there at the end must not hang before a terminal that does not read. */
  readonly stderr?: object;
}

export interface ProcessListener {
  /** A signal or a crash ends the app. */
  end(how: AppEnd): void;
  /** Somebody asks us to stop (SIGTSTP): give the terminal back, then call stop. */
  stopAsked(): void;
  /** The shell has continued us (SIGCONT). */
  continued(): void;
  /** The process is leaving at once (process.exit); only what is written without waiting arrives. */
  leaving(): void;
}

export interface ProcessWatch {
  /** Stops this process and all of its group, as Ctrl-Z does outside raw mode. */
  stop(): void;
  /** Stops this process alone, where the others of its group heard of it themselves. */
  stopAlone(): void;
  close(): void;
}

/** Hears of everything that ends, stops or continues the process. */
export function watchProcess(process: AppProcess, listener: ProcessListener): ProcessWatch {
  const crash = (error: unknown) => listener.end({reason: 'crash', code: 70, error});
  const listeners: [string, (...values: unknown[]) => void][] = [
    ...Object.entries(endingSignals).map(([name, number]): [string, () => void] => [
      name,
      () => listener.end({reason: 'signal', code: 128 + number}),
    ]),
    ['uncaughtException', crash],
    ['unhandledRejection', crash],
    ['SIGTSTP', listener.stopAsked],
    ['SIGCONT', listener.continued],
    ['exit', listener.leaving],
  ];
  for (const [event, call] of listeners) process.on(event, call);
  /** While somebody listens, the signal stops nobody. */
  const stop = (pid: number): void => {
    process.off('SIGTSTP', listener.stopAsked);
    try {
      process.kill(pid, 'SIGTSTP');
    } finally {
      process.on('SIGTSTP', listener.stopAsked);
    }
  };
  return {
    stop: () => stop(0),
    stopAlone: () => stop(process.pid),
    close() {
      for (const [event, call] of listeners) process.off(event, call);
    },
  };
}

const endingSignals = {SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15};

/** Whether an exit code is that of a signal which Ctrl-c and Ctrl-\ send to all who are before the terminal. */
export function isFromKeyboard(code: number): boolean {
  return code === 128 + endingSignals.SIGINT || code === 128 + endingSignals.SIGQUIT;
}
