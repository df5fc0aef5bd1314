// Calls of the control API. Nothing else here speaks HTTP.

import http from 'node:http';
import https from 'node:https';
import { ProblemError, StartError } from './errors.js';

const TIMEOUT = 120_000;

/** The control API of the server at a URL. Agents and proxies of the process are not used. */
export class Control {
  #token;
  #module;
  #agent;

  constructor(url, token) {
    let parsed;
    try {
      parsed = new URL(url);
    } catch {
      parsed = { protocol: '' };
    }
    if (!['http:', 'https:'].includes(parsed.protocol)) {
      throw new StartError(`'${url}' is not a URL like http://127.0.0.1:8463`);
    }
    this.url = url.replace(/\/+$/, '');
    this.#token = token;
    this.#module = parsed.protocol === 'https:' ? https : http;
    this.#agent = new this.#module.Agent({ keepAlive: false });
  }

  /** The body of an answer. An answer of 400 or above is a `ProblemError`. */
  async bytes(method, path, { body, query } = {}) {
    const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
    const search = given.length > 0 ? `?${new URLSearchParams(given)}` : '';
    const { status, content } = await this.#exchange(method, `${this.url}/_twin${path}${search}`, body);
    if (status >= 400) throw new ProblemError(problem(status, content));
    return content;
  }

  /** The JSON of an answer; `undefined` if it has no body. */
  async json(method, path, { body, query } = {}) {
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const content = await this.bytes(method, path, { body: sent, query });
    return content.length > 0 ? JSON.parse(content.toString()) : undefined;
  }

  #exchange(method, url, body) {
    const headers = { Accept: 'application/json' };
    if (this.#token !== undefined) headers.Authorization = `Bearer ${this.#token}`;
    if (body !== undefined) headers['Content-Length'] = body.length;
    return new Promise((resolve, reject) => {
      const fail = (error) => {
        const why = error.message || error.code;
        reject(new StartError(`no answer from ${this.url}: ${why}`, { cause: error }));
      };
      const options = { method, headers, agent: this.#agent, timeout: TIMEOUT };
      const request = this.#module.request(url, options, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => resolve({ status: answer.statusCode, content: Buffer.concat(parts) }));
        answer.on('error', fail);
      });
      request.on('timeout', () => request.destroy(new Error('it takes too long')));
      request.on('error', fail);
      request.end(body);
    });
  }
}

function problem(status, content) {
  try {
    const value = JSON.parse(content.toString());
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {
    // Not the control API's own words.
  }
  return { type: 'about:blank', status, detail: content.toString() };
}
