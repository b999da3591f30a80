// SPDX-License-Identifier: MIT
// About two seconds of JavaScript of several kinds: recursion, sorting with a callback, strings,
// objects, closures, promises, and functions that are compiled while it runs.
'use strict';

function fib(n) {
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

function compare(a, b) {
	return a.key - b.key || (a.name < b.name ? -1 : 1);
}

function sorting(count) {
	const items = [];
	for (let i = 0; i < count; i++)
		items.push({ key: (i * 7919) % 1009, name: 'item' + i });
	return items.sort(compare)[0].name.length;
}

function text(count) {
	let words = '';
	for (let i = 0; i < count; i++)
		words += i.toString(36) + ' ';
	return words.replace(/[a-f]+/g, (match) => match.toUpperCase()).split(' ').length;
}

function objects(count) {
	const table = new Map();
	for (let i = 0; i < count; i++)
		table.set('k' + (i % 500), (table.get('k' + (i % 500)) || 0) + i);
	return JSON.parse(JSON.stringify([...table])).length;
}

function fresh(number) {
	return new Function('n', `let s = ${number}; for (let i = 0; i < n; i++) s = s * 31 % 1000003;
		return s;`)(20000);
}

async function waiting(count) {
	let sum = 0;
	for (let i = 0; i < count; i++)
		sum += await Promise.resolve(fib(i % 12));
	return sum;
}

async function main() {
	const end = Date.now() + 2000;
	let sum = 0;
	for (let round = 0; Date.now() < end; round++) {
		sum += fib(18) + sorting(2000) + text(2000) + objects(2000) + fresh(round);
		sum += await waiting(200);
	}
	console.log(sum);
}

main();
