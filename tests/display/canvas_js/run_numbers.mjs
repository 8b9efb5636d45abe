// Runs functions of an explorer's script outside the browser. Arguments: the script. Standard input: a JSON list of
// [function, arguments]. Standard output: the JSON list of their results.
import { readFileSync } from "node:fs";

const text = readFileSync(process.argv[2], "utf8").replace(/^export default/m, "const page =");
const run = new Function(`${text}\nreturn (name, values) => eval(name)(...values);`)();
const calls = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(calls.map(([name, values]) => run(name, values))));
