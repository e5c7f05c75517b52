// One rule on the bundles of a file (one patient a line), by cql-execution: who fires, and what each step took.
const fs = require("fs");
const cql = require("cql-execution");
const cqlfhir = require("cql-exec-fhir");

async function main(bundles, asOf) {
  const library = new cql.Library(JSON.parse(fs.readFileSync(`${__dirname}/potassium_high_not_repeated.json`, "utf8")));
  const executor = new cql.Executor(library, new cql.CodeService({}), { AsOf: cql.DateTime.parse(asOf) });
  const lines = fs.readFileSync(bundles, "utf8").trim().split("\n");
  await run(executor, lines.slice(0, 20)); // so that what is compiled on the way is compiled
  process.stdout.write(JSON.stringify(await run(executor, lines)));
}

async function run(executor, lines) {
  const started = process.cpuUsage(), at = process.hrtime.bigint();
  const patients = lines.map((line) => JSON.parse(line));
  const parsed = process.cpuUsage(started);
  const source = cqlfhir.PatientSource.FHIRv401();
  source.loadBundles(patients);
  const results = await executor.exec(source);
  const found = Object.keys(results.patientResults).filter((id) => results.patientResults[id].Fires === true);
  const all = process.cpuUsage(started);
  const seconds = (used) => (used.user + used.system) / 1e6;
  return {
    found: found.sort(),
    parse: seconds(parsed),
    rule: seconds(all) - seconds(parsed),
    wall: Number(process.hrtime.bigint() - at) / 1e9,
  };
}

main(process.argv[2], process.argv[3]);
