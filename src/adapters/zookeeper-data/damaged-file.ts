/** What a reader of ZooKeeper's files throws for one that is not what ZooKeeper wrote: names the file and the place. */
export class DamagedFile extends Error {
  constructor(file: string, what: string) {
    super(`${file}: ${what}`);
    this.name = 'DamagedFile';
  }
}
