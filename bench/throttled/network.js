// Two network namespaces joined by a pair of virtual links, each sending no faster than `tc tbf` lets it:
//
//     namespace 0 [10.213.77.1] ── tbf ──▶ veth ◀── tbf ── [10.213.77.2] namespace 1
//
// Names hold the process id, so that several can be there at once, and nothing is left behind.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

const subnet = '10.213.77';
const address = end => `${subnet}.${end + 1}`;
const names = { space: end => `skein-${process.pid}-${end}`, link: end => `sk${process.pid}e${end}` };
const hostsFolder = '/etc/netns';

/**
 * The rates that are measured. A bucket holds what the link sends in a millisecond, rounded up to a few packets: a larger
 * one would let small messages through at once, a smaller one never fills the link. The queue holds what is in flight.
 */
export const rates = {
  '100 Mbit/s': { bitsPerSecond: 1e8, shape: ['rate', '100mbit', 'burst', '16kb', 'limit', '4mb'] },
  '1 Gbit/s': { bitsPerSecond: 1e9, shape: ['rate', '1gbit', 'burst', '128kb', 'limit', '4mb'] },
};

const run = (command, ...words) =>
  execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const attempt = (command, ...words) => spawnSync(command, words, { stdio: 'ignore' });

/** Why no such network can be made here, in a line; undefined where it can. */
export function whyNotPermitted() {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  for (const command of ['ip', 'tc']) {
    if (spawnSync(command, ['-V']).error !== undefined) return `there is no command ${command} (package iproute2)`;
  }
  if (process.getuid() !== 0) return 'namespaces of the network are made by root';
  let network;
  try {
    network = openNetwork();
    network.throttle('100 Mbit/s');
  } catch (error) {
    return `${error.message.split('\n').slice(0, 2).join(': ')}`;
  } finally {
    network?.close();
  }
  return undefined;
}

/** Makes the two namespaces and joins them; the caller closes the network, which also happens when this process ends. */
export function openNetwork() {
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    process.off('exit', close);
    for (const end of [0, 1]) {
      // A namespace lives as long as a process in it, so the link is taken out first.
      attempt('ip', '-n', names.space(end), 'link', 'del', names.link(end));
      attempt('ip', 'netns', 'del', names.space(end));
      rmSync(`${hostsFolder}/${names.space(end)}`, { recursive: true, force: true });
    }
    try {
      rmdirSync(hostsFolder);
    } catch {
      // It is not ours alone, or was never made.
    }
  };
  process.on('exit', close);
  try {
    for (const end of [0, 1]) run('ip', 'netns', 'add', names.space(end));
    const peer = ['peer', 'name', names.link(1), 'netns', names.space(1)];
    run('ip', 'link', 'add', names.link(0), 'netns', names.space(0), 'type', 'veth', ...peer);
    for (const end of [0, 1]) {
      const inside = ['-n', names.space(end)];
      run('ip', ...inside, 'addr', 'add', `${address(end)}/24`, 'dev', names.link(end));
      run('ip', ...inside, 'link', 'set', 'lo', 'up');
      run('ip', ...inside, 'link', 'set', names.link(end), 'up');
      // Gloo listens on the address that the machine's name stands for; `ip netns exec` puts this file over /etc/hosts.
      mkdirSync(`${hostsFolder}/${names.space(end)}`, { recursive: true });
      const lines = ['127.0.0.1 localhost', `${address(end)} ${hostname()}`];
      writeFileSync(`${hostsFolder}/${names.space(end)}/hosts`, `${lines.join('\n')}\n`);
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    /** For `startXlaEngine`. */
    workers: { coordinatorHost: address(0), prefix: end => ['ip', 'netns', 'exec', names.space(end)] },
    throttle(rate) {
      for (const end of [0, 1]) {
        run(
          'tc',
          '-n',
          names.space(end),
          'qdisc',
          'replace',
          'dev',
          names.link(end),
          'root',
          'tbf',
          ...rates[rate].shape,
        );
      }
    },
    /** Bytes that both ends have sent, on average. */
    sentBytes() {
      const sent = end => JSON.parse(run('ip', '-n', names.space(end), '-s', '-j', 'link', 'show', names.link(end)))[0];
      return [0, 1].reduce((sum, end) => sum + sent(end).stats64.tx.bytes / 2, 0);
    },
    close,
  };
}
