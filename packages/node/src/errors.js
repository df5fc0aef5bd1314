// What can go wrong.

/** Any error of this package. */
export class TimetwinError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The server could not be found, started or reached. */
export class StartError extends TimetwinError {}

/** An error of the control API. */
export class ProblemError extends TimetwinError {
  constructor(problem, message = String(problem.detail || problem.title || JSON.stringify(problem))) {
    super(message);
    this.problem = problem;
  }

  get status() {
    return Number(this.problem.status ?? 0);
  }

  get type() {
    return String(this.problem.type ?? 'about:blank');
  }

  get detail() {
    return String(this.problem.detail ?? '');
  }
}

/** `World.verify` found a difference. */
export class NotAsExpected extends ProblemError {
  constructor(problem) {
    super(problem, describe(problem) || undefined);
  }
}

function describe(problem) {
  const lines = [];
  for (const difference of problem.differences ?? []) {
    lines.push(difference.message);
    for (const near of difference.closest ?? []) {
      const differs = (near.differs ?? []).join('; ');
      lines.push(`  closest: ${near.request}${differs ? ` (${differs})` : ''}`);
    }
  }
  return lines.join('\n');
}
