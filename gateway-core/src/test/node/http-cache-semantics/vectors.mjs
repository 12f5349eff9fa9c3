// Makes the vectors: messages by chance from a fixed seed, and what http-cache-semantics, as a shared cache, says of them.
// usage: node vectors.mjs OUTPUT.gz [DIRECTORY]      DIRECTORY: where its node_modules is, this one unless given
process.env.TZ = "UTC"; // it reads dates without a zone as local time

import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as pools from "./pools.mjs";

const COUNT = 70000;
const SEED = 9111;
const [output, directory = path.dirname(fileURLToPath(import.meta.url))] = process.argv.slice(2);
const require = createRequire(path.resolve(directory, "x.js"));
const CachePolicy = require("http-cache-semantics");
const version = require("http-cache-semantics/package.json").version;

// name, choices, how often it is not the first choice
const features = [
  ["method", pools.methods, 0.05],
  ["control", pools.requestDirectives, 0.08],
  ["authorization", pools.authorizations, 0.1],
  ["cookie", pools.cookies, 0.06],
  ["accept", pools.accepts, 0.3],
  ["encoding", pools.encodings, 0.3],
  ["status", pools.statuses, 0.25],
  ["said1", pools.responseDirectives, 0.8],
  ["said2", pools.responseDirectives, 0.4],
  ["said3", pools.responseDirectives, 0.2],
  ["joint", pools.joints, 0.3],
  ["targeted", pools.targeted, 0.04],
  ["expires", pools.expires, 0.25],
  ["date", pools.dates, 0.4],
  ["age", pools.ages, 0.2],
  ["modified", pools.modified, 0.3],
  ["tag", pools.tags, 0.35],
  ["pragma", pools.pragmas, 0.06],
  ["vary", pools.varies, 0.25],
  ["setCookie", pools.setCookies, 0.05],
  ["delay", pools.delays, 0.05],
  ["elapsed", pools.elapsed, 0.85],
  ["method2", pools.secondMethods, 0.06],
  ["control2a", pools.requestDirectives, 0.4],
  ["control2b", pools.requestDirectives, 0.12],
  ["pragma2", pools.pragmas, 0.06],
  ["authorization2", pools.authorizations, 0.06],
  ["cookie2", pools.cookies, 0.06],
  ["accept2", pools.accepts, 0.3],
  ["encoding2", pools.encodings, 0.3],
  ["update", pools.updates, 0.5],
  ["updateSaid", pools.responseDirectives, 0.4],
  ["updateExpires", pools.expires, 0.15],
  ["updateDate", pools.dates, 0.3],
  ["updateTag", pools.tags, 0.5],
  ["updateModified", pools.modified, 0.25],
];
const ASKED_FOR_UPDATES = features.findIndex(([name]) => name === "update");

/** Mulberry32: the same numbers everywhere. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** As Node's http gives several lines of a field: of these the first, of others all in one. */
const FIRST_ONLY = new Set(["age", "expires", "etag", "last-modified"]);
function add(headers, name, choice) {
  if (choice.absent) return;
  const lines = choice.l ?? [choice.t];
  headers[name] = FIRST_ONLY.has(name) ? lines[0] : lines.join(", ");
}

const joined = (choices, joint) => {
  const said = choices.filter((choice) => !choice.absent).map((choice) => choice.t);
  return said.length ? { l: said.join(joint).split("\n") } : { absent: true };
};

let now = 0;
class Policy extends CachePolicy {
  now() {
    return now;
  }
}

function answers(v) {
  const first = { method: v.method.t, headers: {} };
  add(first.headers, "cache-control", v.control);
  add(first.headers, "authorization", v.authorization);
  add(first.headers, "cookie", v.cookie);
  add(first.headers, "accept", v.accept);
  add(first.headers, "accept-encoding", v.encoding);

  const response = { status: Number(v.status.t), headers: {} };
  add(response.headers, "cache-control", joined([v.said1, v.said2, v.said3], v.joint.t));
  add(response.headers, "cdn-cache-control", v.targeted);
  add(response.headers, "expires", v.expires);
  add(response.headers, "date", v.date);
  add(response.headers, "age", v.age);
  add(response.headers, "last-modified", v.modified);
  add(response.headers, "etag", v.tag);
  add(response.headers, "pragma", v.pragma);
  add(response.headers, "vary", v.vary);
  add(response.headers, "set-cookie", v.setCookie);

  now = pools.NOW;
  const policy = new Policy(first, response);
  if (!policy.storable()) return "0";

  const second = { method: v.method2.t, headers: {} };
  add(second.headers, "cache-control", joined([v.control2a, v.control2b], ", "));
  add(second.headers, "pragma", v.pragma2);
  add(second.headers, "authorization", v.authorization2);
  add(second.headers, "cookie", v.cookie2);
  add(second.headers, "accept", v.accept2);
  add(second.headers, "accept-encoding", v.encoding2);

  const lifetime = Math.round(policy.maxAge() * 1000);
  now = pools.NOW + v.elapsed.s * 1000;
  const evaluated = policy.evaluateRequest(second);
  const reuse = !evaluated.response ? "M" : evaluated.revalidation ? "W" : "H";
  return `1 ${lifetime} ${policy.age()} ${reuse} ${updated(policy, first, v)}`;
}

/** For an error: whether the stored response covers it. For 304: the lifetime that it gives to the stored response. */
function updated(policy, request, v) {
  if (v.update.absent) return "-";
  const update = { status: Number(v.update.t), headers: {} };
  if (update.status === 304) {
    add(update.headers, "cache-control", joined([v.updateSaid], ""));
    add(update.headers, "expires", v.updateExpires);
    add(update.headers, "date", v.updateDate);
    add(update.headers, "etag", v.updateTag);
    add(update.headers, "last-modified", v.updateModified);
    const result = policy.revalidatedPolicy(request, update);
    return result.matches ? String(Math.round(result.policy.maxAge() * 1000)) : "N";
  }
  return policy.revalidatedPolicy(request, update).matches ? "C" : "N";
}

const random = generator(SEED);
const usual = new Map(features.map(([, choices]) => [choices, choices.flatMap((c, i) => (c.usual ? [i] : []))]));

/** Any choice but the first; half of the time a usual one, where there are such. */
function drawn(choices) {
  const likely = usual.get(choices);
  return likely.length && random() < 0.5
    ? likely[Math.floor(random() * likely.length)]
    : 1 + Math.floor(random() * (choices.length - 1));
}

const seen = new Set();
const rows = [];
while (rows.length < COUNT) {
  const picks = features.map(([, choices, often]) =>
    random() < often ? drawn(choices) : 0);
  const v = Object.fromEntries(features.map(([name, choices], i) => [name, choices[picks[i]]]));
  if (v.update.t !== "304") picks.fill(0, ASKED_FOR_UPDATES + 1); // an error's fields do not matter
  const says = (choice, what) => choice.s && what in choice.s;
  if (["mx", "mf"].some((what) => says(v.control2a, what) && says(v.control2b, what))) continue;
  // an open quoted string would swallow what follows, and its meaning
  const open = [v.said1, v.said2, v.said3].map((choice) => /"open$/.test(choice.t ?? ""));
  if ((open[0] && !(v.said2.absent && v.said3.absent)) || (open[1] && !v.said3.absent)) continue;
  const code = String.fromCharCode(...picks.map((pick) => 33 + pick));
  if (seen.has(code)) continue;
  seen.add(code);
  rows.push(`${code} ${answers(v)}`);
}

const head = {
  peer: `http-cache-semantics ${version}`,
  now: pools.NOW,
  features: features.map(([name, choices]) => ({ name, choices })),
};
const text = JSON.stringify(head) + "\n" + rows.join("\n") + "\n";
writeFileSync(output, gzipSync(text, { level: 9 }));
