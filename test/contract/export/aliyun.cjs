#!/usr/bin/env node
/** Stands where the aliyun command stands: hands its arguments to the test, and prints what that answers. */
const http = require('node:http');

const request = http.request(process.env.ALIYUN_STAND_IN, { method: 'POST' }, (response) => {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (part) => (text += part));
  response.on('end', () => {
    if (response.statusCode === 200) {
      process.stdout.write(text);
    } else {
      process.stderr.write(`${text}\n`);
      process.exitCode = 1;
    }
  });
});
request.end(JSON.stringify(process.argv.slice(2)));
