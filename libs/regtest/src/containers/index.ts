export { Container, type ContainerSpec } from './container.js';
export { startPostgres, startRedis, type ContainerPostgres } from './databases.js';
export { Dock } from './dock.js';
export { IMAGES, openEngine } from './engine.js';
export { containerProvider, lndContainer, lndSocketInside } from './provider.js';
