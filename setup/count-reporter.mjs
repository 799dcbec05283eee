/**
 * A reporter for node:test that writes one line of JSON: how many tests passed, failed and were skipped.
 * A test that was cut off counts as failed, a suite counts as the tests in it.
 *
 * @typedef {{ type: string, data: { file?: string, counts?: Record<string, number> } }} Event
 * @param {AsyncIterable<Event>} events
 */
export default async function* countReporter(events) {
  for await (const { type, data } of events) {
    // There is a summary for each file as well; the one without a file is that of the whole run.
    if (type !== 'test:summary' || data.file !== undefined || data.counts === undefined) continue;
    const { passed = 0, failed = 0, cancelled = 0, skipped = 0, todo = 0 } = data.counts;
    yield `${JSON.stringify({ passed, failed: failed + cancelled, skipped: skipped + todo })}\n`;
  }
}
