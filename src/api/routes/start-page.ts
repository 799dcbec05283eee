import type { FastifyInstance } from 'fastify';

/** What somebody who opens the server's address in a browser sees. It says nothing of hosts or images. */
const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Mimeo</title>
<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}pre{overflow:auto}</style>
<h1>Mimeo is running</h1>
<p>It is operated by the <code>mimeo</code> command, on this server or on any machine that has a checkout. Logging in takes the one-time code that the server printed, or one that <code>mimeo code</code> makes.</p>
<pre>mimeo login ADDRESS
mimeo status
mimeo image list
mimeo deploy LAB --dry-run</pre>
<p><code>mimeo --help</code> shows the rest. There are no pages for a browser yet.</p>
</html>
`;

export function startPageRoute(app: FastifyInstance): void {
  app.get('/', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(PAGE),
  );
}
