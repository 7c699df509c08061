// How urgent a ticket is. JSON in, JSON out.
let input = '';
for await (const chunk of process.stdin) input += chunk;
const { text } = JSON.parse(input);
const URGENT = ['fire', 'injured', 'stolen', 'fraud', 'outage'];
const word = URGENT.find((each) => text.toLowerCase().includes(each));
console.log(
  JSON.stringify(
    word === undefined
      ? { priority: 'normal', because: 'no word of it is urgent' }
      : { priority: 'urgent', because: `it speaks of ${word}` },
  ),
);
