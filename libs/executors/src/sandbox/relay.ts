import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

// Runs inside a sandbox, before the program: a sandbox has a loopback device of its own and nothing else, so what the
// program says to this port goes on to the gateway's proxy, through the one socket that was shown to it.
// node relay.js SOCKET PORT COMMAND…
const [socket = '', port = '', program = '', ...args] = process.argv.slice(2);

const server = createServer((near) => {
  const far = connect(socket);
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
  near.pipe(far).pipe(near);
});
server.listen(Number(port), '127.0.0.1', () => {
  const child = spawn(program, args, { stdio: 'inherit' });
  child.on('error', () => {
    console.error(`prlimit: failed to execute ${program}`);
    process.exit(127);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGXCPU' ? 128 + 24 : 137)));
});
