import { assert, broken } from '../../base/assert.ts';

// Bytes of all znodes (name and data, side by side) in a few large arrays: a typed array of its own costs more than the
// hundred bytes it would hold, and gives the garbage collector a million objects to walk.

/** Where a block lies: slab in the upper bits, offset in units below. 0 is no block. */
export type BlockRef = number;

const unitBytes = 8;
const offsetBits = 15;
const slabBytesMax = unitBytes * 2 ** offsetBits;
const slabsMax = 2 ** (32 - offsetBits);
/** Of a reference. Calculated once: V8 calls `pow` for a power of a name at each use. */
const offsetMask = 2 ** offsetBits - 1;
const firstSlabBytes = 4_096;
/** A block above this has a slab of its own. */
const sharedBytesMax = slabBytesMax / 8;
/** In a slab's list of owners: the cell is free, the rest is the next free cell + 1. */
const freeBit = 0x8000_0000;

interface Slab {
  readonly bytes: Uint8Array;
  /** Per cell: who owns it, or `freeBit` and a link. */
  readonly owners: Uint32Array;
  readonly sizeClass: SizeClass;
  readonly cellBytes: number;
  freeCell: number;
  used: number;
  /** Index into `sizeClass.roomy`, or -1 while the slab is full. */
  place: number;
}

/** Blocks of one size. */
interface SizeClass {
  readonly cellBytes: number;
  /** Slabs with at least one free cell. */
  readonly roomy: number[];
  slabs: number;
  cells: number;
  used: number;
}

/**
 * Allocates blocks of bytes in size classes (at most an eighth is lost to rounding), each slab cut into cells of one
 * size. Freed cells are used again by blocks of that size; an empty slab is given back; and when more than half of a
 * class is free, its emptiest known slab is moved into the others, so that memory follows the data down as well as up.
 */
export class Blocks {
  readonly #slabs: (Slab | undefined)[] = [undefined];
  readonly #freeSlabIndexes: number[] = [];
  readonly #classes = new Map<number, SizeClass>();
  readonly #moved: (owner: number, ref: BlockRef) => void;
  #reservedBytes = 0;

  /** `moved` is called when a block has a new place; the old one is gone by then. */
  constructor(moved: (owner: number, ref: BlockRef) => void) {
    this.#moved = moved;
  }

  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  /** Gives room for `length` bytes on behalf of `owner` (below 2^31). */
  allocate(length: number, owner: number): BlockRef {
    if (length === 0) return 0;
    const sizeClass = this.#classOf(roundUp(length));
    const index = sizeClass.roomy.at(-1) ?? this.#addSlab(sizeClass);
    const slab = this.#slab(index);
    const cell = slab.freeCell;
    const link = slab.owners[cell] ?? 0;
    slab.freeCell = (link & ~freeBit) - 1;
    slab.owners[cell] = owner;
    slab.used++;
    sizeClass.used++;
    if (slab.used === slab.owners.length) this.#leaveRoomy(slab);
    return ((index << offsetBits) | ((cell * slab.cellBytes) / unitBytes)) >>> 0;
  }

  free(ref: BlockRef): void {
    if (ref === 0) return;
    const index = ref >>> offsetBits;
    const slab = this.#slab(index);
    this.#freeCell(index, slab, offsetOf(ref) / slab.cellBytes);
    const { sizeClass } = slab;
    const spare = sizeClass.cells - sizeClass.used;
    // One slab's worth may always stay free: a size class at rest must not move blocks to and fro.
    if (sizeClass.slabs > 2 && spare * 2 > sizeClass.cells) this.#thinOut(sizeClass);
  }

  /** Gives the array that the block lies in, from `offsetOf(ref)` on. Valid until the next `free`. */
  bytesOf(ref: BlockRef): Uint8Array {
    return this.#slab(ref >>> offsetBits).bytes;
  }

  #slab(index: number): Slab {
    const slab = this.#slabs[index];
    if (slab === undefined) throw broken('a block lies in a slab that exists', { index });
    return slab;
  }

  #classOf(cellBytes: number): SizeClass {
    const known = this.#classes.get(cellBytes);
    if (known !== undefined) return known;
    const made = { cellBytes, roomy: [], slabs: 0, cells: 0, used: 0 };
    this.#classes.set(cellBytes, made);
    return made;
  }

  #addSlab(sizeClass: SizeClass): number {
    const { cellBytes } = sizeClass;
    const index = this.#freeSlabIndexes.pop() ?? this.#slabs.length;
    assert(index < slabsMax, 'there are fewer slabs than a reference can name', { index });
    // Small trees get small slabs: a class doubles what it has until slabs have their full size.
    const wanted = Math.min(slabBytesMax, Math.max(firstSlabBytes, sizeClass.cells * cellBytes));
    const cells = cellBytes > sharedBytesMax ? 1 : Math.max(1, Math.floor(wanted / cellBytes));
    const owners = new Uint32Array(cells);
    for (let cell = 0; cell < cells; cell++) {
      owners[cell] = freeBit | (cell + 1 < cells ? cell + 2 : 0);
    }
    const slab: Slab = {
      bytes: new Uint8Array(cells * cellBytes),
      owners,
      sizeClass,
      cellBytes,
      freeCell: 0,
      used: 0,
      place: sizeClass.roomy.length,
    };
    this.#slabs[index] = slab;
    sizeClass.roomy.push(index);
    sizeClass.slabs++;
    sizeClass.cells += cells;
    this.#reservedBytes += slab.bytes.length;
    return index;
  }

  #freeCell(index: number, slab: Slab, cell: number): void {
    const { sizeClass } = slab;
    if (slab.used === slab.owners.length) {
      slab.place = sizeClass.roomy.length;
      sizeClass.roomy.push(index);
    }
    slab.owners[cell] = freeBit | (slab.freeCell + 1);
    slab.freeCell = cell;
    slab.used--;
    sizeClass.used--;
    if (slab.used === 0) this.#dropSlab(index, slab);
  }

  #dropSlab(index: number, slab: Slab): void {
    const { sizeClass } = slab;
    this.#leaveRoomy(slab);
    this.#slabs[index] = undefined;
    this.#freeSlabIndexes.push(index);
    sizeClass.slabs--;
    sizeClass.cells -= slab.owners.length;
    this.#reservedBytes -= slab.bytes.length;
  }

  #leaveRoomy(slab: Slab): void {
    const { roomy } = slab.sizeClass;
    const last = roomy.pop();
    if (last !== undefined && slab.place < roomy.length) {
      roomy[slab.place] = last;
      this.#slab(last).place = slab.place;
    }
    slab.place = -1;
  }

  /** Moves the emptiest of a few slabs into the others. Bounded: half of one slab's bytes at most. */
  #thinOut(sizeClass: SizeClass): void {
    const { roomy } = sizeClass;
    let emptiest = roomy[0] ?? 0;
    for (let at = 1; at < roomy.length && at < 8; at++) {
      const index = roomy[at] ?? emptiest;
      if (this.#slab(index).used < this.#slab(emptiest).used) emptiest = index;
    }
    const slab = this.#slab(emptiest);
    const spareHere = slab.owners.length - slab.used;
    const spareElsewhere = sizeClass.cells - sizeClass.used - spareHere;
    // Without room in the others a new slab, as large, would take its place: and the same again at the next free.
    if (slab.used > spareHere || slab.used > spareElsewhere) return;
    this.#leaveRoomy(slab);
    // Out of `roomy`, it gets none of its own blocks back.
    for (let cell = 0, left = slab.used; left > 0; cell++) {
      const owner = slab.owners[cell] ?? freeBit;
      if ((owner & freeBit) !== 0) continue;
      left--;
      const ref = this.allocate(slab.cellBytes, owner);
      const from = cell * slab.cellBytes;
      this.bytesOf(ref).set(slab.bytes.subarray(from, from + slab.cellBytes), offsetOf(ref));
      sizeClass.used--;
      this.#moved(owner, ref);
    }
    this.#slabs[emptiest] = undefined;
    this.#freeSlabIndexes.push(emptiest);
    sizeClass.slabs--;
    sizeClass.cells -= slab.owners.length;
    this.#reservedBytes -= slab.bytes.length;
  }
}

export function offsetOf(ref: BlockRef): number {
  return (ref & offsetMask) * unitBytes;
}

/** Gives the bytes that a block of `length` really takes: whole units, at most four significant bits of them. */
export function roundUp(length: number): number {
  const units = Math.ceil(length / unitBytes);
  if (units <= 16) return units * unitBytes;
  const step = 1 << (28 - Math.clz32(units - 1));
  return Math.ceil(units / step) * step * unitBytes;
}
