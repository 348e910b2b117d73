// The board, as the desk pushes it: one stream, read with fetch because it must show the token.

import { headers } from "./doors.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/**
 * Follow the stream for ever. `heard(name, section)` is called for each section that has come,
 * `link(state, error)` when it is "open", "lost" or "refused"; refused ends it.
 */
export async function follow({ heard, link }) {
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    try {
      const answer = await fetch("/stream", { headers: headers({ Accept: "text/event-stream" }) });
      if (answer.status === 401) return link("refused", (await answer.json()).error);
      if (!answer.ok) throw new Error((await answer.json()).error);
      link("open");
      waitMs = FIRST_WAIT_MS;
      await read(answer.body, heard);
      throw new Error("the stream ended");
    } catch (error) {
      link("lost", error.message);
    }
    await new Promise((done) => setTimeout(done, waitMs));
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
}

/** Read server-sent events (WHATWG HTML, 9.2.6): fields a line, an empty line ends one. */
async function read(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  let event = { name: "message", data: [] };
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (waiting + value).split(/\r\n|\n|\r(?!$)/);
    waiting = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (event.data.length) heard(event.name, JSON.parse(event.data.join("\n")));
        event = { name: "message", data: [] };
      } else if (line.startsWith("event:")) event.name = line.slice(6).trim();
      else if (line.startsWith("data:")) event.data.push(line.slice(5).replace(/^ /, ""));
    }
  }
}
