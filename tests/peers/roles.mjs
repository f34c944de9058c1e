// What every peer's program has in common: it is started twice, once as the region and once as the school, and is told what to do
// line by line on its standard input.
//
//   region:  says the port, then answers each line with {"arrived":…,"requests":…}; null = it has no requests to count
//   school:  puts the loans into its own store, says "ready", and begins to send with the first line
//
// Both end with their standard input.
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";

const [role, dir, ...rest] = process.argv.slice(2);
const lines = () => createInterface({ input: process.stdin });

export const say = (what) => process.stdout.write(`${typeof what === "string" ? what : JSON.stringify(what)}\n`);

export async function run(peer) {
  if (role === "region") {
    const { port, count } = await peer.region(dir);
    say(String(port));
    for await (const _ of lines()) say(await count());
  } else {
    const [to, file, way] = rest;
    const loans = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
    const send = await peer.school(dir, to, loans, way);
    say("ready");
    for await (const _ of lines()) send();
  }
  process.exit(0);
}

export const listen = (app) =>
  new Promise((done) => {
    const server = app.listen(0, "127.0.0.1", () => done(server.address().port));
  });

// A connection that falls is for the peer's own retries to mend; it must not end the program.
process.on("uncaughtException", (fault) => process.stderr.write(`${fault.stack}\n`));
process.on("unhandledRejection", (fault) => process.stderr.write(`${fault?.stack ?? fault}\n`));
