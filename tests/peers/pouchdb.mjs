// PouchDB, replicated live with retries to express-pouchdb, as its guide shows it. Ways: "default" (batches of 100, a connection a
// request); "tuned" (batches of 1000, connections kept).
import express from "express";
import expressPouchDB from "express-pouchdb";
import PouchDB from "pouchdb";
import http from "node:http";
import { join } from "node:path";
import { listen, run } from "./roles.mjs";

await run({
  async region(dir) {
    const Stores = PouchDB.defaults({ prefix: join(dir, "/") });
    let requests = 0;
    const app = express();
    app.use((_request, _answer, next) => (requests++, next()));
    app.use("/", expressPouchDB(Stores, { mode: "minimumForPouchDB", configPath: join(dir, "config.json"), logPath: join(dir, "log") }));
    const loans = new Stores("loans");
    await loans.info();
    return {
      port: await listen(app),
      count: async () => ({ arrived: (await loans.info()).doc_count, requests }),
    };
  },
  async school(dir, to, loans, way) {
    const local = new PouchDB(join(dir, "loans"));
    await local.bulkDocs(loans.map(({ id, ...loan }) => ({ _id: id, ...loan })));
    const agent = new http.Agent({ keepAlive: true });
    const tuned = way === "tuned";
    const options = tuned ? { fetch: (url, how) => PouchDB.fetch(url, { ...how, agent }) } : {};
    const remote = () => new PouchDB(`http://${to}/loans`, { skip_setup: true, ...options });
    return () =>
      local.replicate.to(remote(), { live: true, retry: true, batch_size: tuned ? 1000 : 100, ...(tuned ? { batches_limit: 2 } : {}) });
  },
});
