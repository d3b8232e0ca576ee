import { readFile } from 'node:fs/promises';

// What the page loads it names relative to itself: a proxy may have put a prefix in front.

/** Where the build puts the files of Swagger UI (scripts/setup.mjs); published with the package. */
const vendorFolder = new URL('../../../../vendor/swagger-ui/', import.meta.url);

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="color-scheme" content="light dark" />
    <title>Quoll: API reference</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png" />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="reference"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

// Without a validator: the default one sends the document's address to a site.
const start = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
SwaggerUIBundle({
  url: 'openapi.json',
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

function vendored(type: string, name: string): [string, ReferenceFile] {
  return [name, { type, bytes: () => readFile(new URL(name, vendorFolder)) }];
}

/** The page at `/docs`. */
export const referencePage = own('text/html; charset=utf-8', page);

/** What the page loads, by name: these and no others are served. */
export const referenceFiles: ReadonlyMap<string, ReferenceFile> = new Map([
  ['start.js', own('text/javascript; charset=utf-8', start)],
  vendored('text/javascript; charset=utf-8', 'swagger-ui-bundle.js'),
  vendored('text/css; charset=utf-8', 'swagger-ui.css'),
  vendored('image/png', 'favicon-32x32.png'),
]);
