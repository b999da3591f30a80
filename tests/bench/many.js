// SPDX-License-Identifier: MIT
// usage: node many.js FUNCTIONS ROUNDS
// Calls so many functions so many times, each a source text of its own.
const count = Number(process.argv[2]);
const rounds = Number(process.argv[3]);

const text = number => `functions.push(function numbered${number}(value) {
	let sum = value;
	for (let i = 0; i < 9; i++)
		sum = (sum * 31 + ${number}) | 0;
	return sum;
});
`;

const functions = [];
for (let first = 0; first < count; first += 100) {
	const numbers = Array.from({ length: Math.min(100, count - first) }, (_, i) => first + i);
	new Function('functions', numbers.map(text).join(''))(functions);
}
let sum = 0;
for (let round = 0; round < rounds; round++)
	for (const one of functions)
		sum = (sum + one(sum)) | 0;
console.log(sum);
