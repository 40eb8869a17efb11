import { edit, type Proof } from '../proof.ts';

const http = 'packages/flasharray/src/http';
const rest2 = 'packages/flasharray/src/rest2';
const transportTests = 'packages/flasharray/test/transport';
const driver = 'packages/driver/src';
const driverTests = 'packages/driver/test';

const longLists = `${transportTests}/long-lists.test.ts`;
const failures = `${transportTests}/failures.test.ts`;
const sessions = `${transportTests}/sessions.test.ts`;
const groups = `${driver}/groups/group-operations.ts`;

/** Requests to an array, what comes back, and the names that the driver gives and knows. */
export const arrayClientProofs: readonly Proof[] = [
  // Lists of names in a URL
  {
    claims: ['more names than a web server takes in one URL are asked for by several requests'],
    edits: [edit(`${rest2}/query.ts`, 'longestList = 6_000', 'longestList = 12_000')],
    test: { file: longLists, title: 'more names than fit into a request are asked for by several' },
  },
  {
    claims: ['a change of more names than one request takes is made for all of them'],
    edits: [edit(`${rest2}/client.ts`, 'divided(query).entries()', 'divided(query).slice(0, 1).entries()')],
    test: { file: longLists, title: 'more names than fit into a request are changed by several' },
  },
  {
    claims: ['each part of a divided request says the rest of the query'],
    edits: [edit(`${rest2}/query.ts`, '({ ...query, [name]: part })', '({ [name]: part })')],
    test: { file: longLists, title: 'more names than fit into a request are changed by several' },
  },
  {
    claims: ['a divided change whose later part is refused may have done something'],
    edits: [edit(`${rest2}/client.ts`, 'index === 0 ? step', 'index <= 1 ? step')],
    test: { file: longLists, title: 'when a later part is refused, the error says that something was done' },
  },
  {
    claims: ['a volume that leaves more groups than one request names leaves them before it moves'],
    edits: [edit(`${rest2}/volumes.ts`, 'isOneRequest(query)', 'isOneRequest({ names: [name] })')],
    test: { file: longLists, title: 'a volume leaves more groups than one request can name before it moves' },
  },

  // Answers that are not what was promised
  {
    claims: ['a change that is answered by JSON of something else may have been made'],
    edits: [
      edit(`${http}/json-reply.ts`, "applied: 'unknown',\n      cause,", "applied: 'no',\n      cause,"),
    ],
    test: {
      file: `${transportTests}/promised-answers.test.ts`,
      title: 'is not done because 200 came with JSON of something else',
    },
  },
  {
    claims: ['a change that is answered by a sign-in page may have been made'],
    edits: [
      edit(
        `${http}/session-http.ts`,
        "status: reply.status,\n          applied: 'unknown',",
        "status: reply.status,\n          applied: 'no',",
      ),
    ],
    test: {
      file: `${transportTests}/promised-answers.test.ts`,
      title: 'is not done because 200 came with a sign-in page',
    },
  },
  {
    claims: ['a server that does not speak HTTP is no array, and is not asked again'],
    edits: [edit(`${http}/transport-failure.ts`, "=== 'HTTPParserError'", "=== 'HTTPParseError'")],
    test: { file: failures, title: 'a server that does not speak HTTP is no array' },
  },
  {
    claims: ['a server that sends headers of 20 kB is no array, and is not asked again'],
    edits: [edit(`${http}/transport-failure.ts`, "  'UND_ERR_HEADERS_OVERFLOW',\n", '')],
    test: { file: failures, title: 'a server that sends headers of 20 kB is no array' },
  },
  {
    claims: ['a server that speaks plain HTTP is no array, and is not asked again'],
    edits: [
      edit(
        `${http}/transport-failure.ts`,
        "TransportFailure('malformed-reply', false, reason)",
        "TransportFailure('unreachable', false, reason)",
      ),
    ],
    test: { file: failures, title: 'a server that does not speak TLS is no array' },
  },
  {
    claims: ['a list that comes back to a page that was read is given up at once'],
    // Fewer pages, so that the list that is followed to their end ends in time.
    edits: [
      edit(`${rest2}/client.ts`, 'const maxPages = 10_000', 'const maxPages = 100'),
      edit(`${rest2}/client.ts`, 'token !== null && tokens.has', "token === '' && tokens.has"),
    ],
    test: { file: failures, title: 'a list that comes back to a page is given up' },
  },
  {
    claims: ['both REST generations give WWNs in one spelling'],
    edits: [edit(`${rest2}/hosts.ts`, 'wwns: row.wwns.map(plainWwn)', 'wwns: row.wwns')],
    test: { file: failures, title: 'WWNs are told in one spelling' },
  },

  // Secrets that an array repeats
  {
    claims: ['a refusal that repeats the request gives away no CHAP password'],
    edits: [edit(`${http}/array-http.ts`, 'message: plain(details.message)', 'message: details.message')],
    test: { file: sessions, title: 'in its refusal gives away no CHAP password' },
  },
  {
    claims: ['an answer that is not JSON is not kept with the error, because it may hold a secret'],
    edits: [
      edit(
        `${http}/json-reply.ts`,
        'malformed: (message: string) => Error',
        'malformed: (message: string, cause: unknown) => Error',
      ),
      edit(`${http}/json-reply.ts`, "malformed('is not JSON.')", "malformed('is not JSON.', text)"),
    ],
    test: { file: sessions, title: 'in an answer that is no JSON gives away no CHAP password' },
  },
  {
    claims: ['a refused login that repeats the API token does not give it away'],
    edits: [edit(`${http}/without-secrets.ts`, '/password|token|cookie/i', '/password|cookie/i')],
    test: { file: sessions, title: 'at the login gives away no API token' },
  },

  // Certificates and versions
  {
    claims: ['case 68', 'an untrusted certificate brings the advice to set driver_ssl_cert_path'],
    edits: [
      edit(
        `${driver}/arrays/connect-place.ts`,
        "role === 'primary' ? 'driver_ssl_cert_path'",
        "role !== 'primary' ? 'driver_ssl_cert_path'",
      ),
    ],
    test: { file: `${driverTests}/acceptance/start.test.ts`, title: 'case 68: ' },
  },
  {
    claims: ['the REST version that an upgrade brings is spoken from then on, with its words'],
    edits: [
      edit(
        'packages/flasharray/src/array-connection.ts',
        'rest2Roles(on, spoken)',
        'rest2Roles(on, { ...spoken })',
      ),
    ],
    test: { file: sessions, title: 'a version that an upgrade takes away' },
  },

  // Names
  {
    claims: ['a group snapshot is deleted under the name that the group had before its volume types changed'],
    edits: [
      edit(
        groups,
        "(await remove(names.ofGroup(groupSnapshot.group))) === 'absent'",
        "(await remove(names.ofGroup(groupSnapshot.group))) !== 'absent'",
      ),
    ],
    test: {
      file: `${driverTests}/repeated-groups.test.ts`,
      title: 'a group outside of the pod whose volume types say in it by now is found where it is',
    },
  },
  {
    claims: ['a group is deleted under the name that it had before its volume types changed'],
    edits: [edit(groups, "removal === 'absent' && other", "removal !== 'absent' && other")],
    test: {
      file: `${driverTests}/repeated-groups.test.ts`,
      title: 'a group in the pod whose volume types say outside of it by now is found where it is',
    },
  },
  {
    claims: ['on an array without pods a group is looked for in no pod'],
    edits: [
      edit(
        groups,
        'const { array, names } = this.#dependencies;\n' +
          '    return array.capabilities.containers ? names.otherOfGroup(group) : null;',
        'const { names } = this.#dependencies;\n    return names.otherOfGroup(group);',
      ),
    ],
    test: {
      file: `${driverTests}/early-groups.test.ts`,
      title: 'on an array without pods a group that is gone is looked for in no pod',
    },
  },
  {
    claims: ['D15', 'hosts that the Python driver made with capital hex digits are ours too'],
    edits: [
      edit(`${driver}/names/host-name.ts`, '([a-f0-9]{32}|[A-F0-9]{32})-cinder$/', '[a-f0-9]{32}-cinder$/'),
    ],
    test: {
      file: `${driver}/names/naming.test.ts`,
      title: 'D15: a host that the Python driver has made from a system uuid in capitals is ours',
    },
  },
  {
    claims: ['case 52'],
    edits: [
      edit(
        `${driver}/names/host-name.ts`,
        "const hex = digits.replaceAll('-', '').toLowerCase();",
        "const hex = digits.replaceAll('-', '');",
      ),
    ],
    test: {
      file: `${driver}/names/naming.test.ts`,
      title: 'case 52: a system uuid in capitals gives a name that is recognised as ours',
    },
  },
  {
    claims: ['an unknown key of replication_device is ignored with a warning'],
    edits: [
      edit(
        `${driver}/config/read-replication-config.ts`,
        'const { backend_id: backendId',
        'if (Object.keys(keys).some((key) => ![...deviceKeys, ...ignoredKeys].includes(key))) {\n' +
          "    return broken('has a key that is not known');\n  }\n  const { backend_id: backendId",
      ),
    ],
    test: {
      file: `${driver}/config/read-replication-config.test.ts`,
      title: 'a key that is not known is ignored with a warning',
    },
  },
  {
    claims: ['a key of old samples of replication_device is ignored without a word'],
    edits: [
      edit(
        `${driver}/config/read-replication-config.ts`,
        "const ignoredKeys = ['managed_backend_name'];",
        'const ignoredKeys: readonly string[] = [];',
      ),
    ],
    test: {
      file: `${driver}/config/read-replication-config.test.ts`,
      title: 'a key that is not known is ignored with a warning',
    },
  },
  {
    claims: ['a change is not taken for done because the array answered with JSON of something else'],
    edits: [
      edit(
        `${rest2}/client.ts`,
        'const changedReply = z.object({ items: z.array(z.unknown()) });',
        'const changedReply = z.object({ items: z.array(z.unknown()).optional() });',
      ),
    ],
    test: {
      file: `${transportTests}/promised-answers.test.ts`,
      title: 'is not done because 200 came with',
    },
  },
  {
    claims: ['a removal is not taken for done because the array answered with JSON of something else'],
    edits: [
      edit(`${rest2}/client.ts`, 'const removedReply = z.strictObject(', 'const removedReply = z.object('),
    ],
    test: {
      file: `${transportTests}/promised-answers.test.ts`,
      title: 'is not done because 200 came with',
    },
  },
  {
    claims: ['an array that offers REST 2.2 or 2.3 only serves iSCSI and NVMe'],
    edits: [edit(`${rest2}/ports.ts`, 'const interfacesVersion = 4;', 'const interfacesVersion = 2;')],
    test: { file: `${driverTests}/early-rest2.test.ts`, title: 'an array that offers REST 2.2 only serves' },
  },
  {
    claims: ['a dangling link in a folder of CA certificates is passed over'],
    edits: [edit(`${http}/trust.ts`, "error.code === 'ENOENT'", "error.code === 'EACCES'")],
    test: { file: `${transportTests}/trust.test.ts`, title: 'a link of a directory whose file is gone' },
  },
];
