// The quirks of all surfaces, each surface asked for once.

import { TimetwinError } from './errors.js';

export class Quirks {
  #control;
  #bySurface = new Map();

  constructor(control) {
    this.#control = control;
  }

  /** Those of a surface. */
  of(surface) {
    if (!this.#bySurface.has(surface)) {
      const path = `/contract/${encodeURIComponent(surface)}/quirks`;
      const listed = this.#control.json('GET', path);
      listed.catch(() => this.#bySurface.delete(surface));
      this.#bySurface.set(surface, listed);
    }
    return this.#bySurface.get(surface);
  }

  /** One by its id. */
  async get(id) {
    const listed = await this.#control.json('GET', '/credentials');
    for (const surface of new Set(listed.map((each) => each.surface))) {
      const found = (await this.of(surface)).find((quirk) => quirk.id === id);
      if (found) return found;
    }
    throw new TimetwinError(`there is no quirk '${id}'`);
  }
}
