/** How much longer a document may become by being set out for reading, as far as room is asked for it. */
export const prettyBytesFactor = 3;

const indent = '  ';
const quote = 0x22;
const backslash = 0x5c;

/**
 * Sets out a JSON text that comes in parts, without a blank outside of its strings, as `JSON.stringify` does with two
 * spaces: what comes of a part takes no longer than to look at it.
 */
export function* prettyParts(parts: Iterable<string>): Generator<string, void> {
  const setter = new Setter();
  for (const part of parts) yield setter.add(part);
}

class Setter {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** Right after a bracket: an empty object or array stays on its line. */
  #isJustOpened = false;

  add(text: string): string {
    let out = '';
    for (let index = 0; index < text.length;) {
      if (this.#isInString) {
        const end = this.#endOfString(text, index);
        out += text.slice(index, end);
        index = end;
      } else {
        out += this.#set(text.charAt(index));
        index++;
      }
    }
    return out;
  }

  #set(character: string): string {
    switch (character) {
      case '}':
      case ']': {
        this.#depth--;
        const before = this.#isJustOpened ? '' : this.#line();
        this.#isJustOpened = false;
        return before + character;
      }
      case ',':
        return `,${this.#line()}`;
      case ':':
        return ': ';
      default:
    }
    const before = this.#isJustOpened ? this.#line() : '';
    this.#isJustOpened = character === '{' || character === '[';
    if (this.#isJustOpened) this.#depth++;
    this.#isInString = character === '"';
    return before + character;
  }

  #line(): string {
    return `\n${indent.repeat(this.#depth)}`;
  }

  /** Gives the index after the string, or after the text where the string goes on. */
  #endOfString(text: string, start: number): number {
    for (let index = start; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === backslash) this.#isEscaped = true;
      else if (code === quote) {
        this.#isInString = false;
        return index + 1;
      }
    }
    return text.length;
  }
}
