// The tables of node.db. All integers are 64 bits; every row carries a CRC-32 over all its other columns, because neither
// a lost WAL nor a flipped bit in a payload is found by SQLite's own checks (brief D1).

/**
 * The formats of the file: raised when the tables or what is in them change; an older program refuses a newer one's
 * data. 2 is 1 with what an ensemble writes above its first level: the file is of format 1 until there is any of that, so
 * that the version before can read it.
 */
export const firstFormatVersion = 1;
export const formatVersion = 2;

/** "QLL1", which tells our file from any other SQLite database. */
export const applicationId = 0x514c4c31;

export const schema = `
  CREATE TABLE meta(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    body BLOB NOT NULL,
    crc INTEGER NOT NULL
  );
  -- One row per batch of entries; zxids as 63-bit integers. "committed" is a hint: known to be so when the row was written.
  CREATE TABLE log(
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    committed INTEGER NOT NULL,
    entries BLOB NOT NULL,
    crc INTEGER NOT NULL
  );
  -- id = generation * 2^24 + sequence. "meta" names the generation that is the valid snapshot.
  CREATE TABLE chunk(
    id INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL,
    crc INTEGER NOT NULL
  );
`;

/** The size that a row of `log` never exceeds, unless by its only entry. */
export const rowBytesMax = 1_048_576;
