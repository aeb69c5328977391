// The models that Amplify's own generator makes of a schema, for DataStore: what `./models` is in an app.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { generateModels } = require("@aws-amplify/graphql-generator");
const { V1Directives } = require("@aws-amplify/graphql-directives");

// Gen 2 schemas are TypeScript without types of their own: what they declare runs as JavaScript.
async function printGen2(text) {
  const { a } = await import("@aws-amplify/data-schema");
  const body = text.replace(/^import .*$/gm, "").replace(/^export .*$/gm, "");
  return new Function("a", `${body}\nreturn schema;`)(a).transform().schema;
}

const FIRST_VERSION = {
  transformerVersion: 1,
  useExperimentalPipelinedTransformer: false,
  respectPrimaryKeyAttributesOnConnectionField: false,
  directives: V1Directives.map((directive) => directive.definition).join("\n"),
};

export async function generate({ text, dialect }) {
  const files = await generateModels({
    schema: dialect === "gen2" ? await printGen2(text) : text,
    target: "javascript",
    isDataStoreEnabled: true,
    ...(dialect === "v1" ? FIRST_VERSION : {}),
  });
  const [, source] = Object.entries(files).find(([name]) => name.endsWith("schema.js"));
  return (await import(`data:text/javascript,${encodeURIComponent(source)}`)).schema;
}
