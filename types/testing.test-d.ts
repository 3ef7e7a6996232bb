import type { HostNetworking, Packet, TcpPacket } from 'hns-vfp'
import { createLab, type Lab, type Station, tcp } from 'hns-vfp/testing'
import { expectError, expectType } from 'tsd'

const lab = await createLab({ endpoints: ['10.1.0.4'], uplink: true, clock: 'manual' })
expectType<Lab>(lab)
expectType<HostNetworking>(lab.host)
expectType<Station>(lab.at('10.1.0.4'))
expectType<readonly Packet[]>(await lab.at('10.1.0.4').received())
expectType<TcpPacket>(tcp('10.1.0.4:1 > 10.1.0.5:2 S'))
await lab.clock.advance({ minutes: 4 })
expectError(lab.clock.advance(240))
expectError(createLab({ clock: 'fast' }))
expectError(lab.at(4))
expectError(lab.addLoadBalancer({ frontendVips: ['10.96.0.10'], ports: { tcp: { 80: 8080 } } }))

// Faults: each has its own members.
createLab({ faults: [{ call: 'createEndpoint', nth: 3, fault: 'fail', code: 'HCN_E_PORT_NOT_FOUND' }] })
createLab({ faults: [{ call: '*', probability: 0.01, fault: 'restart', lasting: { seconds: 5 } }] })
createLab({ faults: [{ call: 'reserveGuestNetworkServicePort', when: 'after', fault: 'hang' }] })
expectError(createLab({ faults: [{ call: 'createEndpoint', fault: 'fail' }] }))
expectError(createLab({ faults: [{ call: 'makeCoffee', fault: 'hang' }] }))
expectError(createLab({ faults: [{ call: '*', fault: 'fail', code: 'ERR_TIMEOUT' }] }))
expectError(createLab({ faults: [{ call: '*', fault: 'delay', by: 5 }] }))
