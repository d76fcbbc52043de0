/** One field of a protobuf message: a number for varints, bytes for everything that has a length. */
export interface WireField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/**
 * The fields of a protobuf message in the order they were written. Numbers above 2^53 lose precision; fixed-width
 * fields are passed over. Throws RangeError for bytes that are no message.
 */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('a protobuf message was cut');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a protobuf number without end');
  };
  const skip = (length: number) => {
    const from = at;
    at += length;
    if (at > bytes.length) throw new RangeError('a protobuf message was cut');
    return bytes.subarray(from, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        yield {number, value: varint()};
        break;
      case 1:
        skip(8);
        break;
      case 2:
        yield {number, value: skip(varint())};
        break;
      case 5:
        skip(4);
        break;
      default:
        throw new RangeError('a protobuf field of an unknown kind');
    }
  }
}
