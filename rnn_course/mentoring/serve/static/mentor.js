// The mentor's page: a post goes to the server, words of progress and a diagnosis come back.

import { MOST_TEXT, packed, unpacked } from "./link.js";
import { lean } from "./notebook.js";

const MOST_FILE = 50_000_000; // bytes, most of which are pictures that are left out
const TOO_LONG = "The post is too long: paste only the cells that it is about.";
const part = (id) => document.getElementById(id);
const post = part("post");
let running = null; // the AbortController of the search that goes on

async function diagnose() {
  running?.abort();
  const mine = (running = new AbortController());
  const text = post.value;
  begin();
  try {
    if (new Blob([text]).size > MOST_TEXT) throw new Error(TOO_LONG);
    for await (const event of events(text, mine.signal)) {
      if ("progress" in event) progress(event.progress);
      if ("error" in event) throw new Error(event.error);
      if ("result" in event) return await show(event.result, text);
    }
    throw new Error("The server has stopped: start rnn-course serve again.");
  } catch (error) {
    if (!mine.signal.aborted) complain(error.message);
  } finally {
    if (running === mine) end();
  }
}

/** What the server says of a text, as it says it. Throws an Error with a sentence. */
async function* events(text, signal) {
  const headers = { "Content-Type": "text/plain; charset=utf-8" };
  const sent = fetch("diagnose", { method: "POST", body: text, headers, signal });
  const response = await sent.catch(() => {
    throw new Error("The server does not answer: start rnn-course serve again.");
  });
  if (!response.ok) throw new Error((await response.json()).error);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    const lines = (rest + step.value).split("\n");
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}

// What is seen while a search runs

let clock = 0;

function begin() {
  const begun = Date.now();
  const tick = () => (part("elapsed").textContent = `${Math.round((Date.now() - begun) / 1000)} s`);
  part("error").textContent = "";
  part("result").replaceChildren();
  part("progress").hidden = false;
  clearInterval(clock);
  clock = setInterval(tick, 1000);
  tick();
  progress("reading");
}

function progress(words) {
  part("words").textContent = `${words} …`;
  say(words.split(":")[0]); // without the numbers, which change all the time
}

function end() {
  running = null;
  clearInterval(clock);
  part("progress").hidden = true;
}

/** Have words read aloud. */
function say(words) {
  if (part("status").textContent !== words) part("status").textContent = words;
}

function complain(sentence) {
  part("error").textContent = sentence;
  say("");
}

function cancel() {
  running?.abort();
  end();
  say("Cancelled.");
  post.focus();
}

// The result

async function show({ html, replies, verdict }, text) {
  end();
  part("result").innerHTML = html; // made by page.py, where everything of a post is escaped
  const answers = part("answers").content.cloneNode(true);
  answers.querySelector("ol").append(...replies.map(answer));
  await link(answers.querySelector(".link"), text);
  part("result").querySelector("header").after(answers);
  const heading = part("result").querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  heading.closest("article").scrollIntoView(); // the verdict, too, stands below the heading
  say(`Found: ${verdict}.`);
}

function answer({ title, text }) {
  const [item, folded, summary, words, button] = ["li", "details", "summary", "pre", "button"].map(
    (tag) => document.createElement(tag),
  );
  summary.textContent = title;
  words.textContent = text;
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy the reply: ${title}`);
  button.addEventListener("click", () => copy(text, button, words));
  folded.append(summary, words);
  item.append(folded, button);
  return item;
}

async function link(place, text) {
  const [anchor, button] = place.children;
  const hash = await packed(text);
  if (hash === null) {
    place.textContent = "The post is too long for a link.";
    return;
  }
  anchor.href = hash;
  button.addEventListener("click", () => copy(anchor.href, button, anchor));
}

/** Copy a text; where the browser does not allow it, select it where it stands. */
async function copy(text, button, place) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 2000);
  } catch {
    place.closest("details")?.setAttribute("open", "");
    getSelection().selectAllChildren(place);
    say("The text is selected: copy it with the keyboard.");
  }
}

// What comes in

async function take(file) {
  if (!file) return;
  if (file.size > MOST_FILE) return complain(`${file.name} is too large: paste a part of it.`);
  post.value = lean(await file.text());
  await diagnose();
}

async function open() {
  try {
    const text = await unpacked(location.hash);
    if (text === null || text === post.value) return;
    post.value = text;
  } catch {
    return complain("The link is damaged: ask for the post itself.");
  }
  await diagnose();
}

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  diagnose();
});
post.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) diagnose();
});
part("cancel").addEventListener("click", cancel);
part("file").addEventListener("change", (event) => {
  take(event.target.files[0]);
  event.target.value = ""; // the same file may be chosen again
});
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer.types.includes("Files")) return; // a text goes into the box
    event.preventDefault();
    document.body.classList.toggle("dropping", kind === "dragenter" || kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files[0]);
  });
}
addEventListener("hashchange", open);
open();
