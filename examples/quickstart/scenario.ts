import type { HostNetworking, LoadBalancer, Network, Pod } from 'hns-vfp'

import type { BuildStep } from './document.js'
import { nameService, network as networkPlan, type PodName, podPlan, pods as podPlans, webPods, webService } from './plan.js'
import { closedForMaintenance, webPolicies } from './policies.js'

/** The network as it stands: what the plan says, made through the API. */
export class Scenario {
  readonly #pods = new Map<PodName, Pod>()

  private constructor(
    readonly hns: HostNetworking,
    readonly network: Network,
  ) {}

  /** Builds everything, from the network to the last ACL. `onStep` hears of each step that is done. */
  static async build(hns: HostNetworking, onStep: (step: BuildStep) => void): Promise<Scenario> {
    const { name, prefix, gateway } = networkPlan
    const step = async <T>(title: string, work: () => Promise<T>): Promise<T> => {
      const begun = performance.now()
      const made = await work()
      onStep({ name: title, milliseconds: performance.now() - begun })
      return made
    }

    const network = await step(`network ${name}: L2Bridge ${prefix}, gateway ${gateway}`, () =>
      hns.networks.create({ name, type: 'L2Bridge', subnets: [{ prefix, gateway }] }),
    )
    const scenario = new Scenario(hns, network)
    for (const plan of podPlans) {
      await step(`pod ${plan.name}: ${plan.address}, containers ${plan.containers.join(', ')}`, () => scenario.#createPod(plan.name))
    }
    await step(`service ${webService.name}: ${webService.vip}, ports 80 → 8080 and 8081, backends ${webPods.join(', ')}`, () =>
      scenario.#createWebService(),
    )
    await step(`service ${nameService.name}: ${nameService.vip}, port 53 over UDP and TCP, backend dns`, () =>
      scenario.#createNameService(),
    )
    await step(`ACLs of ${webPods.join(', ')}: ${webPolicies.length} rules each`, () => scenario.#addAcls())
    return scenario
  }

  pod(name: PodName): Pod {
    const pod = this.#pods.get(name)
    if (pod === undefined) throw new Error(`no pod \`${name}\``)
    return pod
  }

  /** What is dropped on its way into the web pods from now on, by reason. */
  async countDrops(): Promise<() => Promise<ReadonlyMap<string, number>>> {
    const before = await this.#dropsSoFar()
    return async () => {
      const risen = [...(await this.#dropsSoFar())].map(([reason, packets]) => [reason, packets - (before.get(reason) ?? 0)] as const)
      return new Map(risen.filter(([, packets]) => packets > 0))
    }
  }

  /** Who shares the compartment of a pod, as the service has it. */
  async describeCompartment(name: PodName): Promise<{ readonly containers: readonly string[]; readonly addresses: readonly string[] }> {
    const { containers, endpoints } = await this.pod(name).query()
    return { containers, addresses: endpoints.flatMap(({ addresses }) => addresses) }
  }

  async closeForMaintenance(): Promise<void> {
    await Promise.all(webPods.map((name) => this.pod(name).endpoint.addPolicies([closedForMaintenance])))
  }

  async reopen(): Promise<void> {
    await Promise.all(webPods.map((name) => this.pod(name).endpoint.removePolicies([closedForMaintenance])))
  }

  async #dropsSoFar(): Promise<ReadonlyMap<string, number>> {
    const sums = new Map<string, number>()
    for (const name of webPods) {
      const { drops } = (await this.hns.vfp.counters(this.pod(name).endpoint)).in
      for (const { reason, packets } of drops) sums.set(reason, (sums.get(reason) ?? 0) + packets)
    }
    return sums
  }

  async #createPod(name: PodName): Promise<void> {
    const { address, containers, search } = podPlan(name)
    const pod = await this.hns.pods.create({
      name,
      network: this.network,
      addresses: [address],
      dns: { servers: [nameService.vip], search },
    })
    this.#pods.set(name, pod)
    for (const container of containers) await pod.addContainer(container)
  }

  async #createWebService(): Promise<LoadBalancer> {
    const { vip, http, status } = webService
    return this.hns.loadBalancers.create({
      name: webService.name,
      frontendVips: [vip],
      backends: webPods.map((name) => this.pod(name).endpoint),
      ports: [http, status].map(({ port, internalPort }) => ({ protocol: 'tcp' as const, external: port, internal: internalPort })),
    })
  }

  async #createNameService(): Promise<LoadBalancer> {
    const { vip, port, internalPort } = nameService
    return this.hns.loadBalancers.create({
      name: nameService.name,
      frontendVips: [vip],
      backends: [this.pod('dns').endpoint],
      ports: (['udp', 'tcp'] as const).map((protocol) => ({ protocol, external: port, internal: internalPort })),
    })
  }

  async #addAcls(): Promise<void> {
    await Promise.all(webPods.map((name) => this.pod(name).endpoint.addPolicies(webPolicies)))
  }
}
