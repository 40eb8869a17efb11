import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Agent } from 'undici';

/** One request and its answer, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  /** `/api/2.26/volumes` */
  readonly path: string;
  /** Without the question mark, still encoded. */
  readonly query: string;
  readonly requestBody: string;
  readonly status: number;
  readonly replyBody: string;
}

const tls = join(import.meta.dirname, '..', 'support', 'tls');
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const forwarded = ['api-token', 'x-auth-token', 'content-type', 'user-agent'] as const;

/** Passes requests on to an array, and keeps them. */
export async function startRecordingProxy(target: string, keep: (exchange: Exchange) => void) {
  const agent = new Agent({ allowH2: false, connect: { rejectUnauthorized: false } });
  const server = createServer(
    { key: readFileSync(join(tls, 'server.key')), cert: readFileSync(join(tls, 'server.pem')) },
    async (message, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of message) {
        chunks.push(Buffer.from(chunk));
      }
      const method = methods.find((known) => known === message.method);
      if (method === undefined) {
        response.writeHead(405).end();
        return;
      }
      const url = message.url ?? '/';
      const body = Buffer.concat(chunks);
      const headers = Object.fromEntries(
        forwarded.flatMap((name) => {
          const value = message.headers[name];
          return typeof value === 'string' ? [[name, value]] : [];
        }),
      );
      const reply = await agent.request({
        origin: `https://${target}`,
        method,
        path: url,
        headers,
        body: body.length === 0 ? null : body,
      });
      const replyBody = await reply.body.text();
      const [path = '', query = ''] = url.split('?', 2);
      keep({
        method,
        path,
        query,
        requestBody: body.toString(),
        status: reply.statusCode,
        replyBody,
      });
      const token = reply.headers['x-auth-token'];
      response.writeHead(reply.statusCode, {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { 'x-auth-token': token }),
      });
      response.end(replyBody);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = isTcp(bound) ? bound.port : 0;
  return {
    address: `127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await agent.close();
    },
  };
}

function isTcp(address: AddressInfo | string | null): address is AddressInfo {
  return address !== null && typeof address === 'object';
}
