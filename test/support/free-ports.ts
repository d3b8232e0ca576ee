export { freePorts } from '../../src/config/free-ports.ts';
