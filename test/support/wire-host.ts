import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { NativeHandle, NativeHost } from '../../lib/native/hcn-calls.js'
import { loadBinding } from '../../lib/native/load.js'
import { HostContext } from '../../lib/objects/host-context.js'
import type { HostComputeNetwork } from '../../types/index.js'

type Document = Readonly<Record<string, unknown>>

const V2 = JSON.stringify({ SchemaVersion: { Major: 2, Minor: 0 } })

/** An embedded host as an HCN client of its own sees it: documents in, documents and codes out. */
export class WireHost {
  private constructor(readonly native: NativeHost) {}

  /** `profile`: a profile's name or a version; empty for the default. */
  static async open(profile = ''): Promise<WireHost> {
    const options = {
      ports: 'memory',
      clock: 'system',
      flowCache: true,
      seed: 1,
      maxConnections: 1000,
      helperPath: '',
      state: '',
      profile,
    } as const
    const native = await loadBinding().openEmbeddedHost(options)
    return new WireHost(native)
  }

  close(): Promise<void> {
    return this.native.close()
  }

  /** An l2bridge of 10.1.0.0/16 and fd00::/64 with gateways `.1` and `::1`. */
  network(name = 'pods'): Promise<NativeHandle> {
    return this.native.createNetwork(
      randomUUID(),
      JSON.stringify({
        Name: name,
        Type: 'L2Bridge',
        SchemaVersion: { Major: 2, Minor: 0 },
        Ipams: [
          {
            Type: 'Static',
            Subnets: [
              { IpAddressPrefix: '10.1.0.0/16', Routes: [{ NextHop: '10.1.0.1', DestinationPrefix: '0.0.0.0/0' }] },
              { IpAddressPrefix: 'fd00::/64', Routes: [{ NextHop: 'fd00::1', DestinationPrefix: '::/0' }] },
            ],
          },
        ],
      }),
    )
  }

  async networkDocument(handle: NativeHandle): Promise<HostComputeNetwork> {
    return JSON.parse(await this.native.queryNetworkProperties(handle, V2)) as HostComputeNetwork
  }

  async endpointDocument(handle: NativeHandle): Promise<Document> {
    return JSON.parse(await this.native.queryEndpointProperties(handle, V2)) as Document
  }
}

/** The code a call fails with, or 'OK'. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'OK'
  } catch (failure) {
    const error = HostContext.explain('call', failure, loadBinding().errorSymbols) as { code?: string; hresult?: number; record?: Document }
    // Every failure of HCN's carries its record, and the record the same code.
    assert.equal(error.record?.ErrorCode, error.hresult)
    return error.code ?? String(failure)
  }
}
