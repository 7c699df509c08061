const first = (pattern) => pattern.exec(args.text)?.[1];
const order = first(/\border\s+(\d{3,10})\b/i);
const amount = first(/\b(\d{1,6}(?:\.\d{1,2})?)\s*(?:EUR|euros?)\b/i);
const email = first(/([^\s@,;<>]+@[A-Za-z0-9.-]+[A-Za-z0-9])/);
({
  ...(order && { order }),
  ...(amount && { amount_eur: Number(amount) }),
  ...(email && { email }),
});
