import pg from "pg";

/** Address of a PostgreSQL cluster that tests are to use in place of the embedded database. */
export const clusterVariable = "OSTEON_TEST_CLUSTER";

let made = 0;

/** A new database in a cluster. */
export async function newDatabase(url: string): Promise<string> {
  made += 1;
  const name = `osteon_test_${process.pid}_${made}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
