// RxDB, replicated to rxdb-server by its own plugin, pushing only: nothing comes back but the answers. Batches of 100; its server
// takes bodies up to 100 kB, so that larger batches are refused.
import { addRxPlugin, createRxDatabase } from "rxdb/plugins/core";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { createRxServer } from "rxdb-server/plugins/server";
import { RxServerAdapterExpress } from "rxdb-server/plugins/adapter-express";
import { replicateServer } from "rxdb-server/plugins/replication-server";
import http from "node:http";
import { run } from "./roles.mjs";

const schema = {
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: {
    id: { type: "string", maxLength: 40 },
    act: { type: "string" },
    item: { type: "string" },
    at: { type: "number" },
    patron: { type: "number" },
    due: { type: "string" },
  },
  required: ["id", "act", "item", "at"],
};

async function collection(name) {
  const database = await createRxDatabase({ name, storage: getRxStorageMemory(), multiInstance: false });
  const { loans } = await database.addCollections({ loans: { schema } });
  return { database, loans };
}

const freePort = () =>
  new Promise((done) => {
    const probe = http.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });

await run({
  async region() {
    const { database, loans } = await collection("region");
    const port = await freePort();
    let requests = 0;
    const server = await createRxServer({ database, adapter: RxServerAdapterExpress, port, hostname: "127.0.0.1" });
    server.serverApp.use((_request, _answer, next) => (requests++, next()));
    server.addReplicationEndpoint({ name: "loans", collection: loans });
    await server.start();
    return { port, count: async () => ({ arrived: await loans.count().exec(), requests }) };
  },
  async school(_dir, to, all) {
    const { loans } = await collection("school");
    await loans.bulkInsert(all);
    return () =>
      replicateServer({
        collection: loans,
        replicationIdentifier: "loans",
        url: `http://${to}/loans/0`,
        push: { batchSize: 100 },
        live: true,
        retryTime: 1000,
      }).error$.subscribe((fault) => process.stderr.write(`${fault}\n`));
  },
});
