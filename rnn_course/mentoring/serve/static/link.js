// A text in the part of an address behind "#", which no browser sends to a server.

const START = "#post=";
const MOST_LINK = 50_000; // bytes: a longer address breaks in mails and chats

export const MOST_TEXT = 1_000_000; // bytes, as the server takes

/** The address part that holds a text, or null if it would be too long. */
export async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  if (bytes.length > MOST_LINK) return null;
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return START + base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The text of an address part, or null if it holds none. Throws if it is damaged or too long. */
export async function unpacked(part) {
  if (!part.startsWith(START)) return null;
  const base64 = part.slice(START.length).replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.pipeThrough(new TextDecoderStream("utf-8", { fatal: true })).getReader();
  let text = "";
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    text += step.value;
    if (text.length > MOST_TEXT) throw new RangeError("too long"); // or a gigabyte of zeros
  }
  return text;
}
