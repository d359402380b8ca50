/**
 * A program of its own, started by `ssh` through the launcher: passes ssh's question on to the extension and prints the
 * answer. Ends with 1 when there is none.
 */
import { connect } from 'node:net';

const socketPath = process.env.TIDB_PRIVATE_ENDPOINT_ASKPASS_SOCKET ?? '';
const token = process.env.TIDB_PRIVATE_ENDPOINT_ASKPASS_TOKEN ?? '';

const socket = connect(socketPath);
let reply = '';
socket.setEncoding('utf8');
socket.on('connect', () => {
  const question = { token, text: process.argv[2] ?? '', hint: process.env.SSH_ASKPASS_PROMPT ?? '' };
  socket.write(`${JSON.stringify(question)}\n`);
});
socket.on('data', (text: string) => (reply += text));
socket.on('error', () => (process.exitCode = 1));
socket.on('close', () => {
  const answer: unknown = reply.endsWith('\n')
    ? (JSON.parse(reply) as { answer?: unknown }).answer
    : undefined;
  if (typeof answer !== 'string') {
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${answer}\n`);
});
