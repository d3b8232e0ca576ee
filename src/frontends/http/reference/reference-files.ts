import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, dirname } from 'node:path';

const require = createRequire(import.meta.url);
const packageFile = require.resolve('swagger-ui-dist/package.json');

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Quoll: API reference</title>
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="reference"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

// Without a validator: the default one sends the document's address to a site.
const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  validatorUrl: null,
});
`;

export interface ReferenceFile {
  readonly type: string;
  bytes(): Promise<Buffer>;
}

function own(type: string, text: string): ReferenceFile {
  return { type, bytes: () => Promise.resolve(Buffer.from(text, 'utf8')) };
}

function ofPackage(type: string, name: string): [string, ReferenceFile] {
  return [name, { type, bytes: () => readFile(join(dirname(packageFile), name)) }];
}

/** The page at `/docs`. */
export const referencePage = own('text/html; charset=utf-8', page);

/** What the page loads, by name: these and no others are served. */
export const referenceFiles: ReadonlyMap<string, ReferenceFile> = new Map([
  ['start.js', own('text/javascript; charset=utf-8', start)],
  ofPackage('text/javascript; charset=utf-8', 'swagger-ui-bundle.js'),
  ofPackage('text/css; charset=utf-8', 'swagger-ui.css'),
  ofPackage('image/png', 'favicon-32x32.png'),
]);
