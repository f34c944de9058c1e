// MQTT 5 at QoS 1 to Mosquitto. Ways: "single" (a message a loan, as JSON; the broker's own window of 20 on the way); "hundreds"
// (100 loans a message, gzipped, as somebody would who pays by the byte). Requests are messages: nothing else is asked.
import mqtt from "mqtt";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { run } from "./roles.mjs";

const freePort = () =>
  new Promise((done) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });

await run({
  async region(dir) {
    const port = await freePort();
    const config = join(dir, "mosquitto.conf");
    // It keeps what is queued on the disk, as a broker does to whom loans are entrusted.
    writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location ${dir}/\nuser root\nmax_queued_messages 0\n`);
    const broker = spawn("mosquitto", ["-c", config], { stdio: "ignore" });
    process.on("exit", () => broker.kill());
    const there = new Set();
    let messages = 0;
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, reconnectPeriod: 100 });
    await new Promise((done) => client.once("connect", done));
    client.on("message", (_topic, payload) => {
      messages++;
      const text = payload[0] === 0x1f ? gunzipSync(payload) : payload;
      for (const loan of [JSON.parse(text)].flat()) there.add(loan.id);
    });
    await client.subscribeAsync("loans", { qos: 1 });
    return { port, count: async () => ({ arrived: there.size, requests: messages }) };
  },
  async school(_dir, to, loans, way) {
    const messages = [];
    if (way === "hundreds") {
      for (let at = 0; at < loans.length; at += 100) messages.push(gzipSync(JSON.stringify(loans.slice(at, at + 100))));
    } else {
      for (const loan of loans) messages.push(JSON.stringify(loan));
    }
    return () => {
      const client = mqtt.connect(`mqtt://${to}`, { protocolVersion: 5, clean: false, clientId: "school", reconnectPeriod: 1000, properties: { sessionExpiryInterval: 3600 } });
      client.on("error", (fault) => process.stderr.write(`${fault}\n`));
      // A window of our own: the client would otherwise send all at once, and again all that was not acknowledged.
      let next = 0;
      const one = async () => {
        while (next < messages.length) await client.publishAsync("loans", messages[next++], { qos: 1 });
      };
      for (let lane = 0; lane < 20; lane++) one();
    };
  },
});
