import type { PlannedFault } from '../plan/plan.ts';
import { consumersOf } from './consumers.ts';
import { type RunningProcess, startOrders } from './orders-process.ts';
import { startShop } from './shop-process.ts';
import type { World } from './world.ts';

/** The processes of a world: they are started, killed, frozen and started again. */
export class Fleet {
  readonly #world: World;
  readonly #running = new Map<string, RunningProcess>();
  #incarnations = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get(name: string): RunningProcess | undefined {
    const running = this.#running.get(name);
    return running?.process.isRunning === true ? running : undefined;
  }

  start(name: string): void {
    if (this.#running.get(name)?.process.isDead === false) return;
    this.#incarnations += 1;
    const process = this.#world.newProcess(name, this.#incarnations);
    const start = name.startsWith('orders') ? startOrders : startShop;
    this.#running.set(name, start(this.#world, process, this.#incarnations));
  }

  /** Does what was planned; what it broke works again after its time. */
  strike(fault: PlannedFault): void {
    const { scheduler, network, orders, shop, log } = this.#world;
    const later = (ms: number, what: string, act: () => void): void => void scheduler.after(ms, what, act);
    switch (fault.kind) {
      case 'kill':
        this.#running.get(fault.process)?.process.kill();
        return later(fault.forMs, `start ${fault.process}`, () => this.start(fault.process));
      case 'freeze': {
        const process = this.#running.get(fault.process)?.process;
        process?.freeze();
        return later(fault.forMs, `thaw ${fault.process}`, () => process?.thaw());
      }
      case 'stop': {
        const running = this.get(fault.process);
        void running?.stop().then(() => {
          running.process.kill();
          later(fault.forMs, `start ${fault.process}`, () => this.start(fault.process));
        });
        return;
      }
      case 'cut':
        network.cut(fault.process, fault.server);
        this.#running.get(fault.process)?.process.cutOff(fault.server);
        return later(fault.forMs, `mend ${fault.process} ${fault.server}`, () =>
          network.mend(fault.process, fault.server),
        );
      case 'crash': {
        const server = { 'orders-db': orders, 'shop-db': shop, log }[fault.server];
        if (server === log) log.stop();
        else (server as typeof orders).crash();
        for (const { process } of this.#running.values()) process.cutOff(fault.server);
        return later(fault.forMs, `start ${fault.server}`, () => server.start());
      }
      case 'rebalance':
        for (const { name } of consumersOf(this.#world, this.#world.newProcess('shop-0', 0)))
          log.group(name).rebalance();
        return;
      case 'garbage':
        if (log.isUp)
          log.append({ topic: 'orders.order', key: fault.entity, value: new Uint8Array([1, 2, 3]), headers: {} });
    }
  }

  /** Makes everything run. */
  restore(): void {
    const { network, orders, shop, log, plan } = this.#world;
    network.calm();
    for (const server of [orders, shop, log]) if (!server.isUp) server.start();
    for (const { process } of this.#running.values()) process.thaw();
    for (const name of plan.processes) this.start(name);
  }

  /** Stops every process in good order; answers once all have stopped. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((running) => running.stop()));
  }
}
