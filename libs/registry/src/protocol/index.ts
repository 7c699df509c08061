export { protocolDocuments } from './documents.js';
export { type ErrorEntry, errorCatalogue, errorsIn } from './error-catalogue.js';
