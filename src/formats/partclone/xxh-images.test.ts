import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { ByteStream } from '../codec/byte-stream.ts';
import { readBlockMap } from './block-map.ts';
import { readPartcloneHead } from './partclone-head.ts';
import { readBlocks } from './read-blocks.ts';

// Debian 12's partclone writes no xxHash. These are of partclone 0.3.47 (`partclone.extfs -c -k5 -a2`, and `-a3 -K`) of
// an ext2 volume of 64 KiB whose free blocks are zeros, compressed with brotli.
const XXH64_RESEEDED =
  'G6FkI1KQGiD+lKRDbvXbQroDhnJIK0IRWGU2hLPnETWQODGH0nBCTrl1td8Pl/Z2kPA1/6DDXsHDMy7/AWrUADQCSQxpJe+thOWF' +
  'JsQjXNzPdhkEmqDFGHAhDoDToHpb6Sli6oAJPnMJYAFdp+/5rx7YLDtFWhJQ9T8BKvx6ACHIcxIwATMRh1KT7jIQxzotTS9uMPZ9' +
  'i7JQhVNYevb3SyP1u3y8jPb/uXf6Pk3CT7hJP472bYMs/yANkUjHwoRSDW2sKdTxckoMg2prN4rQKyWMClJatA6yr+0OTs3ODP9h' +
  'oohsejwjm4VSzNJerq2pqhEIApXYlMKxdoIYRhAqESUBguy2x/mRWwAoeP8sohcREvEEYmJpEQHOjXUohLbnmySpMWDv8mXfqTFV' +
  'PUZhDFK3uzz9qKJ53rDuTOyZZzyu6V7LkFeA+tZ6iaAzHUHBCU7BIHrswQAhGKi84ITEfTmKJ5AsNmfZezjf1t0aV6u+gKmwLy9L' +
  'QpmvA+ImuHUR4VSXdcboim0JAIAYfBoCyZJiFLK7SqD6dMJoglpIx6MnA4+RTG8lZrBY6w/xExabwCggbdUKNrAzyWMICKGspwTi' +
  'VRJaCSo5Tw4HKkQ8oID8Z5+JOVutA1Na01z9hZmjIyopEH+MUTNG7QU0PR4AkIAv3QOA/1t678pXAWPdfOg+VzxxtRmX85cFY6dT' +
  'Ta3aderWq18AESY0w3K8IEqyotZodXoDQyNjE9NmzJozb8GiJctWrLbGWuust2HTlm07dttjr332O3DoyLETp51x1jnnXbh05dqN' +
  '2+646577Hjx68uzFa2+89c57Hz59+fbjtz/++uc/CJCgQIMBCw644IEPAyYs2HDgwgMvfPCjQIkKNRq06KCLHvo4cOLCjQcvPvji' +
  'hz8JkqRIkyFLDrnkkU8HnXTRTQ+99KEv/ejPBJNMMc0Ms8xhLvOYzwabbLHNDrvsYS/72M8Fl1xxzQ233OEu97jPB5988c0Pv/zh' +
  'L//4L4SQQgktjLDCEa7whC+GmGKJLY644hGv+MQvhZRSSS2NtNKRrvSkL4eccsktj7zyka/85K+EkkoprYyyylGu8pSvDnWqS93q' +
  'Ua/6qK/6qb8mNKkpTWtGs5qjuZqn+drQpra0rR3tao/2ap/260KXutK1bnSrO7qre7qvD33qS9/60a/+6K/+6b9BGKRBGbTBGKzB' +
  'MbgGz+AbhmEalmEbjuEaHsNr+Ay/URilURm10Rit0TG6Rs/oG4dxGpdH5zaPec3HfM3P/C1hSUtZ2jKWtRzLtTzLtw7rtC7rth7r' +
  'tT7W1/pZf5uwSZuyaZuxWZtjc22ezbcN27Qt27Yd27U9ttf22X67sEu7smu7sVu7Y3ftnt23D/u0L/u2H/u1P/bX/tl/ECBBgQYD' +
  'FhxwwQMfBkxYsOHAhQde+OBHgRIVajRo0UEXPfRx4MSFGw9efPDFD38SJEmRJkOWHHLJI58OOumimx566UNf+tGfCSaZYpoZZpnD' +
  'XOYxnw022WKbHXbZw172sZ8LLrnimhtuucNd7nGfDz754psffvnDX/7xXwghhRJaGGGFI1zhCV8MMcUSWxxxxSNe8YlfCimlkloa' +
  'aaUjXelJXw455ZJbHnnlI1/5yV8JJZVSWhlllaNc5SlfHepUl7rVo171UV/1U39NaFJTmtaMZjVHczVP87WhTW1pWzva1R7t1T7t' +
  '14UudaVr3ehWd3RX93RfH/rUl771o1/90V/903+HYDnvqAE=';
const XXH128_GOING_ON =
  'G8lko6IekFaOEH+xwHNF2F9gPrfcl5AWBLCOmsWRTBIjwIdc2clmtEWUDaVO94CBONZpaXpxg7HvW5QFN2Dzh6y4VO+pEj5hJ30s' +
  'Ldl0kOYPGJGQxh6DAQpiJha00qpQADyaCFGg2tqNIvRKCaOClBatg+xrR7VtnR31f5iowt83yDc4jIX8zQJfX08pykvNBUKgeJta' +
  'WKytIIMhIBJPAPqoAAiNnm/eKXzILQBEf5X/YWl9ESGJxy0rS4sIsN9Yh4LQcPGj1AqKkvtNAHuXn/1Ts1r1LIUxkDo6JgWNJ+fP' +
  'G9adlrtG2yFv0wxnM8qHgtWHowRA+9Z6iYR9OoIEOMFpYJAeezBASLhVXnAicl+O4gmVYnOWPaxwvq2nWPtb9//+v5023/44N2Bk' +
  '9t3FK0yJ/bwsEer8kgDITXDrEuKUl7XP0hXbEgAAYuL6EEgWf6OIeaQJaH1CYXQSupAejz4Z8BiS0VuJMWBi8Q+PwG916G0Co4Bq' +
  'XFPADDBnkscQEKKsFwV8qyRaCVpyXtDEkQpenlBA/isPJRmnq3VgSucGfjr9aNMtH1dVSigrL+/VkgTxtzRGzRi1V9D0eABAAn7q' +
  'HgCUVv24pamldWfXkZmOmxu3z7wSGOvmq+6GaWofg5b1r7UbvjA4vu/8JH9ZMKYLpKq6prauXv0CiDChGZbjBUKRWCItIysnr6Co' +
  'pKyiWo1adeo1NLW0dXTr0atPv4GhkbGJaTNmzZm3sLSytrFtx649+w6OTs4urt24defeg0dPnr147Y233nnvw6cv33789sdf//wH' +
  'ARIUaDBgwQEXPPBhwIQFGw5ceOCFD34UKFGhRoMWHXTRQx8HTly48eDFB1/88CdBkhRpMmTJIZc88umgky666aGXPvSlH/2ZYJIp' +
  'pplhljnMZR7z2WCTLbbZYZc97GUf+7ngkiuuueGWO9zlHvf54JMvvvnhlz/85R//BSFIQQlaMIIVHMEVPMEXhjCFJWzhCFd4hFf4' +
  'hF8UouR9pjK1aUxrOqZreqZvDnOay9zmMa/5mK/5mb8lLGkpS1vGspZjuZZn+dZhndZl3dZjvdbH+lo/628TNmlTNm0zNmtzbK7N' +
  's/m2YZu2Zdu2Y7u2x/baPttvF3ZpV3ZtN3Zrd+yu3bP79mGf9mXf9mO/9sf+2j/7DwSQQAENDLDAAS7wgA8GmGCBDQ644AEv+MAP' +
  'BZRQQQ0NtNCBLvSgDweccMEND7zwgS/84I8EkkghjQyyyEEu8pCPDnSiC93oQS/6oC/6oT8mMIkpTGMGs5iDuZiH+djAJrawjR3s' +
  'Yg/2Yh/24wKXuMI1bnCLO7iLe7iPD3ziC9/4wS/+4C/+4T8RRBJFNDHEEoe4xCM+GWSSRTY55JKHvOQjPxVUUkU1NdRSh7rUoz4d' +
  'dNJFNz300oe+9KM/E0wyxTQzzDKHucxjPjvYyS52s4e97MO+7Mf+nOAkpzjNGc5yDudyHudzg5vc4jZ3uMs93Mt93M8LXvKK17zh' +
  'Le/wLu/xPj/4yS9+84e//MO//Mf/QggplNDCCCsc4QpP+GKIKZbY4ogrHvGKT/xSSCmV1NJIKx3pSk/6csgpl9zyyCsf+cpP/koo' +
  'qZTSyiirHOUqT/nqUKe61K0e9aqP+qqf+mtCk5rStGY0qzmaq3marw1takvb2tGu9miv9mm/LnSpK13rRre6o7u6p/v60Ke+9K0f' +
  '/eqP/uqf/juCNc2x5eLpe/1LtXn3p1/k2tkGAA==';
/** Of the volume they were made of. */
const VOLUME_SHA256 = '5197fb3ce102c9e4b491dec50dcdd9693f52807047175599c2a64d04fc1a2ea2';

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function volumeIn(image: Buffer): Promise<Buffer> {
  const stream = new ByteStream(once(image), 'image', false);
  const head = await readPartcloneHead(stream);
  const volume = Buffer.alloc(head.deviceBytes);
  const map = await readBlockMap(stream, head);
  for await (const { offset, bytes } of readBlocks(stream, head, map, 0)) volume.set(bytes, offset);
  await stream.expectEnd();
  return volume;
}

for (const [name, packed] of Object.entries({ XXH64_RESEEDED, XXH128_GOING_ON })) {
  test(`an image with ${name.replaceAll('_', ' ')} checksums`, async () => {
    const image = brotliDecompressSync(Buffer.from(packed, 'base64'));
    assert.equal(
      createHash('sha256')
        .update(await volumeIn(image))
        .digest('hex'),
      VOLUME_SHA256,
    );
    image[image.length - 2000] = (image[image.length - 2000] ?? 0) ^ 1;
    await assert.rejects(volumeIn(image), { code: 'import-damaged' });
  });
}
