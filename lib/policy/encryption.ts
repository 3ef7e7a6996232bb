import type { EncryptionSettings } from '../../types/index.js'
import { invalidArgument } from '../errors.js'
import { checkList, checkMembers, checkObject, checkOneOf, checkString } from './check.js'
import { compact } from './constructors.js'
import type { EncryptionAuthentication, EncryptionPolicy } from './machine-policy.js'
import { isEmpty, word } from './wire-text.js'

const MEMBERS = ['authentication', 'name', 'endpoints1', 'endpoints2', 'protocol', 'ports1', 'ports2'] as const

/**
 * IPsec between two sets of hosts. HCN: `Encryption`.
 *
 * @example encryption({ authentication: [{ type: 'presharedKey', key }], endpoints2: ['10.2.0.0/16'] })
 * @throws HcnError `ERR_INVALID_ARGUMENT`.
 */
export function encryption(options: Omit<EncryptionPolicy, 'kind'>): EncryptionPolicy {
  checkMembers('encryption', checkObject('encryption', options), MEMBERS)
  return checkEncryption('encryption', options)
}

export function checkEncryption(field: string, policy: object): EncryptionPolicy {
  const given = policy as Readonly<Record<string, unknown>>
  const text = (member: string) => (given[member] === undefined ? undefined : checkString(`${field}.${member}`, given[member]))
  const texts = (member: string) => (given[member] === undefined ? undefined : checkList(`${field}.${member}`, given[member], checkString))
  const authentication = checkList(`${field}.authentication`, given.authentication, checkAuthentication)
  if (authentication.length === 0) throw invalidArgument(`${field}.authentication`, authentication, 'at least one way is wanted')
  return compact({
    kind: 'encryption' as const,
    authentication,
    name: text('name'),
    endpoints1: texts('endpoints1'),
    endpoints2: texts('endpoints2'),
    protocol: text('protocol'),
    ports1: texts('ports1'),
    ports2: texts('ports2'),
  })
}

function checkAuthentication(field: string, value: unknown): EncryptionAuthentication {
  const given = checkObject(field, value)
  const type = checkOneOf(`${field}.type`, given.type, ['presharedKey', 'certificate'] as const)
  if (type === 'presharedKey') {
    checkMembers(field, given, ['type', 'key'])
    return { type, key: checkString(`${field}.key`, given.key) }
  }
  checkMembers(field, given, ['type', 'certificateName'])
  return { type, certificateName: checkString(`${field}.certificateName`, given.certificateName) }
}

export function encodeEncryption(policy: EncryptionPolicy): EncryptionSettings {
  return compact({
    EncryptionMethodType: 'Ipsec' as const,
    AuthenticationMethods: policy.authentication.map((way) =>
      way.type === 'presharedKey'
        ? { Type: 'PresharedKey' as const, Settings: { Key: way.key } }
        : { Type: 'Certificate' as const, Settings: { CertificateName: way.certificateName } },
    ),
    Name: policy.name,
    Endpoints1: policy.endpoints1,
    Endpoints2: policy.endpoints2,
    ProtocolType: policy.protocol,
    Endpoint1Ports: policy.ports1,
    Endpoint2Ports: policy.ports2,
  })
}

/** Undefined when this form cannot hold the document whole. */
export function decodeEncryption(settings: EncryptionSettings): EncryptionPolicy | undefined {
  const { EncryptionMethodType, AuthenticationMethods, Name, Endpoints1, Endpoints2, ProtocolType, ...others } = settings
  const { Endpoint1Ports, Endpoint2Ports, ...rest } = others
  if (!isEmpty(rest) || (EncryptionMethodType !== undefined && word(EncryptionMethodType) !== 'ipsec')) return undefined
  if (!Array.isArray(AuthenticationMethods)) return undefined
  const said = (text: unknown) => (text === '' ? undefined : text)
  return checkEncryption('encryption', {
    authentication: AuthenticationMethods.map(decodeAuthentication),
    name: said(Name),
    endpoints1: Endpoints1,
    endpoints2: Endpoints2,
    protocol: said(ProtocolType),
    ports1: Endpoint1Ports,
    ports2: Endpoint2Ports,
  })
}

function decodeAuthentication(method: EncryptionSettings['AuthenticationMethods'][number]): object {
  const { Type, Settings = {}, ...rest } = method
  const { Key, CertificateName, ...more } = Settings
  const type = word(Type) === 'presharedkey' ? 'presharedKey' : word(Type)
  return compact({ ...rest, ...more, type, key: Key === '' ? undefined : Key, certificateName: CertificateName || undefined })
}
