/** What one answer holds of a list that may be long. A client asks for the others by naming the last of these. */
const PAGE = 100;

export async function page<Item>(items: AsyncIterable<Item>): Promise<{ items: Item[]; more: boolean }> {
  const held: Item[] = [];
  for await (const item of items) {
    if (held.length === PAGE) return { items: held, more: true };
    held.push(item);
  }
  return { items: held, more: false };
}
