// Clockify, Clockodo, Clockwork and Time Tracker for Jira on this machine, with a world for each test.

export { NotAsExpected, ProblemError, StartError, TimetwinError } from './errors.js';
export { Timetwin } from './twin.js';
export { Clock, Faults, World } from './world.js';
