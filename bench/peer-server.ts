/** Serves one file over HTTP: the peer's image. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';

const [file = '', port = ''] = process.argv.slice(2);
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-length': statSync(file).size });
  createReadStream(file, { highWaterMark: 1_048_576 }).pipe(response);
});
server.listen(Number(port), () => process.stdout.write('ready\n'));
