/* Arrays out of the page's content: bytes in base64 with their type, as outputs/whatif/arrays.py
   packs them. */

const ARRAY_TYPES = {
  f64: Float64Array, i32: Int32Array, u32: Uint32Array, i16: Int16Array, u16: Uint16Array,
  u8: Uint8Array,
};

/** The typed array of {type, b64}. */
export function typedArray(packed) {
  return new ARRAY_TYPES[packed.type](bytesOf(packed.b64).buffer);
}

function bytesOf(b64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(b64);
  const text = atob(b64), bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
