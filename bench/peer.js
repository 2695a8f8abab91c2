// SPDX-License-Identifier: Apache-2.0
// For bench/run: DuckDB, from npm (@duckdb/node-api), reads news.jsonl.gz and writes CSV, after two
// replacements by regex, a date by regex, and without pages that are byte for byte the same.
//     node peer.js news.jsonl.gz OUT.csv THREADS
const { DuckDBInstance } = require("@duckdb/node-api");

const [input, output, threads] = process.argv.slice(2);
const quoted = (s) => "'" + s.replaceAll("'", "''") + "'";

async function main() {
  const instance = await DuckDBInstance.create(":memory:", { threads });
  const connection = await instance.connect();
  await connection.run(`
    COPY (
      SELECT id, url, regexp_extract(body, '[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}') AS date, body
      FROM (
        SELECT id, url, regexp_replace(
          regexp_replace(text, '[\\t\\x{A0} ]+', ' ', 'g'),
          '(?m)^(Baca juga|BACA JUGA|Lihat juga|ADVERTISEMENT|SCROLL).*$', '', 'g') AS body
        FROM read_json(${quoted(input)}, format = 'newline_delimited', compression = 'gzip',
          columns = { id: 'VARCHAR', url: 'VARCHAR', text: 'VARCHAR' })
      )
      QUALIFY row_number() OVER (PARTITION BY md5(body) ORDER BY id) = 1
    ) TO ${quoted(output)} (FORMAT csv, HEADER)`);
}

main().catch((error) => {
  console.error(String(error));
  process.exitCode = 1;
});
