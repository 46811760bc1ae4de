import type { DocumentPage, Json } from '@tercet/journal';

/** Documents of a journal, in memory. */
export class Documents {
  private readonly kept = new Map<string, Json>();

  putDocument(kind: string, id: string, value: Json): Promise<void> {
    this.kept.set(`${kind}/${id}`, value);
    return Promise.resolve();
  }
  document(kind: string, id: string): Promise<Json | undefined> {
    return Promise.resolve(this.kept.get(`${kind}/${id}`));
  }
  deleteDocument(kind: string, id: string): Promise<void> {
    this.kept.delete(`${kind}/${id}`);
    return Promise.resolve();
  }
  documents(kind: string, page?: DocumentPage): Promise<{ id: string; value: Json }[]> {
    const { after = '', most = Infinity } = page ?? {};
    const all = [...this.kept].filter(([key]) => key.startsWith(`${kind}/`));
    const found = all
      .map(([key, value]) => ({ id: key.slice(kind.length + 1), value }))
      .filter(({ id }) => id > after);
    return Promise.resolve(found.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, most));
  }
}
