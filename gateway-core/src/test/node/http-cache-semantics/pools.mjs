// What the generated messages are made of. Every choice says in plain facts what it means by the RFCs, so that a test can
// predict answers without reading the text again:
//   t  the value as sent; l several lines in place of one
//   s  what it says; numbers are seconds, -2 is a number that is none
//   ms what a date means, in milliseconds; absent where it is no date by RFC 9110 section 5.6.7
//   o  what is odd about the spelling
//   usual  drawn more often
// The first choice of each pool is the field's absence, or what is usual.

export const NOW = Date.UTC(2026, 0, 1);

const pad = (n, width = 2) => String(n).padStart(width, "0");
const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function written(form, ms) {
  const d = new Date(ms);
  const time = `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`;
  const month = months[d.getUTCMonth()];
  const day = days[d.getUTCDay()];
  switch (form) {
    case "imf": return `${day.slice(0, 3)}, ${pad(d.getUTCDate())} ${month} ${d.getUTCFullYear()} ${time} GMT`;
    case "rfc850": return `${day}, ${pad(d.getUTCDate())}-${month}-${pad(d.getUTCFullYear() % 100)} ${time} GMT`;
    case "asctime": return `${day.slice(0, 3)} ${month} ${String(d.getUTCDate()).padStart(2)} ${time} ${d.getUTCFullYear()}`;
    case "offset": return written("imf", ms).replace("GMT", "+0000");
    case "iso": return d.toISOString();
    case "lower": return written("imf", ms).toLowerCase();
    default: throw new Error(form);
  }
}

const date = (seconds, form = "imf") => {
  const ms = NOW + seconds * 1000;
  return ["imf", "rfc850", "asctime"].includes(form)
    ? { t: written(form, ms), ms }
    : { t: written(form, ms), o: "date" };
};
const noDate = (t) => ({ t, o: "date" });
const absent = { absent: true };

export const methods = [{ t: "GET" }, { t: "HEAD" }, { t: "POST" }, { t: "OPTIONS" }];
export const secondMethods = [{ t: "GET" }, { t: "HEAD" }];

export const statuses = [
  200, 203, 204, 206, 300, 301, 302, 303, 307, 308, 304, 404, 405, 410, 414, 501, 201, 299, 400, 403, 418, 429, 500, 503, 599,
].map((status) => ({ t: String(status) }));

export const requestDirectives = [
  absent,
  { t: "max-age=0", s: { ma: 0 } },
  { t: "max-age=30", s: { ma: 30 } },
  { t: "max-age=60", s: { ma: 60 } },
  { t: "max-age=3600", s: { ma: 3600 } },
  { t: "Max-Age=30", s: { ma: 30 }, o: "case" },
  { t: "max-age=x", s: { ma: -2 }, o: "number" },
  { t: "max-age=", s: { ma: -2 }, o: "empty" },
  { t: "max-age=30s", s: { ma: -2 }, o: "number" },
  { t: "max-age=\"30\"", s: { ma: 30 } },
  { t: "min-fresh=1", s: { mf: 1 } },
  { t: "min-fresh=30", s: { mf: 30 } },
  { t: "min-fresh=100000", s: { mf: 100000 } },
  { t: "min-fresh=x", s: { mf: -2 }, o: "number" },
  { t: "max-stale", s: { mx: 2147483648 } },
  { t: "max-stale=30", s: { mx: 30 } },
  { t: "max-stale=600", s: { mx: 600 } },
  { t: "max-stale=x", s: { mx: -2 }, o: "number" },
  { t: "MAX-STALE=600", s: { mx: 600 }, o: "case" },
  { t: "no-cache", s: { nc: true } },
  { t: "No-Cache", s: { nc: true }, o: "case" },
  { t: "no-store", s: { ns: true } },
  { t: "NO-STORE", s: { ns: true }, o: "case" },
  { t: "stale-if-error=600", s: { se: 600 } },
  { t: "no-transform", s: {} },
  { t: "x-unknown=\"a, no-cache, b\"", s: {}, o: "quoted" },
];

export const responseDirectives = [
  absent,
  { t: "max-age=60", usual: true, s: { ma: 60 } },
  { t: "max-age=3600", usual: true, s: { ma: 3600 } },
  { t: "max-age=0", s: { ma: 0 } },
  { t: "max-age=\"60\"", s: { ma: 60 } },
  { t: "max-age=060", s: { ma: 60 } },
  { t: "Max-Age=60", s: { ma: 60 }, o: "case" },
  { t: "max-age=60s", s: { ma: -2 }, o: "number" },
  { t: "max-age=60;", s: { ma: -2 }, o: "number" },
  { t: "max-age=-60", s: { ma: -2 }, o: "number" },
  { t: "max-age=60.5", s: { ma: -2 }, o: "number" },
  { t: "max-age=x", s: { ma: -2 }, o: "number" },
  { t: "max-age=", s: { ma: -2 }, o: "empty" },
  { t: "max-age", s: { ma: -2 } },
  { t: "max-age = 60", s: { ma: -2 }, o: "blank" },
  { t: "max-age=4294967296", s: { ma: 2147483648 }, o: "large" },
  { t: "s-maxage=120", usual: true, s: { sm: 120 } },
  { t: "s-maxage=0", s: { sm: 0 } },
  { t: "s-maxage=5", s: { sm: 5 } },
  { t: "S-MaxAge=120", s: { sm: 120 }, o: "case" },
  { t: "s-maxage=120s", s: { sm: -2 }, o: "number" },
  { t: "s-maxage=", s: { sm: -2 }, o: "empty" },
  { t: "no-store", s: { ns: true } },
  { t: "No-Store", s: { ns: true }, o: "case" },
  { t: "no-store=1", s: { ns: true } },
  { t: "no-store; x", s: { ns: true }, o: "semicolon" },
  { t: "no-cache", s: { nc: true } },
  { t: "NO-CACHE", s: { nc: true }, o: "case" },
  { t: "no-cache=\"\"", s: { nc: true }, o: "empty" },
  { t: "no-cache=\"X-A\"", s: { ncf: true }, o: "fields" },
  { t: "no-cache=\"x-a, x-b\"", s: { ncf: true }, o: "fields" },
  { t: "private", s: { pv: true } },
  { t: "Private", s: { pv: true }, o: "case" },
  { t: "private=\"\"", s: { pv: true }, o: "empty" },
  { t: "private=\"X-A\"", s: { pvf: true }, o: "fields" },
  { t: "private=x-a", s: { pvf: true }, o: "fields" },
  { t: "private=\"Set-Cookie\"", s: { pvf: true, cookieKept: true }, o: "fields" },
  { t: "public", s: { pu: true } },
  { t: "Public", s: { pu: true }, o: "case" },
  { t: "must-revalidate", s: { mr: true } },
  { t: "Must-Revalidate", s: { mr: true }, o: "case" },
  { t: "proxy-revalidate", s: { pr: true } },
  { t: "Proxy-Revalidate", s: { pr: true }, o: "case" },
  { t: "must-understand", s: { mu: true } },
  { t: "must-understand, no-store", s: { mu: true, ns: true } },
  { t: "immutable", s: { im: true } },
  { t: "no-transform", s: {} },
  { t: "stale-while-revalidate=30", s: { sw: 30 } },
  { t: "stale-while-revalidate=600", usual: true, s: { sw: 600 } },
  { t: "Stale-While-Revalidate=600", s: { sw: 600 }, o: "case" },
  { t: "stale-while-revalidate=600x", s: { sw: -2 }, o: "number" },
  { t: "stale-if-error=30", s: { se: 30 } },
  { t: "stale-if-error=600", s: { se: 600 } },
  { t: "stale-if-error=600x", s: { se: -2 }, o: "number" },
  { t: "must-revalidate, stale-if-error=600", s: { mr: true, se: 600 } },
  { t: "must-revalidate, stale-while-revalidate=600", s: { mr: true, sw: 600 } },
  { t: "no-cache, stale-while-revalidate=600", s: { nc: true, sw: 600 } },
  { t: "community=\"UCI\"", s: {} },
  { t: "x=\"a, no-store, b\"", s: {}, o: "quoted" },
  { t: "x=\"a, max-age=900\"", s: {}, o: "quoted" },
  { t: "x=\"\\\", private, \"", s: {}, o: "quoted" },
  { t: "x=\"open", s: {} },
  { t: ",", s: {} },
];

/** How several directives are put together; a line feed begins another line of the field. */
export const joints = [{ t: ", " }, { t: "," }, { t: " ,\t" }, { t: "\n" }];

export const targeted = [
  absent,
  { t: "max-age=240", s: { ma: 240 } },
  { t: "no-store", s: { ns: true } },
  { t: "max-age=240, must-revalidate", s: { ma: 240, mr: true } },
  { t: "max-age=240, stale-while-revalidate=600", s: { ma: 240, sw: 600 } },
  { t: "private;x=1", s: { pv: true } },
  { t: "max-age=240, &", o: "none" },
];

export const expires = [
  absent,
  date(60), date(600), date(5), date(3600), date(0), date(-60),
  noDate(""), noDate("0"), noDate("-1"), noDate("never"),
  date(600, "rfc850"), date(600, "asctime"),
  date(600, "iso"), date(600, "offset"), date(600, "lower"),
  noDate("Tue, 31 Feb 2026 00:00:00 GMT"),
  { t: "Fri, 31 Dec 9999 23:59:59 GMT", ms: Date.UTC(9999, 11, 31, 23, 59, 59) },
  { l: [date(60).t, date(600).t], o: "twice" },
  { l: [date(600).t, date(600).t], ms: date(600).ms },
];

export const dates = [
  absent,
  date(0), date(-10), date(-60), date(-3600), date(60),
  date(-60, "rfc850"), date(-60, "asctime"),
  date(-60, "iso"), date(-60, "offset"), date(-60, "lower"),
  noDate("yesterday"), noDate("0"), noDate(""),
  { l: [date(-60).t, date(-3600).t], o: "date" },
];

export const ages = [
  absent,
  { t: "0", s: 0 }, { t: "10", s: 10 }, { t: "59", s: 59 }, { t: "60", s: 60 }, { t: "4000", s: 4000 },
  { t: "-5", s: 0, o: "number" }, { t: "5.5", s: 0, o: "number" }, { t: "x", s: 0 }, { t: "1e3", s: 0, o: "number" },
  { t: "10, 55", s: 10 }, { l: ["10", "55"], s: 10 },
  { t: "99999999999999999999", s: 2147483648, o: "large" },
];

export const modified = [
  absent,
  date(-3600), date(-18000), date(-864000), date(60), date(0),
  noDate("x"), date(-3600, "iso"), date(-3600, "offset"), date(-3600, "rfc850"), date(-3600, "asctime"),
  { l: [date(-3600).t, date(-18000).t], o: "twice" },
];

export const tags = [
  absent, { t: "\"a\"", opaque: "a", usual: true }, { t: "W/\"a\"", opaque: "a", weak: true }, { t: "\"b\"", opaque: "b" }, { t: "a", o: "tag" },
];

export const pragmas = [absent, { t: "no-cache", nc: true }, { t: "No-Cache", nc: true, o: "case" }, { t: "x" }];

export const varies = [
  absent,
  { t: "Accept", names: ["accept"] },
  { t: "Accept-Encoding", names: ["accept-encoding"] },
  { t: "accept , ACCEPT-ENCODING,", names: ["accept", "accept-encoding"] },
  { l: ["Accept", "Accept-Encoding"], names: ["accept", "accept-encoding"] },
  { t: "X-Other", names: ["x-other"] },
  { t: "*", star: true }, { t: "Accept, *", star: true },
];

/** n: what the value is to {@code Vary} once blanks and case that mean nothing are gone. */
export const accepts = [absent, { t: "text/html", n: "1" }, { t: "text/html;q=0.5, */*", n: "2" }, { t: "text/html; q=0.5,*/*", n: "2", o: "spelling" }, { t: "", n: "" }];
export const encodings = [absent, { t: "gzip", n: "1" }, { t: "gzip, br", n: "2" }, { t: "GZIP,br", n: "2", o: "spelling" }, { l: ["gzip", "br"], n: "2" }];

export const authorizations = [absent, { t: "Basic eDp5" }];
export const cookies = [absent, { t: "a=b" }];
export const setCookies = [absent, { t: "a=b; Path=/" }];
export const delays = [{ t: "0", s: 0 }, { t: "3", s: 3 }];
export const elapsed = [0, 1, 5, 10, 29, 30, 31, 50, 59, 60, 61, 90, 119, 120, 121, 200, 599, 600, 601, 700, 3599, 3600, 4000, 90000]
  .map((s) => ({ t: String(s), s }));

export const updates = [absent, { t: "304" }, { t: "500" }, { t: "503" }, { t: "404" }];
