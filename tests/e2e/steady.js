// SPDX-License-Identifier: MIT
// One loop for four seconds: V8 announces its code in the first moments, in a piece of the dump that
// stays in its buffer until the end.
'use strict';

function spin(count) {
	let sum = 0;
	for (let i = 0; i < count; i++)
		sum = (sum * 31 + i) % 1000003;
	return sum;
}

const end = Date.now() + 4000;
let sum = 0;
while (Date.now() < end)
	sum += spin(1000000);
console.log(sum);
