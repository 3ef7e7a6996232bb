import type { SchemaVersion } from './common.js'

/**
 * What enumerate and query-properties calls take. Without one, or with
 * `SchemaVersion.Major` 1, the service answers in its first dialect.
 */
export interface HostComputeQuery {
  readonly SchemaVersion?: SchemaVersion
  /** `None` 0, `Detailed` 1. */
  readonly Flags?: 0 | 1
  /**
   * A JSON object *as text*: `"{\"Name\":\"pods\"}"`. Members are ANDed and
   * compared for equality, under the names of the first dialect
   * (`VirtualNetwork`, not `HostComputeNetwork`). Ignored when properties are
   * queried.
   */
  readonly Filter?: string
}
