// node check-asyncapi.cjs <document>: npm's AsyncAPI parser reads the document without a complaint, and Ajv (JSON Schema 2020-12) accepts
// every example by its schema.
const fs = require('fs');
const { Parser } = require('@asyncapi/parser');
const Ajv = require('ajv/dist/2020');
const addFormats = require('ajv-formats');

(async () => {
  const text = fs.readFileSync(process.argv[2], 'utf8');
  const { document, diagnostics } = await new Parser().parse(text);
  const wrong = diagnostics.filter((d) => d.severity <= 1).map((d) => `${d.path.join('/')}: ${d.message}`);
  const { schemas, messages } = JSON.parse(text).components;
  const ajv = addFormats(new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }));
  ajv.addVocabulary(['x-personal', 'components']);
  ajv.addSchema({ $id: 'doc', components: { schemas } });
  const check = (name, value, what) => {
    const validate = ajv.getSchema(`doc#/components/schemas/${name}`);
    if (!validate(value)) wrong.push(`${what}: ${ajv.errorsText(validate.errors)}`);
  };
  const data = Object.keys(schemas).filter((name) => name.endsWith('.data'));
  for (const name of data) check(name, schemas[name].examples[0], name);
  for (const [name, message] of Object.entries(messages))
    for (const example of message.examples ?? []) check(name, example.payload, name);
  for (const example of [{ ...schemas['cx.case.opened.v1.data'].examples[0], channel: 'pigeon' }, {}])
    if (ajv.getSchema('doc#/components/schemas/cx.case.opened.v1.data')(example)) wrong.push('accepts what is no opening: ' + JSON.stringify(example));
  if (wrong.length) {
    console.error(wrong.join('\n'));
    process.exit(1);
  }
  console.log(JSON.stringify({ channels: document.channels().all().map((channel) => channel.id()).sort(), schemas: data.length }));
})().catch((error) => { console.error(error); process.exit(1); });
