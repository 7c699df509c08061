export { protocolDocuments } from './documents.js';
export { type ErrorEntry, errorCatalogue, errorsIn } from './error-catalogue.js';
export { fieldTable } from './field-table.js';
