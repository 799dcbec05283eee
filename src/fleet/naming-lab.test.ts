import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameProblem } from './naming.ts';
import { type LabSeat, nameLab, seatOf } from './naming-lab.ts';

const rule = '{lab}-PC{seat:02}';
const nobody: ReadonlyMap<string, string> = new Map();

function seats(count: number, facts: Partial<LabSeat> = {}): LabSeat[] {
  return Array.from({ length: count }, (_, at) => ({
    id: String(at),
    name: null,
    seat: null,
    mac: null,
    ...facts,
  }));
}

test('three hundred hosts of one lab get three hundred names, in their order', () => {
  const { names, problems } = nameLab({ lab: 'R101', rule, hosts: seats(300), taken: nobody });
  assert.deepEqual(problems, []);
  assert.deepEqual(names.get('0'), { name: 'R101-PC01', seat: 1 });
  assert.deepEqual(names.get('299'), { name: 'R101-PC300', seat: 300 });
  assert.equal(new Set([...names.values()].map(({ name }) => name.toLowerCase())).size, 300);
});

test('names that are given stay, seats that are asked for are theirs, the rest fills the gaps', () => {
  const hosts: LabSeat[] = [
    { id: 'a', name: null, seat: null, mac: null },
    { id: 'b', name: 'r101-pc01', seat: null, mac: null },
    { id: 'c', name: null, seat: 2, mac: null },
    { id: 'd', name: 'TEACHER', seat: null, mac: null },
  ];
  const { names, problems } = nameLab({ lab: 'R101', rule, hosts, taken: new Map([['r101-pc03', 'PC03']]) });
  assert.deepEqual(problems, []);
  assert.deepEqual(Object.fromEntries(names), {
    a: { name: 'R101-PC04', seat: 4 },
    b: { name: 'r101-pc01', seat: 1 },
    c: { name: 'R101-PC02', seat: 2 },
    d: { name: 'TEACHER', seat: null },
  });
});

test('everything wrong is said at once: names taken elsewhere, twice, too long, illegal, a seat that is not free', () => {
  const hosts: LabSeat[] = [
    { id: 'a', name: 'LIBRARY-1', seat: null, mac: null },
    { id: 'b', name: 'Same', seat: null, mac: '00:1e:4f:00:00:01' },
    { id: 'c', name: 'SAME', seat: null, mac: null },
    { id: 'd', name: 'PC_1', seat: null, mac: null },
    { id: 'e', name: null, seat: 7, mac: null },
    { id: 'f', name: null, seat: 7, mac: null },
  ];
  const taken = new Map([['library-1', 'a host of the lab Library']]);
  const { problems } = nameLab({ lab: 'R101', rule, hosts, taken });
  assert.deepEqual(problems, [
    { id: 'a', words: 'LIBRARY-1 is already the name of a host of the lab Library.' },
    { id: 'c', words: 'SAME is already the name of the host 00:1e:4f:00:00:01.' },
    {
      id: 'd',
      words: 'The name PC_1 contains an underscore; only the letters A to Z, digits and dashes are allowed.',
    },
    { id: 'f', words: 'R101-PC07 is already the name of another host of this lab.' },
  ]);
  const long = nameLab({ lab: 'Building-B-101', rule, hosts: seats(2), taken: nobody });
  assert.equal(long.problems.length, 2);
  assert.match(long.problems[0]?.words ?? '', /makes Building-B-101-PC01, which is 19 characters long/);
});

test('whatever is named is legal, once only, and knows its seat', () => {
  const host = fc.record({
    name: fc.option(fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,5}$/)),
    seat: fc.option(fc.integer({ min: 1, max: 40 })),
  });
  fc.assert(
    fc.property(
      fc.array(host, { maxLength: 30 }),
      fc.constantFrom(rule, 'X{seat}', '{lab}{seat:02}Y'),
      (list, by) => {
        const hosts = list.map((one, at) => ({ id: String(at), mac: null, ...one }));
        const { names, problems } = nameLab({ lab: 'R1', rule: by, hosts, taken: nobody });
        assert.equal(names.size + problems.length, hosts.length, 'each host is named or told of');
        const keys = [...names.values()].map(({ name }) => name.toLowerCase());
        assert.equal(new Set(keys).size, keys.length);
        for (const { id, name: given } of hosts) {
          const named = names.get(id);
          if (named === undefined) continue;
          assert.equal(nameProblem(named.name), null);
          if (given === null) assert.equal(seatOf(by, 'R1', named.name), named.seat);
          else assert.equal(named.name, given);
        }
      },
    ),
  );
});
