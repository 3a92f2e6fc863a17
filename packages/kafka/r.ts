import { createTopics, kafkaPublisher, kafkaSubscriber } from './src/index.ts';
import { spawn, execSync } from 'node:child_process';
const log: any = { debug(){}, info(){}, warn: (f:any,m:string)=>console.log(Date.now()-t0,'WARN',m.slice(0,150),f.code??'', f.waitMs??''), error: console.error, child(){return log} };
const t0=Date.now();
const c = { brokers: ['127.0.0.1:19192'], clientId: 'try', log };
const topic = 'r'+Date.now();
await createTopics({ ...c, topics: [{ name: topic, partitions: 3 }] });
const p = kafkaPublisher({...c, sendTimeoutMs: 5000}); const s = kafkaSubscriber(c);
const seen = new Map<string, number[]>(); const pos = new Map<number,bigint>(); let count=0;
const sub = await s.subscribe({ group: 'g'+topic, topics: [topic] }, {
  async assigned(b) { console.log(Date.now()-t0,'assigned', b.length); return b.map(x=>({...x, start: pos.get(x.partition) ?? x.low})); },
  async deliver(b) { for (const r of b.records) { count++; const l = seen.get(r.key!) ?? []; l.push(Number(r.headers.n)); seen.set(r.key!, l);} pos.set(b.partition, b.nextOffset); },
  health(e) { console.log(Date.now()-t0,'health', e?.message); },
});
let n = 0, acked = 0, done = false; let maxSend=0;
const loop = (async () => { while (!done) {
  const batch = Array.from({length: 30}, () => n++);
  let rest = batch;
  while (rest.length) { const t=Date.now(); const o = await p.send(rest.map(i => ({ topic, key: 'k'+i%10, value: Buffer.from('x'), headers: { n: String(i) } }))); maxSend=Math.max(maxSend,Date.now()-t);
    const bad = o.filter(x=>x.status!=='acknowledged'); rest = rest.filter((_, i)=>o[i]!.status!=='acknowledged'); if (bad.length) await new Promise(r=>setTimeout(r,200)); }
  acked += 30; await new Promise(r=>setTimeout(r,20)); } })();
await new Promise(r=>setTimeout(r,2000));
const javaPid = () => execSync("ps -eo pid,args | grep 'kafka.Kafka server.properties' | grep wbk | grep -v grep | awk '{print $1}'").toString().trim();
console.log(Date.now()-t0,'KILL', javaPid()); process.kill(Number(javaPid()), 'SIGKILL');
await new Promise(r=>setTimeout(r,2000));
spawn('/tmp/wbk/start.sh', { detached: true, stdio: 'ignore' }).unref();
await new Promise(r=>setTimeout(r,20000));
console.log(Date.now()-t0,'STOP', count, n); process.kill(Number(javaPid()), 'SIGSTOP'); await new Promise(r=>setTimeout(r,9000)); process.kill(Number(javaPid()), 'SIGCONT'); console.log(Date.now()-t0,'CONT');
await new Promise(r=>setTimeout(r,12000)); done = true; await loop; console.log(Date.now()-t0, 'sent all');
for (let i=0;i<300 && count<n;i++) await new Promise(r=>setTimeout(r,100));
let lost=0, disorder=0, dup=0; for (const [k,l] of seen) { const firsts=[...new Set(l)]; dup += l.length-firsts.length; if (firsts.some((x,i)=>i&&x<firsts[i-1]!)) disorder++; lost += n/10 - firsts.length; }
console.log(Date.now()-t0,{ n, acked, lost, disorder, dup, maxSend });
await sub.stop(); await p.close(); process.exit(0);
