export { CheckStep, Graph, GraphStep } from './graph.js';
export { cycleIn, type Ordered, readySteps } from './order.js';
export { type Json, render, TemplateError } from './template.js';
