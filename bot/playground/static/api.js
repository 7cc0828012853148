// Talking to the server: JSON both ways; a refusal is one sentence for the reader.
import { notice } from "./notice.js";

const ROOT = "/playground/api/";

export const get = (path) => ask(path, {});

export const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

// Each press has a name of its own, so that a request sent twice is one press.
export const newKey = () => crypto.randomUUID();

// Answers undefined when it did not work, and then has said why.
async function ask(path, options) {
  try {
    const response = await fetch(ROOT + path, options);
    const answer = await response.json();
    if (response.ok) return answer;
    notice(answer.error);
  } catch {
    notice("The server does not answer. Look whether it is still running, then try again.");
  }
  return undefined;
}
