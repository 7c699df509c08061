import { createServer } from 'node:http';

/**
 * Stands for the payment provider: answers most charges in about 100 ms, one in 25 slowly (0.9 to 2 s), and declines
 * one card in 40. It behaves the same during the whole capture.
 */
const server = createServer((request, response) => {
  request.resume();
  const slow = Math.random() < 1 / 25;
  const delayMs = slow ? 900 + Math.random() * 1100 : 40 + Math.random() * 120;
  setTimeout(() => {
    const declined = Math.random() < 1 / 40;
    response.writeHead(declined ? 402 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(declined ? { declined: true } : { reference: Math.random().toString(36).slice(2, 12) }),
    );
  }, delayMs);
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
