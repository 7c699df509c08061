/** Writes one JSON line per call to standard output: time, level, message, then what belongs to it. */
const write = (level, msg, fields) =>
  process.stdout.write(
    `${JSON.stringify({ time: new Date().toISOString(), level, service: 'checkout', msg, ...fields })}\n`,
  );

export const log = {
  info: (msg, fields) => write('info', msg, fields),
  warn: (msg, fields) => write('warn', msg, fields),
  error: (msg, fields) => write('error', msg, fields),
};
