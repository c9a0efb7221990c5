/** What an XLA engine runs on: `{processes: 2, devicesPerProcess: 2, platform: 'cpu'}` is the cluster `2xcpu:2`. */
export interface XlaCluster {
  readonly processes: number;
  /** Virtual devices of each process, for `cpu`; other platforms bring the machine's own. */
  readonly devicesPerProcess: number;
  readonly platform: 'cpu' | 'gpu' | 'tpu';
}

/** Deadlines in seconds. A call that misses its own ends the engine with SK3003. */
export interface XlaDeadlines {
  readonly startSeconds: number;
  readonly compileSeconds: number;
  /** For each step. */
  readonly executeSeconds: number;
  readonly otherSeconds: number;
}

/** How processes are started and find each other, where they do not share the network of this one. */
export interface XlaNetwork {
  /** An address of process 0 that all reach; a port is chosen that is free here. Default: the loopback. */
  readonly coordinatorHost?: string;
  /**
   * Words before the command of a process: `['ip', 'netns', 'exec', 'one']`. They become the command, as `env` does.
   * The session's folder, which holds the driver's socket, must be seen from there.
   */
  readonly prefix?: (process: number) => readonly string[];
}

export interface XlaEngineOptions {
  readonly cluster: XlaCluster;
  readonly network?: XlaNetwork;
  /** Default: `findPython()`. */
  readonly python?: string;
  /** In which the session makes its own folder. Default: `/dev/shm`, else the temporary folder. */
  readonly sessionRoot?: string;
  readonly deadlines?: Partial<XlaDeadlines>;
  /** Further environment of the workers. */
  readonly environment?: Readonly<Record<string, string>>;
}
