// The stock ActionCable client: subscribes, says that it is there, and prints what it is told, one JSON a line.
// Usage: node cable.mjs URL IDENTIFIER_AS_JSON
import { createRequire } from "node:module";
import { WebSocket } from "ws";

globalThis.self = globalThis;
globalThis.document = { addEventListener() {}, removeEventListener() {}, visibilityState: "visible" };
globalThis.addEventListener = () => {};
globalThis.removeEventListener = () => {};
const cable = createRequire(import.meta.url)("@rails/actioncable");
cable.adapters.WebSocket = WebSocket;

const tell = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const consumer = cable.createConsumer(process.argv[2]);
const subscription = consumer.subscriptions.create(JSON.parse(process.argv[3]), {
  connected() {
    tell({ connected: true });
    subscription.perform("update_presence");
  },
  disconnected: (how) => tell({ disconnected: how ?? true }),
  rejected: () => tell({ rejected: true }),
  received: (message) => tell(message),
});
process.stdin.resume();
process.stdin.on("end", () => {
  consumer.disconnect();
  process.exit(0);
});
