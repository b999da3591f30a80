// SPDX-License-Identifier: MIT
// usage: node churn.js SECONDS [FUNCTIONS [PAUSE]]
// New functions all the time: so many in a row (20), each called until it is compiled twice and then
// forgotten, and a pause of so many ms (0) before the next.
const seconds = Number(process.argv[2]);
const each = Number(process.argv[3] || 20);
const pause = Number(process.argv[4] || 0);
const end = Date.now() + seconds * 1000;
let number = 0;
let sum = 0;

const make = one => new Function('value', `
	let sum = value;
	for (let i = 0; i < 9; i++)
		sum = (sum * 31 + ${one}) | 0;
	return sum;
`);

function turn() {
	for (let i = 0; i < each; i++) {
		const one = make(number++);
		for (let round = 0; round < 3000; round++)
			sum = (sum + one(sum)) | 0;
	}
	if (Date.now() < end)
		setTimeout(turn, pause);
	else
		console.log(number);
}
turn();
