// SPDX-License-Identifier: MIT
// usage: node bench.js [SECONDS]
// Deep recursion, callbacks from builtins, objects and strings; for two seconds.
const fib = n => (n < 2 ? n : fib(n - 1) + fib(n - 2));
const end = Date.now() + Number(process.argv[2] || 2) * 1000;
let sum = 0;
while (Date.now() < end) {
	const items = Array.from({ length: 2000 }, (_, i) => ({ number: i, text: String(i) }));
	items.sort((a, b) => a.text.localeCompare(b.text));
	sum += fib(20) + JSON.stringify(items).length;
}
console.log(sum);
