// What the offline page says of the test vectors and of ten thousand forgeries is what the Rust verifier says.
//     node check_page.mjs page.html forgeries.jsonl vector.json...
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";

const [page, forgeries, ...vectors] = process.argv.slice(2);
const script = /<script type="module">([\s\S]*)<\/script>/.exec(readFileSync(page, "utf8"))[1];
runInThisContext(`(() => {${script}})()`);
const { differences, read } = globalThis.mingjian;

const found = async text => {
  try {
    return await differences(read(Buffer.from(text)));
  } catch {
    return ["UNREADABLE"];
  }
};

for (const vector of vectors) {
  const honest = await found(readFileSync(vector));
  if (honest.length) throw new Error(`${vector}: ${honest.join(", ")}`);
  // The record before the draw, and before any secret was public: only its digest is another.
  const { transcript, ...rest } = JSON.parse(readFileSync(vector, "utf8"));
  Object.assign(transcript, { outcome: null, matching: null });
  const frozen = await found(JSON.stringify({ transcript, ...rest }));
  for (const party of transcript.parties) Object.assign(party, { secret: null, revealed_at: null });
  transcript.receipt.signatures = [];
  const sealed = await found(JSON.stringify({ transcript, ...rest }));
  if (`${frozen} ${sealed}` !== "DIFFERS /digest DIFFERS /digest") throw new Error(`${vector}: ${frozen} ${sealed}`);
}
let [seen, disagreed, refused] = [0, [], 0];
for await (const line of createInterface({ input: createReadStream(forgeries) })) {
  const { accepted, text } = JSON.parse(line);
  const wrong = await found(text);
  refused += Number(wrong.length > 0);
  if (accepted !== (wrong.length === 0)) disagreed.push(`${seen} ${accepted} ${wrong.slice(0, 3)}: ${text}`);
  seen += 1;
}
if (seen !== 10_000 || disagreed.length || refused < 9_000) {
  console.log(`${seen} forgeries, ${refused} refused`, ...disagreed.slice(0, 5).map(line => `\nDISAGREES ${line}`));
  process.exit(1);
}
console.log(`of one mind about ${seen} forgeries, ${refused} of them refused`);
