// A notebook without its pictures and metadata: most of a file, and nothing of it can be read.

/** The JSON of a notebook's cells with what they say as text; any other text is its own. */
export function lean(text) {
  let cells;
  try {
    ({ cells } = JSON.parse(text));
  } catch {
    return text;
  }
  if (!Array.isArray(cells)) return text;
  return JSON.stringify({ cells: cells.map(leanCell) }, null, 1);
}

function leanCell(cell) {
  const outputs = Array.isArray(cell?.outputs) ? cell.outputs : [];
  return { cell_type: cell?.cell_type, source: lines(cell?.source), outputs: outputs.map(leanOutput) };
}

function leanOutput(output) {
  const { text, data, traceback, ename, evalue } = output ?? {};
  const plain = data && { "text/plain": data["text/plain"] };
  return { text, data: plain, traceback, ename, evalue };
}

/** A text as a list of its lines, as people read it in JSON. */
function lines(text) {
  return typeof text === "string" ? text.split(/(?<=\n)/) : text;
}
