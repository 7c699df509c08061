let input = '';
for await (const chunk of process.stdin) input += chunk;
const { text = '' } = JSON.parse(input);
const words = String(text).split(/\s+/).filter(Boolean).length;
console.log(JSON.stringify({ words, summary: `The goal has ${words} words.` }));
